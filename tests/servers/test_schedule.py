"""What each job does: on an empty installation, when the replay is set back meanwhile, when one piece of it fails."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan import checking, clock, schedule
from bihuan.cases.models import Finding
from bihuan.domain.checks import FINDINGS, check
from bihuan.jobs import NotAll, run_due
from bihuan.registry.models import JobRun
from bihuan.scenarios.catalogue import Entry
from bihuan.scenarios.contract import Scenario
from bihuan.scenarios.resolved import every_scenario
from bihuan.schedule import every_job
from tests.people import City

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_every_job_of_an_empty_installation_ends_with_a_word(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)
    for each in every_job():
        assert run_due(each, NOW)
    results = {r.job: (r.ok, r.result) for r in JobRun.objects.all()}
    assert set(results) == {j.name for j in every_job()}
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
    row = ("region", "140321", NOW - HOUR, NOW, "pm25", 1.0, "h", "试", "{}", None)

    def rule(*_inputs: object) -> pl.DataFrame:
        if meanwhile:
            set_back()
        return pl.DataFrame([row], schema=FINDINGS, orient="row")

    probe = check("probe", title="试", basis="试", severity="minor")(rule)
    entry = Entry("station_quality", every_scenario()["station_quality"], probe, {})
    monkeypatch.setattr(checking, "every_check", lambda: (entry,))
    said = schedule.check(NOW, lambda _: None)
    assert Finding.objects.count() == (0 if meanwhile else 1)
    assert said.startswith("回放已退回到此前的时刻") is meanwhile


def test_a_scenario_that_cannot_conclude_from_the_forecast_does_not_keep_the_others_from_it(
    city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set_replay(NOW, 0)
    concluded = []

    def broken(_now: datetime) -> str:
        raise ValueError("no plan today")

    def fine(now: datetime) -> str:
        concluded.append(now)
        return "三条建议"

    folders = {
        name: Scenario(name, "试", "1", after_forecast=run)
        for name, run in (("broken", broken), ("fine", fine))
    }
    monkeypatch.setattr(schedule, "every_scenario", lambda: folders)
    monkeypatch.setattr(schedule, "forecast_city", lambda _: "R1")
    monkeypatch.setattr(schedule, "fallback_of", lambda _: [])
    with pytest.raises(NotAll, match=r"broken：.*no plan today.*；三条建议"):
        schedule.forecast(NOW, lambda _: None)
    assert concluded == [NOW]
