"""What each job does: on an empty installation, when the replay is set back meanwhile, when one piece of it fails."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan import clock, schedule
from bihuan.cases.models import Finding
from bihuan.domain.checks import FINDINGS, check
from bihuan.jobs import run_due
from bihuan.registry.models import JobRun
from bihuan.scenarios import checking
from bihuan.scenarios.catalogue import Entry
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
    assert all(result for _, result in results.values())


def set_back() -> None:
    """Somebody moves the replay to an episode a month ago."""
    clock.set_replay(NOW - timedelta(days=30), 0)


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
