"""What must be found on a road, what stays just within, and what is not known and says nothing; worked by hand."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.cases.models import Finding
from bihuan.domain.road_dust.coverage import COVERED
from bihuan.domain.road_dust.scores import SCORES
from bihuan.domain.timeaxis import CST
from bihuan.registry.models import Emitter
from bihuan.scenarios.checking import check
from bihuan.scenarios.road_dust.checks import CHECKS, NEAR, WATERED
from bihuan.scenarios.road_dust.inputs import near
from bihuan.scenarios.road_dust.tests.world import LAT, LON, runs, segment, weather
from tests.people import City
from tests.web.world import MINE, NOW

JANUARY = date(2019, 1, 1)
MORNING = datetime(2019, 1, 9, 22, 20, tzinfo=UTC)


def fixture(name: str) -> pl.DataFrame:
    """Scores of three months."""
    return pl.read_csv(Path(__file__).parent / "fixtures" / name, try_parse_dates=True).cast(SCORES)


def covered(*rows: tuple[str, float | None, float, float, int]) -> pl.DataFrame:
    """segment, done, unverified, fast, rows of 1,000 m² that were to be swept in January."""
    made = [(s, "sweeping", 1000.0, d, u, f, n, None, JANUARY) for s, d, u, f, n in rows]
    return pl.DataFrame(made, {**COVERED, "month": pl.Date()}, orient="row")


def found(
    scores: pl.DataFrame | None = None,
    close: tuple[tuple[str, str], ...] = (),
    water: tuple[tuple[Any, ...], ...] = (),
    cover: pl.DataFrame | None = None,
) -> dict[tuple[str, str], dict[str, Any]]:
    """By check and segment, its one finding."""
    given = (
        fixture("near_miss.csv").clear() if scores is None else scores, pl.DataFrame(list(close), NEAR, orient="row"),
        pl.DataFrame(list(water), WATERED, orient="row"), covered() if cover is None else cover,
    )  # fmt: skip
    rows = [(c.key.removeprefix("roads."), r) for c in CHECKS for r in c.run(*given).to_dicts()]
    assert len({(k, r["target"]) for k, r in rows}) == len(rows)
    return {(k, r["target"]): r for k, r in rows}


def test_two_months_in_a_row_and_a_source_beside_the_worst_are_found() -> None:
    rows = found(fixture("episode.csv"), close=(("A", "工地 甲"), ("B", "重型货车通道")))
    assert set(rows) == {
        ("dirty", "A"),
        ("dirty", "B"),
        ("near_source", "B"),
    }  # A is the second of ten: no longer among the dirtiest tenth
    dirty = rows["dirty", "A"]
    assert dirty["title"] == "2019-01 道路扬尘倒数第 2（共 10），上月倒数第 1（共 10）"
    assert (dirty["start"], dirty["until"]) == (
        datetime(2019, 1, 1, tzinfo=CST),
        datetime(2019, 2, 1, tzinfo=CST),
    )
    assert rows["dirty", "B"]["magnitude"] == pytest.approx(10.0)
    assert rows["near_source", "B"]["title"] == "2019-01 道路扬尘倒数第 1（共 10），旁有重型货车通道"


def test_one_month_too_few_segments_and_too_few_passes_are_nothing() -> None:
    assert found(fixture("near_miss.csv"), close=(("A", "工地 甲"), ("C", "工地 乙"))) == {}


def test_water_below_three_degrees_is_found_once_a_day() -> None:
    later = MORNING + timedelta(hours=1)
    rows = found(
        water=(
            ("A", MORNING, "wash", -4.0),
            ("A", later, "fog", 2.9),
            ("B", MORNING, "wash", 3.0),
            ("C", MORNING, "sweep", -9.0),
            ("D", MORNING, "wash", None),
        )
    )
    assert set(rows) == {("cold_water", "A")}
    row = rows["cold_water", "A"]
    assert (row["title"], row["magnitude"]) == ("2019-01-10 气温 -4.0 °C 时洒水 2 次", 7.0)
    assert (row["start"], row["until"]) == (MORNING, later + timedelta(hours=1))


def test_work_that_was_planned_and_is_not_done_or_not_told_is_found() -> None:
    """500 + 100 of 1,000 is 60 %; 700 + 100 at an unknown speed is exactly 80 %."""
    rows = found(
        cover=covered(("A", 500.0, 100.0, 300.0, 9), ("B", 700.0, 100.0, 0.0, 9), ("C", None, 0.0, 0.0, 0))
    )
    assert {k: r["title"] for k, r in rows.items()} == {
        ("uncovered", "A"): "2019-01 机扫完成计划的 60%",
        ("uncovered", "C"): "2019-01 没有机扫作业记录",
    }
    assert json.loads(rows["uncovered", "A"]["evidence"])["车速超限面积"] == "300 m²"
    assert rows["uncovered", "C"]["magnitude"] is None


def test_a_building_site_counts_within_300_metres_of_the_line(place: City) -> None:
    """0.002 of a degree of latitude are 222 m, 0.003 are 333 m."""
    given: dict[str, Any] = {"region": place.regions[MINE], "industry": "房屋建筑", "grade": ""}
    Emitter.objects.create(code="S1", name="甲", kind="site", lon=LON + 0.003, lat=LAT + 0.002, **given)
    Emitter.objects.create(code="S2", name="乙", kind="site", lon=LON + 0.003, lat=LAT - 0.003, **given)
    Emitter.objects.create(code="P1", name="丙", kind="plant", lon=LON + 0.003, lat=LAT, **given)
    streets = [segment(place), segment(place, "R2", nth=3, truck_route=True), segment(place, "R3", nth=5)]
    assert near(streets).rows() == [("R1", "工地 甲"), ("R2", "重型货车通道")]


def test_runs_of_two_months_become_findings_of_the_dirtiest(place: City, tmp_path: Path) -> None:
    """Ten streets, the first 50 µg/m³ dirtier; December is driven on the same days shifted by a month."""
    for n in range(10):
        segment(place, f"R{n}", nth=n)
    weather(tmp_path, days=33)
    drives = [(n, 150.0 if n == 0 else 100.0 + n) for n in range(10)]
    assert not runs(tmp_path, drives, range(3, 9)).quarantined
    check(NOW, lambda *_: None, looks_at="scores")
    assert not Finding.objects.filter(check_key="roads.dirty").exists()  # of December nothing is known
    segment_one = Finding.objects.filter(check_key="roads.near_source")
    assert not segment_one.exists()
    place_of_trucks = type(segment(place, "R99", nth=40))
    place_of_trucks.objects.filter(pk="R0").update(truck_route=True)
    check(NOW, lambda *_: None, looks_at="scores")
    assert [f.target for f in segment_one] == ["R0"]
