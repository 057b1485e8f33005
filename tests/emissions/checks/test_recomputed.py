"""The logger's own numbers worked out again."""

import polars as pl
import pytest

from bihuan.domain.emissions.checks import recomputed as rules
from bihuan.domain.emissions.tables import LOGGED
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=2)
HOURS = world.platform_hours(CALM)
LOGGER = world.logger_hours(HOURS)


def _run(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("start", "until", "item").rows()


def _logger(since: float, until: float, day: int = 1, **values: pl.Expr) -> pl.DataFrame:
    inside = (pl.col("start") >= at(since, day)) & (pl.col("start") < at(until, day))
    return LOGGER.with_columns(pl.when(inside).then(v).otherwise(k).alias(k) for k, v in values.items())


def test_a_converted_value_made_with_another_oxygen() -> None:
    """40 mg/m³ at 9 % O2 is 40 x 15 / 12 = 50; the logger says 40 x 15 / 15 = 40, 20 % less."""
    wrong = world.change(CALM, at(12, 1), at(18, 1), nox=40.0, o2=9.0)
    wrong = world.change(wrong, at(12, 1), at(18, 1), nox_zs=40.0)
    found = rules.conversion(world.stacks(wrong))
    assert _run(found) == [(at(12, 1), at(18, 1), "nox")]
    assert found["magnitude"].item() == 20.0
    assert found["title"].item() == "氮氧化物上报折算值 40 mg/m³，复算 50，偏低 20 %，持续 6 小时"


def test_one_percent_and_rounding_are_allowed() -> None:
    close = CALM.with_columns(pl.col("nox_zs") * 1.009, pl.col("pm_zs").round(1))
    assert rules.conversion(world.stacks(close)).is_empty()
    far = CALM.with_columns(pl.col("nox_zs") * 1.04)
    assert rules.conversion(world.stacks(far))["item"].to_list() == ["nox"]


def test_below_the_reference_oxygen_the_measured_value_is_right_too() -> None:
    rich = world.change(CALM, at(12, 1), at(18, 1), nox=40.0, o2=3.0)
    assert rules.conversion(world.stacks(rich)).is_empty()
    kept = world.change(rich, at(12, 1), at(18, 1), nox_zs=40.0)
    assert rules.conversion(world.stacks(kept)).is_empty()
    assert rules.conversion(world.stacks(world.change(rich, at(12, 1), at(18, 1), nox_zs=30.0))).height == 1


def test_a_flow_that_its_velocity_does_not_give() -> None:
    """12 m² x 10 m/s x 3600 = 432,000 m³/h; x 273/323 x 97/101.325 x 0.9 = 314,588 m³/h dry at standard state."""
    steady = {"velocity": 10.0, "temp": 50.0, "pressure": 0.0, "humidity": 10.0}
    half = world.change(CALM, at(12, 1), at(18, 1), flow=157_294.0, **steady)
    found = rules.flow(world.stacks(half))
    assert _run(found) == [(at(12, 1), at(18, 1), "flow")]
    assert (
        found["title"].item() == "标干流量小时均值 157294 m³/h，由流速复算 314587.53，偏低 50 %，持续 6 小时"
    )
    near = world.change(CALM, at(12, 1), at(18, 1), flow=260_000.0, **steady)
    assert rules.flow(world.stacks(near)).is_empty()


def test_an_amount_made_with_half_the_flow() -> None:
    """30 mg/m³ x 400,000 m³/h = 12 kg; the logger says 6."""
    steady = world.platform_hours(world.change(CALM, at(12, 1), at(15, 1), nox=30.0, flow=400_000.0))
    logger = world.logger_hours(steady).with_columns(
        nox_kg=pl.when(pl.col("start").is_between(at(12, 1), at(15, 1), closed="left"))
        .then(6.0)
        .otherwise("nox_kg")
    )
    found = rules.amount(world.stacks(CALM, logged_hours=logger, hours=steady))
    assert _run(found) == [(at(12, 1), at(15, 1), "nox")]
    assert found["title"].item() == "氮氧化物小时排放量 6 kg，浓度×流量为 12，偏低 50 %，持续 3 小时"
    honest = world.logger_hours(steady).with_columns(pl.col("nox_kg") * 1.04)
    assert rules.amount(world.stacks(CALM, logged_hours=honest, hours=steady)).is_empty()


def test_an_hour_that_is_not_the_mean_of_its_minutes() -> None:
    lower = _logger(12, 14, nox=pl.col("nox") * 0.7)
    found = rules.hour_mean(world.stacks(CALM, logged_hours=lower))
    assert _run(found) == [(at(12, 1), at(14, 1), "nox")]
    assert found["magnitude"].item() == pytest.approx(30, abs=0.01)
    assert found["title"].item().endswith("，偏低 30 %，持续 2 小时")
    assert rules.hour_mean(
        world.stacks(CALM, logged_hours=LOGGER.with_columns(pl.col("nox").round(1)))
    ).is_empty()


def test_a_logger_that_reports_something_where_its_minutes_are_zero() -> None:
    none = world.stacks(world.change(CALM, at(12, 1), at(13, 1), so2=0.0), logged_hours=LOGGER)
    found = rules.hour_mean(none)
    assert found.select("item", "magnitude").rows() == [("so2", None)]
    assert "，分钟平均 0，偏高 — %，持续 1 小时" in found["title"].item()


def test_an_hour_with_missing_minutes_here_is_not_compared() -> None:
    """50 of 60 minutes arrived; the logger knew all of them."""
    holes = CALM.filter(
        ~pl.col("start").is_between(at(12, 1), at(13, 1), closed="left") | (pl.col("start").dt.minute() < 50)
    )
    assert rules.hour_mean(
        world.stacks(holes, logged_hours=_logger(12, 13, nox=pl.col("nox") * 1.1))
    ).is_empty()


def _days(**values: float) -> pl.DataFrame:
    """One logged day, the second, with these numbers."""
    day = LOGGER.filter(pl.col("start") == at(0, 1)).with_columns(
        pl.lit(v).alias(k) for k, v in values.items()
    )
    return day.select(list(LOGGED))


def test_a_day_against_its_hours() -> None:
    flat = LOGGER.with_columns(nox=30.0, so2=18.0, pm=5.0)
    found = rules.day_mean(
        world.stacks(CALM, logged_hours=flat, logged_days=_days(nox=24.0, so2=18.5, pm=5.0))
    )
    assert _run(found) == [(at(0, 1), at(0, 2), "nox")]
    assert found["title"].item() == "氮氧化物上报日均值 24 mg/m³，小时平均 30（23 个有效小时），相差 -20 %"
    few = flat.with_columns(
        nox_flag=pl.when(pl.col("start").dt.hour() < 6).then(pl.lit("D")).otherwise("nox_flag")
    )
    assert rules.day_mean(
        world.stacks(CALM, logged_hours=few, logged_days=_days(nox=24.0, so2=18.0, pm=5.0))
    ).is_empty()


def test_the_amount_of_a_day_is_the_sum_of_its_hours() -> None:
    """24 hours of 12 kg are 288 kg; a mean x 23 h would be 276."""
    flat = LOGGER.with_columns(
        nox_kg=12.0, so2_kg=7.0, pm_kg=2.0, nox_flag=pl.lit("N"), so2_flag=pl.lit("N"), pm_flag=pl.lit("N")
    )
    day = _days(nox_kg=276.0, so2_kg=168.0, pm_kg=48.0)
    found = rules.day_amount(world.stacks(CALM, logged_hours=flat, logged_days=day))
    assert _run(found) == [(at(0, 1), at(0, 2), "nox")]
    assert found["title"].item() == "氮氧化物上报日排放量 276 kg，小时合计 288（24 个有效小时），相差 -4.2 %"


def test_a_day_amount_below_that_of_its_valid_hours_needs_no_whole_day() -> None:
    """23 valid hours of 12 kg are 276 kg: 250 is too small, 280 may be right."""
    flat = world.logger_hours(world.platform_hours(CALM)).with_columns(
        nox_kg=12.0,
        so2_kg=7.0,
        pm_kg=2.0,
        nox_flag=pl.when(pl.col("start") == at(3, 1)).then(pl.lit("D")).otherwise(pl.lit("N")),
        so2_flag=pl.lit("N"),
        pm_flag=pl.lit("N"),
    )
    day = _days(nox_kg=250.0, so2_kg=168.0, pm_kg=48.0)
    found = rules.day_amount(world.stacks(CALM, logged_hours=flat, logged_days=day))
    assert _run(found) == [(at(0, 1), at(0, 2), "nox")]
    more = _days(nox_kg=280.0, so2_kg=168.0, pm_kg=48.0)
    assert rules.day_amount(world.stacks(CALM, logged_hours=flat, logged_days=more)).is_empty()
