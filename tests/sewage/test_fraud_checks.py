"""Results that no analyser gives, flows that do not fit, numbers that do not add up; each with its near miss."""

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.sewage.checks import process, recomputed, shape
from bihuan.domain.sewage.tables import POLLUTANTS
from tests.sewage import world
from tests.sewage.world import at, change, found, honest, logged_days, logged_hours, sewers

EPISODE = (at(6, 1), at(22, 1))
DILUTED: dict[str, Any] = {p: pl.col(p) * 0.55 for p in POLLUTANTS}


@pytest.mark.parametrize(("hours", "number"), [(8, 1), (7, 0)])
def test_one_value_over_four_sampling_intervals(hours: int, number: int) -> None:
    held = change(honest(), at(6, 1), at(6 + hours, 1), cod=21.37)
    rows = found(shape.constant(sewers(held)))
    assert len(rows) == number
    assert all((r["item"], r["magnitude"]) == ("cod", pytest.approx(hours, abs=0.2)) for r in rows)


def test_a_value_that_stands_while_nothing_flows_is_not_constant() -> None:
    held = change(honest(), *EPISODE, water_flow=0.0, cod=21.37, nh3n=0.8, tp=0.2, tn=9.0)
    assert found(shape.constant(sewers(held))) == []
    assert found(shape.no_sample(sewers(held))) == []


@pytest.mark.parametrize(("hours", "number"), [(4, 1), (3, 0)])
def test_no_result_for_longer_than_the_interval(hours: int, number: int) -> None:
    stuck = change(honest(), at(6, 1), at(6 + hours, 1), cod=20.0, nh3n=0.81, tp=0.21, tn=9.1)
    assert len(found(shape.no_sample(sewers(stuck)))) == number
    # One of four that repeats its result is no stuck pump.
    assert found(shape.no_sample(sewers(change(honest(), *EPISODE, tp=0.21)))) == []


def test_results_piled_up_under_the_limit() -> None:
    capped = pl.min_horizontal(pl.col("cod") * 2.2, 38.0 + pl.col("ph") * 0.01)
    (row,) = found(shape.clipped(sewers(change(honest(), at(0, 2), at(0, 3), cod=capped))))
    assert (row["item"], row["until"] > at(20, 2)) == ("cod", True)
    # Results that only come near, and go over it: 36 mg/L with their own spread.
    assert found(shape.clipped(sewers(change(honest(), at(0, 2), at(0, 3), cod=pl.col("cod") * 1.8)))) == []


@pytest.mark.parametrize(("hours", "number"), [(5, 1), (3, 0)])
def test_all_pollutants_like_tap_water(hours: int, number: int) -> None:
    clean = {"cod": 0.25, "nh3n": 0.1, "tp": 0.1, "tn": 0.15}
    tap: dict[str, Any] = {p: pl.col(p) * f for p, f in clean.items()}
    wet = change(honest(), at(6, 1), at(6 + hours, 1), **tap)
    assert len(found(shape.clean_water(sewers(wet)))) == number
    only_ammonia = change(honest(), *EPISODE, nh3n=pl.col("nh3n") * 0.1)
    assert found(shape.clean_water(sewers(only_ammonia))) == []


def test_all_pollutants_fall_at_once_and_the_flow_stays() -> None:
    diluted = change(honest(), at(12, 1), at(0, 3), **DILUTED)
    (row,) = found(shape.step_down(sewers(diluted)))
    assert row["magnitude"] == pytest.approx(45, abs=6)
    assert abs(row["start"] - at(12, 1)) <= timedelta(hours=1)
    # Twice the water with half the load is rain.
    rain = change(diluted, at(12, 1), at(0, 3), water_flow=pl.col("water_flow") * 2)
    assert found(shape.step_down(sewers(rain))) == []
    one = change(honest(), at(12, 1), at(0, 3), cod=pl.col("cod") * 0.55)
    assert found(shape.step_down(sewers(one))) == []


@pytest.mark.parametrize(("value", "hours", "number"), [(0.0, 3, 1), (-0.5, 3, 1), (0.0, 1, 0), (0.01, 3, 0)])
def test_zero_while_water_flows(value: float, hours: int, number: int) -> None:
    rows = found(shape.zero(sewers(change(honest(), at(6, 1), at(6 + hours, 1), cod=value))))
    assert len(rows) == number


def test_results_without_any_flow() -> None:
    (row,) = found(process.flow_zero(sewers(change(honest(), *EPISODE, water_flow=0.0))))
    assert row["magnitude"] == pytest.approx(16, abs=0.2)
    # A stop in which no sample is taken, and a short one.
    still = change(honest(), *EPISODE, water_flow=0.0, cod=20.0, nh3n=0.8, tp=0.2, tn=9.0)
    assert found(process.flow_zero(sewers(still))) == []
    assert found(process.flow_zero(sewers(change(honest(), at(6, 1), at(8, 1), water_flow=0.0)))) == []


