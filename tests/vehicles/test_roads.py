"""Passages laid on roads: kilometres and grams worked by hand, the unknown counted and never 0, windows that an order would bar."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import polars as pl
import pytest

from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.decisions import Rules, Vehicle, in_force
from bihuan.domain.vehicles.passages import PASSAGES
from bihuan.domain.vehicles.traffic.roads import (
    BARRED,
    FREE,
    ROUTES,
    UNCLEAR,
    barred_words,
    counts_of,
    fates,
    hottest,
    laid,
    let_out,
    mean_day,
    summed,
    traffic_of,
    windows,
)

DAY = datetime(2019, 1, 8, tzinfo=CST)
NEXT = DAY + timedelta(days=1)
ROUTE = [("V1", "R1", 60.0, 3.0)]
FOUR = {"fuel": "diesel", "stage": "4"}


def passages(*rows: dict[str, Any]) -> pl.LazyFrame:
    """Passages in at the unit V1 at 6:10 of 8 January, yellow plates, unless said otherwise."""
    usual = {
        "site": "V1-G1",
        "unit": "V1",
        "direction": "in",
        "colour": "yellow",
        "start": DAY + timedelta(hours=6, minutes=10),
    }
    made = [usual | {"number": str(n)} | row for n, row in enumerate(rows)]
    return pl.LazyFrame([{c: row.get(c) for c in PASSAGES} for row in made], PASSAGES)


def on_roads(*rows: dict[str, Any], routes: list[tuple[str, str, float, float]] = ROUTE) -> pl.DataFrame:
    return traffic_of(counts_of(passages(*rows), DAY, NEXT), pl.DataFrame(routes, ROUTES, orient="row"))


def test_two_trucks_on_three_kilometres_at_sixty_percent() -> None:
    """2 x 0.6 x 3 km = 3.6 km; 国四 lets out 5.554 g/km of NOx: 19.9944 g, 0.153 g/km of PM10: 0.5508 g."""
    (row,) = on_roads(FOUR, FOUR | {"direction": "out"}).to_dicts()
    assert (row["road"], row["day"], row["hour"], row["stage"], row["heavy"]) == ("R1", DAY.date(), 6, "4", True)  # fmt: skip
    assert (row["vehicles"], row["km"], row["unknown"]) == (pytest.approx(1.2), pytest.approx(3.6), 0)
    assert (row["nox_kg"], row["pm10_kg"]) == (pytest.approx(0.0199944), pytest.approx(0.0005508))


@pytest.mark.parametrize(
    "unknown", [{"fuel": None, "stage": "4"}, {"fuel": "diesel"}, {"fuel": "natural_gas", "stage": "4"}, FOUR | {"colour": "blue"}]
)  # fmt: skip
def test_what_has_no_factor_is_counted_and_has_no_kilogram(unknown: dict[str, Any]) -> None:
    traffic = on_roads(unknown)
    (row,) = summed(traffic, "road").to_dicts()
    assert (row["vehicles"], row["unknown"], row["nox_kg"]) == (pytest.approx(0.6), pytest.approx(0.6), None)
    (both,) = summed(on_roads(unknown, FOUR), "road").to_dicts()
    assert (both["unknown"], both["nox_kg"]) == (pytest.approx(0.6), pytest.approx(0.0099972))


def test_electric_ones_have_no_exhaust_light_or_not() -> None:
    electric = {"fuel": "electric", "stage": "electric"}
    for colour in ("yellow_green", "green"):
        (row,) = on_roads(electric | {"colour": colour}).to_dicts()
        assert (row["nox_kg"], row["pm25_kg"], row["unknown"]) == (0, 0, 0)


def test_china_six_is_known_for_nox_and_not_for_carbon_monoxide() -> None:
    (row,) = on_roads({"fuel": "diesel", "stage": "6"}).to_dicts()
    assert (row["nox_kg"], row["co_kg"], row["unknown"]) == (pytest.approx(0.0018), None, 0)


def test_who_was_turned_away_or_came_on_another_day_was_on_no_road() -> None:
    late = {"start": NEXT}
    assert on_roads(FOUR | {"allowed": 0}, FOUR | late, FOUR | {"direction": ""}).is_empty()
    assert on_roads(FOUR | {"unit": "V2"}).is_empty(), "a unit without a route is on no road"
    assert on_roads(FOUR | {"allowed": 1}).height == 1


def test_the_hour_and_the_day_are_those_of_china() -> None:
    (row,) = on_roads(FOUR | {"start": DAY + timedelta(minutes=1)}).to_dicts()
    assert (row["day"], row["hour"]) == (date(2019, 1, 8), 0)


def test_each_road_has_its_own_share() -> None:
    traffic = on_roads(FOUR, routes=[("V1", "R1", 100.0, 3.0), ("V1", "R2", 50.0, 1.0)])
    assert dict(summed(traffic, "road").select("road", "km").iter_rows()) == {"R1": 3.0, "R2": 0.5}


@pytest.mark.parametrize(("mass", "colour"), list(product([None, 0.0, 3500.0, 3501.0], [None, "yellow", "blue", "yellow_green", "green", "white"])))  # fmt: skip
def test_heavy_is_what_decisions_at_gates_take_for_heavy(mass: float | None, colour: str | None) -> None:
    (row,) = counts_of(passages(FOUR | {"permitted_kg": mass, "colour": colour}), DAY, NEXT).to_dicts()
    assert row["heavy"] is Vehicle("x", colour, permitted_kg=mass).heavy


def test_the_mean_of_days_and_its_hottest_hours() -> None:
    """Two days: 2 + 1 trucks at 6, 1 at 9: mean 1.5 and 0.5 an hour."""
    at = [6, 6, 30, 9]
    rows = [FOUR | {"start": DAY + timedelta(hours=h)} for h in at]
    counts = counts_of(passages(*rows), DAY, DAY + timedelta(days=2))
    mean = laid(mean_day(let_out(counts), 2), pl.DataFrame([("V1", "R1", 100.0, 1.0)], ROUTES, orient="row"))
    assert "day" not in mean.columns
    assert hottest(mean, 5).select("hour", "vehicles").rows() == [(6, 1.5), (9, 0.5)]
    assert hottest(mean, 1)["nox_kg"].to_list() == [pytest.approx(1.5 * 0.005554)]


def test_an_order_bars_by_the_rules_of_the_gates() -> None:
    kinds = pl.DataFrame(
        [("diesel", "4", True), ("diesel", "4", False), ("diesel", "5", True), ("diesel", None, True), (None, None, None), ("electric", "electric", True), ("petrol", "3", True)],
        {"fuel": pl.String, "stage": pl.String, "heavy": pl.Boolean}, orient="row",
    )  # fmt: skip
    found = {row[:3]: row[3] for row in fates(kinds, "orange", DAY, Rules()).iter_rows()}
    assert found == {
        ("diesel", "4", True): BARRED, ("diesel", "4", False): FREE, ("diesel", "5", True): FREE, ("diesel", None, True): UNCLEAR,
        (None, None, None): UNCLEAR, ("electric", "electric", True): FREE, ("petrol", "3", True): FREE,
    }  # fmt: skip
    assert set(fates(kinds, "yellow", DAY, Rules())["fate"]) == {FREE}, "no text barred any in January 2019"


def test_the_window_is_the_hours_with_most_of_what_is_barred() -> None:
    """At 5 ten of 国五, at 7 three and at 8 two of 国四, at 20 four of 国四; two hours: 7 to 9 with five. One of unknown stage at 8."""
    hours = [(5, "5")] * 10 + [(7, "4")] * 3 + [(8, "4")] * 2 + [(20, "4")] * 4 + [(8, None)]
    mean = on_roads(
        *[{"fuel": "diesel", "stage": s, "start": DAY + timedelta(hours=h)} for h, s in hours],
        routes=[("V1", "R1", 100.0, 2.0)],
    )
    (row,) = windows(mean, fates(mean, "orange", DAY, Rules()), 2).to_dicts()
    assert (row["since"], row["until"], row["vehicles"], row["unknown"]) == (7, 9, 5, 1)
    assert row["nox_kg"] == pytest.approx(5 * 2 * 0.005554)


def test_a_window_does_not_pass_midnight_and_takes_barred_ones_without_a_factor_as_unknown() -> None:
    gas = {"fuel": "natural_gas", "stage": "4", "start": DAY + timedelta(hours=23)}
    mean = on_roads(FOUR | {"start": DAY + timedelta(hours=23)}, gas, routes=[("V1", "R1", 100.0, 1.0)])
    (row,) = windows(mean, fates(mean, "red", DAY, Rules()), 3).to_dicts()
    assert (row["since"], row["until"], row["vehicles"], row["unknown"]) == (21, 24, 2, 1)
    assert row["nox_kg"] == pytest.approx(0.005554)


def test_the_words_come_from_the_rows_of_the_order() -> None:
    rules = Rules()
    assert barred_words(in_force("orange", rules.barred, date(2019, 1, 8))) == "国四及以下重型柴油、燃气车"
    assert barred_words(in_force("yellow", rules.barred, date(2021, 1, 8))) == "国三及以下柴油、燃气车"
