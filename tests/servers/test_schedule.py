"""Jobs are due by the clock that the pages show; a failing one is recorded and does not stop the others."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan import clock, schedule
from bihuan.cases.models import Finding
from bihuan.domain.checks import FINDINGS, check
from bihuan.registry.models import JobRun
from bihuan.scenarios.catalogue import Entry
from bihuan.schedule import JOBS, Job, next_run, run_due
from tests.people import City

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def done(db: None, data_dir: Path) -> list[datetime]:
    """Moments as of which the job below has run; the clock stands at NOW."""
    clock.set_replay(NOW, 0)
    return []


def job(done: list[datetime], *, fails: bool = False) -> Job:
    """An hourly job that notes when it ran."""

    def run(now: datetime, say: object) -> str:
        done.append(now)
        if fails:
            raise ValueError("no air today")
        return "fine"

    return Job("probe", "试", HOUR, run)


def test_a_job_runs_once_per_period(done: list[datetime]) -> None:
    probe = job(done)
    assert run_due(probe)
    assert not run_due(probe)
    clock.set_replay(NOW + HOUR, 0)
    assert run_due(probe)
    assert done == [NOW, NOW + HOUR]


def test_a_jump_back_in_the_replay_makes_it_due_at_once(done: list[datetime]) -> None:
    probe = job(done)
    run_due(probe)
    clock.set_replay(NOW - timedelta(days=30), 0)
    assert next_run(probe) == NOW - timedelta(days=30)
    assert run_due(probe)


def test_a_failure_is_kept_with_its_reason_and_tried_again_next_time(done: list[datetime]) -> None:
    probe = job(done, fails=True)
    run_due(probe)
    kept = JobRun.objects.get()
    assert (kept.ok, kept.result) == (False, "ValueError: no air today")
    assert kept.ended is not None
    clock.set_replay(NOW + HOUR, 0)
    assert run_due(probe)


def test_every_job_of_an_empty_installation_ends_with_a_word(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)
    for each in JOBS:
        run_due(each)
    results = {r.job: (r.ok, r.result) for r in JobRun.objects.all()}
    assert set(results) == {j.name for j in JOBS}
    assert [name for name, (ok, _) in results.items() if not ok] == []
    assert results["forecast"][1].startswith("未起报")


def set_back() -> None:
    """Somebody moves the replay to an episode a month ago."""
    clock.set_replay(NOW - timedelta(days=30), 0)


def test_a_forecast_that_ends_after_the_replay_was_set_back_changes_no_suggestion(
    city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scenarios would let the suggestions of the earlier time expire; they would also look for a run of that name."""
    clock.set_replay(NOW, 0)

    def slow(_now: datetime) -> str:
        set_back()
        return "20190225T060000Z-0"

    monkeypatch.setattr(schedule, "forecast_city", slow)
    assert (
        schedule.forecast(NOW, lambda _: None)
        == "预报 20190225T060000Z-0；回放已退回到此前的时刻，不作管控建议"
    )


@pytest.mark.parametrize("meanwhile", [True, False])
def test_findings_of_a_time_that_the_replay_has_left_are_not_filed(
    city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: bool
) -> None:
    clock.set_replay(NOW, 0)
    row = ("region", "140321", NOW - HOUR, NOW, "pm25", 1.0, "h", "试", "{}")

    def rule(_hours: pl.DataFrame, _sites: pl.DataFrame) -> pl.DataFrame:
        if meanwhile:
            set_back()
        return pl.DataFrame([row], schema=FINDINGS, orient="row")

    probe = check("probe", title="试", basis="试", severity="minor")(rule)
    monkeypatch.setattr(schedule, "every_check", lambda: (Entry("station_quality", "试", probe, {}, 72),))
    said = schedule.check(NOW, lambda _: None)
    assert Finding.objects.count() == (0 if meanwhile else 1)
    assert said.startswith("回放已退回到此前的时刻") is meanwhile
