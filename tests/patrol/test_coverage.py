"""Cells of points, lines and areas: what was seen from a track, for how long nobody came, and what is new."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.patrol.coverage import by_object, cells, fresh, unvisited, visits
from bihuan.domain.patrol.track import steps
from tests.patrol.made import EAST, LAT, LON, NORTH, RULES, START, points, straight, to_and_fro


def shape(*xy: tuple[float, float]) -> shapely.Geometry:
    """A line, or a closed area, of places in metres."""
    pairs = [(LON + x / EAST, LAT + y / NORTH) for x, y in xy]
    return shapely.Polygon(pairs) if xy[0] == xy[-1] else shapely.LineString(pairs)


RIVER = shape((0, 0), (2000, 0))
WOOD = shape((0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0))
FOUND = cells({"river": RIVER, "wood": WOOD, "sign": shapely.Point(LON, LAT)}, 100)


def walked(way: np.ndarray, patrol: str = "a", days: float = 0) -> pl.DataFrame:
    made = steps(points(way, start=START + timedelta(days=days)), RULES)
    return made.with_columns(patrol=pl.lit(patrol))


def seen(*tracks: pl.DataFrame) -> pl.DataFrame:
    return visits(FOUND, pl.concat(tracks), RULES.buffer_m)


def share(found: pl.DataFrame) -> dict[str, float]:
    return dict(by_object(FOUND, found).select("object", "seen").iter_rows())


def test_a_line_is_cut_into_stretches_and_an_area_into_squares() -> None:
    assert dict(FOUND.group_by("object").agg(pl.col("weight").sum()).iter_rows()) == pytest.approx(
        {"river": 20, "wood": 100, "sign": 1}, rel=0.01
    )


@given(st.floats(5, 3000), st.floats(5, 3000))
def test_the_cells_weigh_what_the_object_measures_however_small_it_is(wide: float, high: float) -> None:
    box = cells({"x": shape((0, 0), (wide, 0), (wide, high), (0, high), (0, 0))}, 100)
    assert box["weight"].sum() == pytest.approx(wide * high / 1e4, rel=0.01)


def test_who_walks_half_of_the_bank_saw_half_of_it_and_the_rim_of_the_wood() -> None:
    found = share(seen(walked(straight(1000, 1.2))))
    assert found["river"] == pytest.approx(0.5, abs=0.06)
    assert found["wood"] == pytest.approx(0.1, abs=0.01)  # the lowest row of squares has its middles at 50 m
    assert found["sign"] == 1


def test_a_car_that_drives_the_line_at_sixty_sees_nothing() -> None:
    assert share(seen(walked(straight(2000, 60 / 3.6)))) == {"river": 0, "sign": 0, "wood": 0}


def test_nothing_is_seen_in_a_gap() -> None:
    one, two = straight(240, 1.2), np.add(straight(240, 1.2), [1760, 0])
    track = pl.concat([points(one), points(two, start=START + timedelta(hours=1), device="b")])
    made = steps(track, RULES).with_columns(patrol=pl.lit("a"))
    assert share(visits(FOUND, made, RULES.buffer_m))["river"] == pytest.approx(0.25, abs=0.06)


def test_what_nobody_visited_for_a_week_is_named_with_the_last_day() -> None:
    found = seen(walked(straight(1000, 1.2)), walked(straight(2000, 1.2), "b", days=10))
    now = START + timedelta(days=12)
    assert unvisited(FOUND, found, now, 7).filter(pl.col("object") == "river").is_empty()
    old = unvisited(FOUND, seen(walked(straight(2000, 1.2))), now, 7).filter(pl.col("object") == "river")
    assert old.height == 20
    assert set(old["at"].dt.date()) == {START.date()}


def test_new_is_what_nobody_saw_for_a_month_and_counts_once() -> None:
    found = seen(
        walked(straight(1000, 1.2)), walked(straight(1000, 1.2), "again", 1), walked(straight(2000, 1.2), "farther", 2),
        walked(straight(1000, 1.2), "after a month", 40),
    )  # fmt: skip
    river = dict(fresh(FOUND.filter(pl.col("object") == "river"), found, RULES.fresh_days).iter_rows())
    assert river["a"] == pytest.approx(10.5, abs=1)
    assert "again" not in river
    assert river["farther"] == pytest.approx(9.5, abs=1)
    assert river["after a month"] == river["a"]


def test_to_and_fro_on_a_hundred_metres_is_a_cell_or_two_however_often() -> None:
    once = seen(walked(to_and_fro(100, 1)))
    often = seen(walked(to_and_fro(100, 80)))
    assert share(often)["river"] <= 0.1
    assert share(often)["river"] <= share(once)["river"] + 0.051
