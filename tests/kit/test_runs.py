"""Frozen runs as of the clock: none that was issued later is ever shown, whoever asks for it by its id."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.http import Http404

from bihuan import clock
from bihuan.kit import charts, runs
from tests.web.measured import MORNING
from tests.web.numbers import CITY, FAN, HOUR, SITE, freeze, millis


@pytest.fixture
def two(data_dir: Path) -> list[str]:
    """A run of six hours ago and one of an hour to come."""
    clock.set_replay(MORNING, 0)
    return [freeze(data_dir, MORNING - 6 * HOUR), freeze(data_dir, MORNING + HOUR, 130.0)]


def test_the_newest_run_is_the_last_that_had_been_issued(two: list[str]) -> None:
    before, later = two
    for moment, known in (
        (MORNING - 6 * HOUR - timedelta(seconds=1), None), (MORNING - 6 * HOUR, before), (MORNING, before),
        (MORNING + HOUR - timedelta(seconds=1), before), (MORNING + HOUR, later),
    ):  # fmt: skip
        clock.set_replay(moment, 0)
        run = runs.newest_run()
        assert (run.run_id if run else None) == known


def test_a_run_to_come_is_not_there_and_one_that_never_was_neither(two: list[str]) -> None:
    before, later = two
    assert runs.load_run(before).run_id == before
    for name in (later, "x", "", "../x", before[:-1]):
        with pytest.raises(Http404):
            runs.load_run(name)
    clock.set_replay(MORNING + HOUR, 0)
    assert runs.load_run(later).run_id == later
    clock.set_replay(MORNING, 0)  # it was read before, and is not shown for that
    with pytest.raises(Http404):
        runs.load_run(later)


def test_an_empty_installation_has_no_run(data_dir: Path) -> None:
    clock.set_replay(MORNING, 0)
    assert runs.newest_run() is None
    with pytest.raises(Http404):
        runs.load_run("20190225T010000Z-000000000000")


def test_a_fan_has_both_bands_and_the_middle_at_the_ends_of_its_hours(two: list[str]) -> None:
    run = runs.load_run(two[0])
    fanned = charts.fan(run, CITY, "pm25")
    assert fanned is not None
    bands, middle = fanned
    assert [(b["name"], b["low"][0], b["high"][0], b.get("inner", False)) for b in bands] == [
        ("90%", FAN["q05"], FAN["q95"], False), ("50%", FAN["q25"], FAN["q75"], True),
    ]  # fmt: skip
    assert middle["times"][0] == millis(run.issued + HOUR)
    assert middle["times"] == sorted(middle["times"])
    assert len(middle["data"]) == 72
    assert set(middle["data"]) == {100.0}
    assert (middle["accent"], middle["dashed"]) == (True, True)


@pytest.mark.parametrize(
    ("place", "item"), [("county:140302", "pm25"), (SITE, "o3"), ("", "pm25"), (CITY, "")]
)
def test_a_place_or_item_that_the_run_does_not_have_has_no_fan(two: list[str], place: str, item: str) -> None:
    assert charts.fan(runs.load_run(two[0]), place, item) is None


def test_a_panel_has_what_was_measured_first_then_the_forecast_and_the_limit(two: list[str]) -> None:
    measured = {"name": "实测", "times": [1], "data": [2.0]}
    full = charts.panel("pm25", MORNING, [measured], charts.fan(runs.load_run(two[0]), SITE, "pm25"))
    assert [s["name"] for s in full["series"]] == ["实测", "预报中位数"]
    assert (full["title"], full["unit"], len(full["bands"])) == ("PM2.5", "µg/m³", 2)
    assert [(mark["value"], mark["label"]) for mark in full["limits"]] == [(75.0, "日均二级限值 75")]
    bare = charts.panel("aqi", MORNING, [], None)
    assert bare == {"title": "AQI", "unit": "", "series": [], "bands": [], "limits": []}
