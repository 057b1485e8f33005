"""The jobs of the forecast: what they say, what follows an issue, and that they are the ones an installation has always had."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from bihuan import clock
from bihuan.english import told
from bihuan.jobs import NotAll, is_due, run_due
from bihuan.registry.models import JobRun
from bihuan.scenarios import checking
from bihuan.scenarios.contract import Scenario
from bihuan.scenarios.forecast import jobs
from bihuan.scenarios.forecast.scenario import SCENARIO
from tests.people import City

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def silent(_text: str) -> None:
    """Nobody listens."""


@pytest.fixture(autouse=True)
def standing(data_dir: Path) -> None:
    """The clock stands still."""
    clock.set_replay(NOW, 0)


def test_a_forecast_that_ends_after_the_replay_was_set_back_changes_no_suggestion(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scenarios would let the suggestions of the earlier time expire; they would also look for a run of that name."""

    def slow(_now: datetime) -> str:
        clock.set_replay(NOW - timedelta(days=30), 0)  # somebody moves it to an episode a month ago
        return "20190225T060000Z-0"

    monkeypatch.setattr(jobs, "forecast_city", slow)
    assert jobs.forecast(NOW, silent) == "预报 20190225T060000Z-0；回放已退回到此前的时刻，不作管控建议"


def test_a_scenario_that_cannot_conclude_from_the_forecast_does_not_keep_the_others_from_it(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    monkeypatch.setattr(jobs, "every_scenario", lambda: folders)
    monkeypatch.setattr(jobs, "forecast_city", lambda _: "R1")
    monkeypatch.setattr(jobs, "fallback_of", lambda _: [])
    with pytest.raises(NotAll, match=r"broken：.*no plan today.*；三条建议"):
        jobs.forecast(NOW, silent)
    assert concluded == [NOW]


@pytest.mark.django_db
def test_runs_that_an_installation_has_on_record_are_those_of_these_jobs() -> None:
    """The records carry the names; the periods and the lane are what they were before the jobs had a folder."""
    known = {job.name: job for job in SCENARIO.jobs}
    for name, hours in (("forecast", 6), ("models", 24)):
        JobRun.objects.create(job=name, as_of=NOW, ended=NOW, ok=True, result="")
        job = known[name]
        assert job.long
        assert not run_due(job, NOW + hours * HOUR - timedelta(seconds=1))
        assert is_due(job, NOW + hours * HOUR)
    assert JobRun.objects.count() == 2


@pytest.mark.django_db
def test_a_city_without_hours_is_told_so_and_nothing_is_concluded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "every_scenario", lambda: pytest.fail("there is nothing to conclude from"))
    assert jobs.forecast(NOW, silent).startswith("未起报：")
    assert jobs.train(NOW, silent).startswith("未训练：")


def test_after_an_issue_the_checks_that_look_at_forecasts_run_and_only_those(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def check(now: datetime, _say: object, *, looks_at: str) -> str:
        asked.append((now, looks_at))
        return "新发现 0 条，延续 0 条"

    monkeypatch.setattr(jobs, "every_scenario", dict)
    monkeypatch.setattr(jobs, "forecast_city", lambda _: "R1")
    monkeypatch.setattr(jobs, "fallback_of", lambda _: ["首个模型"])
    monkeypatch.setattr(jobs, "check", check)
    assert jobs.forecast(NOW, silent) == "预报 R1；首个模型；新发现 0 条，延续 0 条"
    assert asked == [(NOW, "forecast")]


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("拟合与起报", "fitting and issuing"),
        ("训练与评比", "training and trials"),
        (f"预报 R1；{checking.GONE_BACK}，不作管控建议", "forecast R1, the replay went back to an earlier time: no suggestions are made"),
        ("预报 R1；新发现 2 条，延续 1 条", "forecast R1, 2 new findings, 1 went on"),
    ],
)  # fmt: skip
def test_what_the_jobs_say_is_told_in_english(said: str, english: str) -> None:
    with translation.override("en"):
        assert told(said) == english