def test_half_the_flow_of_yesterday() -> None:
    half: dict[str, Any] = {"water_flow": pl.col("water_flow") * 0.5}
    (row,) = found(process.flow_low(sewers(change(honest(), *EPISODE, **half))))
    assert row["magnitude"] == pytest.approx(50, abs=3)
    # Every night the same is a habit.
    nights = honest()
    for day in range(3):
        nights = change(nights, at(0, day), at(6, day), **half)
    assert found(process.flow_low(sewers(nights))) == []


def test_ammonia_above_the_nitrogen_that_contains_it() -> None:
    (row,) = found(
        process.ammonia_above_nitrogen(sewers(change(honest(), *EPISODE, nh3n=pl.col("tn") * 1.3)))
    )
    assert row["magnitude"] == pytest.approx(1.3, abs=0.02)
    assert (
        found(process.ammonia_above_nitrogen(sewers(change(honest(), *EPISODE, nh3n=pl.col("tn") * 1.1))))
        == []
    )


@pytest.mark.parametrize(("temperature", "number"), [(70.0, 1), (-1.0, 1), (35.0, 0)])
def test_temperature(temperature: float, number: int) -> None:
    hot = sewers(change(honest(), at(6, 1), at(8, 1), water_temp=temperature))
    assert len(found(process.impossible_temperature(hot))) == number


def test_the_top_of_the_range_and_a_range_below_the_limit() -> None:
    full = change(honest(), at(6, 1), at(8, 1), cod=100.0)
    (row,) = found(process.over_range(sewers(full)))
    assert row["magnitude"] == 120
    flagged = change(honest(), at(6, 1), at(8, 1), cod_flag="T")
    assert len(found(process.over_range(sewers(flagged)))) == 1
    assert found(process.over_range(sewers(change(honest(), at(6, 1), at(8, 1), cod=99.0)))) == []
    (row,) = found(process.range_too_small(sewers(honest(), spans=world.spans(cod=36.0))))
    assert row["magnitude"] == pytest.approx(40 / 36, abs=1e-3)
    assert found(process.range_too_small(sewers(honest(), spans=world.spans(cod=40.0)))) == []


def test_hours_lower_than_their_minutes() -> None:
    low = logged_hours(honest()).with_columns(cod=pl.when(pl.col("start") >= at(12, 1)).then(pl.col("cod") * 0.8).otherwise("cod"))  # fmt: skip
    (row,) = found(recomputed.hour_mean(sewers(honest(), logged_hours=low)))
    assert (row["item"], row["magnitude"]) == ("cod", pytest.approx(20, abs=2))
    # A logger whose hour is the value of its sample is as right as one that averages.
    sampled = sewers(honest())
    theirs = sampled.logged_hours.drop("cod").join(
        sampled.hours.select("site", "start", "cod"), on=["site", "start"]
    )
    assert (
        found(
            recomputed.hour_mean(sewers(honest(), logged_hours=theirs.select(sampled.logged_hours.columns)))
        )
        == []
    )


def test_a_day_lower_than_its_hours() -> None:
    days = logged_days(logged_hours(honest())).with_columns(cod=pl.col("cod") * 0.75)
    (row,) = found(recomputed.day_mean(sewers(honest(), logged_days=days)))
    assert row["magnitude"] == pytest.approx(25, abs=1)
    close = logged_days(logged_hours(honest())).with_columns(cod=pl.col("cod") * 0.95)
    assert found(recomputed.day_mean(sewers(honest(), logged_days=close))) == []


def test_amounts_lower_than_concentration_times_flow() -> None:
    hours = logged_hours(honest())
    low = hours.with_columns(cod_kg=pl.when(pl.col("start").is_between(*EPISODE)).then(pl.col("cod_kg") * 0.6).otherwise("cod_kg"))  # fmt: skip
    (row,) = found(recomputed.amount(sewers(honest(), logged_hours=low)))
    assert row["magnitude"] == pytest.approx(40, abs=1)
    assert found(recomputed.amount(sewers(honest(), logged_hours=hours.with_columns(cod_kg=pl.col("cod_kg") * 0.97)))) == []  # fmt: skip


def test_a_calibration_that_goes_on_measuring_sewage() -> None:
    flags = {f"{p}_flag": "C" for p in POLLUTANTS}
    (*rows,) = found(recomputed.no_standard(sewers(change(honest(), at(20, 1), at(23, 1), **flags))))
    assert {r["item"] for r in rows} == set(POLLUTANTS)
    standard = {p: 1.25 * v for p, v in world.DAILY.items()}
    assert (
        found(recomputed.no_standard(sewers(change(honest(), at(20, 1), at(23, 1), **flags, **standard))))
        == []
    )


@pytest.mark.parametrize(("hours", "number"), [(4, 1), (3, 0)])
def test_calibration_and_maintenance_of_a_day(hours: int, number: int) -> None:
    # 50 minutes of the daily standard beside: 4.8 and 3.8 hours.
    flags = {f"{p}_flag": "M" for p in POLLUTANTS}
    assert (
        len(found(recomputed.too_long(sewers(change(honest(), at(10, 1), at(10 + hours, 1), **flags)))))
        == number
    )
