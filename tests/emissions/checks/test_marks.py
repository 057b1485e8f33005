"""Marks and flags that take data out of judgement."""

from datetime import timedelta

import polars as pl
import pytest

from bihuan.domain.emissions.checks import absences
from bihuan.domain.emissions.checks import marks as rules
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=3)
LIMITED = {"pm_flag": "M", "so2_flag": "M", "nox_flag": "M", "o2_flag": "M"}


def _run(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("start", "until", "item", "magnitude").rows()


def _maintained(minutes: pl.DataFrame, since: float, until: float, day: int = 1) -> pl.DataFrame:
    return world.change(minutes, at(since, day), at(until, day), **LIMITED)


def test_maintenance_that_begins_above_the_limit() -> None:
    high = world.change(CALM, at(13.5, 1), at(14, 1), nox=58.0, o2=6.0)
    found = absences.hides_exceedance(world.stacks(_maintained(high, 14, 16)))
    assert _run(found) == [(at(14, 1), at(16, 1), "nox", 1.0)]
    assert found["title"].item() == (
        "1 次校准或维护开始前 15 分钟氮氧化物均值已超限值 50（最高 58 mg/m³），首次 6月11日 14:00"
    )


def test_maintenance_in_calm_times_or_long_after_the_peak_is_fine() -> None:
    assert absences.hides_exceedance(world.stacks(_maintained(CALM, 14, 16))).is_empty()
    earlier = world.change(CALM, at(12, 1), at(13, 1), nox=58.0, o2=6.0)
    assert absences.hides_exceedance(world.stacks(_maintained(earlier, 14, 16))).is_empty()


def test_a_daily_calibration_and_a_value_close_to_the_limit_are_chance() -> None:
    """The calibration of 9:00 takes 30 minutes; 54 mg/m³ is 1.08 times the limit."""
    high = world.change(CALM, at(8.5, 1), at(9, 1), nox=58.0, o2=6.0)
    assert _hidden(high).is_empty()
    close = world.change(CALM, at(13.5, 1), at(14, 1), nox=54.0, o2=6.0)
    assert _hidden(_maintained(close, 14, 16)).is_empty()


def _hidden(minutes: pl.DataFrame) -> pl.DataFrame:
    return absences.hides_exceedance(world.stacks(minutes))


def test_a_device_mark_counts_like_the_flag_and_a_stop_does_not() -> None:
    high = world.change(CALM, at(13.5, 1), at(14, 1), nox=58.0, o2=6.0)
    marked = world.stacks(high, marks=world.mark(at(14, 1), at(16, 1)))
    assert absences.hides_exceedance(marked).height == 1
    stopped = world.stacks(high, marks=world.mark(at(14, 1), at(16, 1), code="停运"))
    assert absences.hides_exceedance(stopped).is_empty()


def test_a_maintenance_mark_over_data_above_the_limit() -> None:
    high = world.change(CALM, at(14, 1), at(16, 1), nox=75.0, o2=6.0)
    mark = world.mark(at(14, 1), at(16, 1))
    found = rules.over_inside(world.stacks(high, marks=mark))
    assert _run(found) == [(at(14, 1), at(16, 1), "nox", 1.5)]
    assert (
        found["title"].item() == "“维护”标记的 2 小时内氮氧化物仍有数据，中位值 75 mg/m³，超限值 50（1.5 倍）"
    )
    assert rules.over_inside(world.stacks(_maintained(high, 14, 16), marks=mark)).height == 1
    assert rules.over_inside(world.stacks(CALM, marks=mark)).is_empty()


def test_test_gas_calibration_and_start_up_are_not_meant() -> None:
    high = world.change(CALM, at(14, 1), at(16, 1), nox=75.0, o2=6.0)
    mark = world.mark(at(14, 1), at(16, 1))
    gas = world.change(high, at(14, 1), at(16, 1), nox=120.0, o2=6.0)
    assert rules.over_inside(world.stacks(gas, marks=mark)).is_empty()
    calibrated = world.change(high, at(14, 1), at(16, 1), nox_flag="C")
    assert rules.over_inside(world.stacks(calibrated, marks=mark)).is_empty()
    start_up = world.mark(at(14, 1), at(16, 1), kind="condition", code="启炉")
    assert rules.over_inside(world.stacks(high, marks=start_up)).is_empty()


def test_the_same_hour_every_day() -> None:
    daily = CALM
    for day in range(3):
        daily = _maintained(daily, 20, 22, day)
    found = absences.same_hour(world.stacks(daily))
    assert _run(found) == [(at(20, 0), at(22, 2), "", 3.0)]
    assert found["title"].item() == "3 天都在 20 时前后校准或维护，平均 2 小时"
    assert absences.same_hour(world.stacks(CALM)).is_empty()  # 30 minutes of calibration a day


def test_two_days_at_the_same_hour_are_chance() -> None:
    twice = _maintained(_maintained(CALM, 20, 22, 0), 20, 22, 1)
    assert absences.same_hour(world.stacks(twice)).is_empty()


def test_maintenance_for_most_of_a_day() -> None:
    """7 h and the half hour of calibration; 5.5 h and the half hour are 6 h, not more."""
    found = absences.too_long(world.stacks(_maintained(CALM, 12, 19)))
    assert _run(found) == [(at(0, 1), at(0, 2), "", 7.5)]
    assert found["title"].item() == "一天内校准和维护共 7.5 小时（2 次），超过 6 小时"
    assert absences.too_long(world.stacks(_maintained(CALM, 12, 17.5))).is_empty()


def test_overlapping_marks_and_flags_count_once() -> None:
    both = world.stacks(_maintained(CALM, 12, 16), marks=world.mark(at(11, 1), at(15, 1)))
    assert absences.too_long(both, most_hours=5.4)["magnitude"].to_list() == [5.5]  # 11 to 16 h and 0.5 h


def test_too_many_calibrations_on_a_day() -> None:
    many = CALM
    for hour in (12, 14, 16, 18):
        many = _maintained(many, hour, hour + 0.2)
    found = absences.too_often(world.stacks(many))
    assert _run(found) == [(at(0, 1), at(0, 2), "", 5.0)]
    assert found["title"].item() == "一天内校准或维护 5 次，共 1.3 小时，多于 4 次"
    assert absences.too_often(world.stacks(many), most_times=5).is_empty()


def test_start_up_at_full_load() -> None:
    start_up = world.mark(at(10, 1), at(16, 1), kind="condition", code="启炉")
    full = world.change(CALM, at(10, 1), at(16, 1), load=85.0)
    found = rules.start_stop(world.stacks(full, marks=start_up))
    assert _run(found) == [(at(10, 1), at(16, 1), "", 6.0)]
    assert found["title"].item() == "“启炉”标记期间负荷已达 85 %，持续 6 小时"
    rising = world.change(CALM, at(10, 1), at(14, 1), load=35.0)
    assert rules.start_stop(world.stacks(rising, marks=start_up)).is_empty()
    fault = world.mark(at(10, 1), at(16, 1), kind="condition", code="故障")
    assert rules.start_stop(world.stacks(full, marks=fault)).is_empty()


def test_stopped_by_flag_but_running() -> None:
    flags = {f"{i}_flag": "F" for i in ("pm", "so2", "nox", "o2", "flow")}
    false = world.change(CALM, at(10, 1), at(14, 1), **flags)
    found = rules.stopped_but_running(world.stacks(false))
    assert _run(found) == [(at(10, 1), at(14, 1), "", 4.0)]
    assert found["title"].item().startswith("标识“停运”（F）而流量 ")
    for stop in ({"flow": 20_000.0}, {"temp": 25.0}, {"o2": 20.8}, {"load": 0.0}):
        true = world.change(false, at(10, 1), at(14, 1), **stop)
        assert rules.stopped_but_running(world.stacks(true)).is_empty(), stop


def test_a_mark_set_two_days_later() -> None:
    late = world.mark(at(8), at(10), set_at=at(8) + timedelta(hours=50))
    found = rules.late(world.stacks(CALM, marks=late))
    assert _run(found) == [(at(8), at(10), "", 50.0)]
    assert found["title"].item() == "“维护”标记（6月10日 08:00 起）迟了 50 小时才作出"
    next_day = world.mark(at(8), at(10), set_at=at(8) + timedelta(hours=24))
    assert rules.late(world.stacks(CALM, marks=next_day)).is_empty()


CALIBRATING = {"nox_flag": "C", "so2_flag": "C", "o2_flag": "C"}


def test_three_hours_of_calibration_with_the_gas_of_the_stack() -> None:
    """NOx goes on around 24 mg/m³: no zero gas, no span gas."""
    found = absences.no_test_gas(
        world.stacks(world.change(CALM, at(21, 1), at(24, 1), nox=pl.col("nox") * 1.5, **CALIBRATING))
    )
    assert _run(found) == [(at(21, 1), at(24, 1), i, 3.0) for i in ("nox", "so2")]
    assert found["title"][0].startswith("标识“校准”的 3 小时内氮氧化物为 ")


def test_a_long_calibration_with_zero_and_span_gas_or_a_held_value_is_one() -> None:
    zero = world.change(CALM, at(21, 1), at(24, 1), nox=120.0, so2=80.0, **CALIBRATING)
    gases = world.change(zero, at(21, 1), at(21.25, 1), nox=0.2, so2=0.1)
    assert absences.no_test_gas(world.stacks(gases)).is_empty()
    held = world.change(CALM, at(21, 1), at(24, 1), nox=24.0, so2=13.0, **CALIBRATING)
    assert absences.no_test_gas(world.stacks(held)).is_empty()
    short = world.change(CALM, at(21, 1), at(21.5, 1), **CALIBRATING)
    assert absences.no_test_gas(world.stacks(short)).is_empty()


def test_a_short_start_within_a_long_one_does_not_end_it() -> None:
    marks = pl.concat(
        world.mark(at(a, 1), at(b, 1), kind="condition", code="启炉") for a, b in ((6, 20), (8, 9))
    )
    found = rules.start_stop(world.stacks(CALM, marks=marks), least_hours=10.0, share=0.5)
    assert _run(found) == [(at(6, 1), at(20, 1), "", 14.0)]


@pytest.mark.parametrize("hours", [20, 36, 48])
def test_a_kiln_that_is_heated_up_after_a_long_stop_is_starting_at_every_moment(hours: int) -> None:
    """Nothing is known of its usual: all before was a stop. Evenly from nothing to full load, looked at each two hours."""
    risen = (pl.col("start") - at(10)).dt.total_minutes() / 60 / hours
    stopped = world.change(CALM, at(0), at(10), load=0.0)
    heated = world.change(stopped, at(10), at(10 + hours), load=(100 * risen).round(1))
    marks = pl.concat(
        world.mark(at(a), at(b), kind="condition", code=code)
        for a, b, code in ((0, 10, "停运"), (10, 10 + hours, "启炉"))
    )
    for now in range(16, 12 + hours, 2):
        seen = heated.filter(pl.col("start") < at(now))
        assert rules.start_stop(world.stacks(seen, marks=marks)).is_empty(), now


def test_a_start_that_never_stood_still_is_none_also_where_no_usual_is_known() -> None:
    mark = world.mark(at(0), at(72), kind="condition", code="启炉")
    found = rules.start_stop(world.stacks(world.change(CALM, at(0), at(72), load=85.0), marks=mark))
    assert _run(found) == [(at(0), at(72), "", 72.0)]


def test_a_mark_that_goes_on_long_after_the_start_is_found_once_the_work_outweighs_the_start() -> None:
    """Two hours at a standstill, then at once fully: after three times as long it is no start any more."""
    mark = world.mark(at(0, 1), at(0, 2), kind="condition", code="启炉")
    stood = world.change(CALM, at(0, 1), at(2, 1), load=0.0)
    worked = world.change(stood, at(2, 1), at(0, 2), load=85.0)
    seen = {h: world.stacks(worked.filter(pl.col("start") < at(h, 1)), marks=mark) for h in (7.5, 8)}
    assert rules.start_stop(seen[7.5]).is_empty()
    assert _run(rules.start_stop(seen[8])) == [(at(2, 1), at(8, 1), "", 6.0)]


def test_heating_up_slowly_is_a_start() -> None:
    """From 40 % to the usual 77 % in ten hours: 90 % of the usual is reached for the last two."""
    hours = (pl.col("start") - at(6, 1)).dt.total_minutes() / 60
    rising = world.change(CALM, at(6, 1), at(16, 1), load=40 + 3.7 * hours)
    mark = world.mark(at(6, 1), at(16, 1), kind="condition", code="启炉")
    assert rules.start_stop(world.stacks(rising, marks=mark)).is_empty()
    full = world.change(CALM, at(6, 1), at(16, 1), load=77.0)
    assert _run(rules.start_stop(world.stacks(full, marks=mark))) == [(at(6, 1), at(16, 1), "", 10.0)]
