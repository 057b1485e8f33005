"""What changed behind the values."""

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.emissions.checks import resent
from bihuan.domain.outages import OUTAGES
from bihuan.domain.outlets.checks import history as rules
from bihuan.domain.outlets.tables import ARRIVALS, CORRECTIONS, LOGS, PARAMETERS
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=2)


def _run(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("start", "until", "item", "magnitude").rows()


def _slopes(*values: float) -> pl.DataFrame:
    """The slope of NOx, reported at noon of each day."""
    rows = [("A", at(12, day), "nox", "斜率", v) for day, v in enumerate(values)]
    return pl.DataFrame(rows, schema=PARAMETERS, orient="row")


def _log(when: datetime, text: str) -> pl.DataFrame:
    return pl.DataFrame([("A", when, text)], schema=LOGS, orient="row")


def test_a_slope_changed_without_a_word() -> None:
    found = rules.parameter_changed(world.stacks(CALM, parameters=_slopes(1.0, 0.8)))
    assert _run(found) == [(at(12, 0), at(12, 1), "nox", 20.0)]
    assert (
        found["title"].item()
        == "氮氧化物参数“斜率”由 1 改为 0.8（6月11日 12:00 上报），前后无说明它的日志，也无标记"
    )


def test_an_intercept_that_was_zero() -> None:
    found = rules.parameter_changed(world.stacks(CALM, parameters=_slopes(0.0, -5.0)))
    assert found["magnitude"].to_list() == [500.0]  # against 1, as the old value is 0


def test_a_log_or_a_device_mark_explains_it() -> None:
    changed = _slopes(1.0, 0.8)
    logged = world.stacks(CALM, parameters=changed, logs=_log(at(15, 1), "更换光源，重新标定"))
    assert rules.parameter_changed(logged).is_empty()
    marked = world.stacks(CALM, parameters=changed, marks=world.mark(at(20, 0), at(22, 0)))
    assert rules.parameter_changed(marked).is_empty()
    before = world.stacks(CALM, parameters=changed, logs=_log(at(11, 0), "巡检"))
    assert rules.parameter_changed(before).height == 1
    empty = world.stacks(CALM, parameters=changed, logs=_log(at(15, 1), "  "))
    assert rules.parameter_changed(empty).height == 1
    daily = world.stacks(CALM, parameters=changed, logs=_log(at(15, 1), "自动零点、量程校准"))
    assert rules.parameter_changed(daily).height == 1


def test_the_daily_calibration_moves_a_slope_a_little() -> None:
    assert rules.parameter_changed(world.stacks(CALM, parameters=_slopes(1.0, 1.015, 0.998))).is_empty()


def _corrected(item: str, *values: tuple[float, float, float], period: str = "hour") -> pl.DataFrame:
    """(hour of the second day, first, last), sent again three hours later."""
    rows = [("A", period, at(h, 1), item, a, b, at(h + 1, 1), at(h + 4, 1)) for h, a, b in values]
    return pl.DataFrame(rows, schema=CORRECTIONS, orient="row")


def test_values_sent_again_with_other_numbers() -> None:
    again = _corrected("nox", (10, 40.0, 30.0), (11, 42.0, 32.0), (12, 41.0, 41.05))
    found = rules.resent(world.stacks(CALM, corrections=again))
    assert _run(found) == [(at(10, 1), at(12, 1), "nox", 2.0)]
    assert (
        found["title"].item()
        == "2 个氮氧化物小时值重传后数值不同：均值由 41 变为 31，末次 6月11日 15:00 收到"
    )


def test_a_correction_of_measured_and_converted_value_is_one() -> None:
    both = pl.concat([_corrected("nox", (10, 40.0, 30.0)), _corrected("nox_zs", (10, 50.0, 38.0))])
    assert rules.resent(world.stacks(CALM, corrections=both)).height == 1


def test_an_exceedance_sent_again_below_the_limit() -> None:
    again = _corrected("nox_zs", (10, 62.0, 44.0), (11, 55.0, 46.0), (12, 49.0, 40.0))
    found = resent.resent_below_limit(world.stacks(CALM, corrections=again))
    assert _run(found) == [(at(10, 1), at(12, 1), "nox", 2.0)]
    assert found["title"].item() == "2 个氮氧化物小时值首传超限值 50（最高 62 mg/m³），重传后降到 46 以下"
    measured = _corrected("nox", (10, 62.0, 44.0))
    assert resent.resent_below_limit(world.stacks(CALM, corrections=measured)).is_empty()
    assert resent.resent_below_limit(world.stacks(CALM, corrections=measured, ref_o2=None)).height == 1
    upward = _corrected("nox_zs", (10, 44.0, 62.0))
    assert resent.resent_below_limit(world.stacks(CALM, corrections=upward)).is_empty()


def _arrivals(*behind: float) -> pl.DataFrame:
    rows = [("A", at(10 + i, 1), 60, b) for i, b in enumerate(behind)]
    return pl.DataFrame(rows, schema=ARRIVALS, orient="row")


def test_a_fast_clock() -> None:
    found = rules.clock(world.stacks(CALM, arrivals=_arrivals(2, -300, -310, -305, 2)))
    assert _run(found) == [(at(11, 1), at(14, 1), "", 305.0)]
    assert found["title"].item() == "数采仪时钟快 305 秒，持续 3 小时"
    assert rules.clock(world.stacks(CALM, arrivals=_arrivals(2, -300, 2, -300, 2))).is_empty()


def test_a_slow_clock_is_not_joined_to_a_fast_one() -> None:
    found = rules.clock(world.stacks(CALM, arrivals=_arrivals(-300, -300, 700, 700, 700)))
    assert found["title"].to_list() == ["数采仪时钟慢 700 秒，持续 3 小时"]
    assert _run(found)[0][0] == at(10, 1) + timedelta(hours=2)


def test_what_is_caught_up_after_an_outage_of_ours_says_nothing_about_a_clock() -> None:
    late = world.stacks(CALM, arrivals=_arrivals(900, 900, 900, 2, 2))
    assert rules.clock(late).height == 1
    ours = pl.DataFrame([(at(4, 1), at(12.5, 1))], schema=OUTAGES, orient="row")
    assert rules.clock(replace(late, outages=ours)).is_empty()
