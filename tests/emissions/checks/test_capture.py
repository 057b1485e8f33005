"""How much of what came is valid."""

import polars as pl

from bihuan.domain.emissions.checks import capture as rules
from tests.emissions.checks import world
from tests.emissions.checks.test_arrival import DOWN, OUTAGE, _late
from tests.emissions.checks.world import at

CALM = world.honest(days=3)


def test_capture_rate_has_two_steps() -> None:
    """Of 72 hours 3 fall to calibration; 5 faulty ones leave 64/72 = 88.9 %, 20 leave 49/72 = 68.1 %."""
    five = world.stacks(world.change(CALM, at(10, 1), at(15, 1), pm_flag="D"))
    assert rules.capture_low(five).select("item", "title").rows() == [
        ("pm", "颗粒物有效数据捕集率 88.9 %（64/72 小时），低于 90 %")
    ]
    assert rules.capture_invalid(five).is_empty()
    many = world.stacks(world.change(CALM, at(10, 1), at(6, 2), pm_flag="D"))
    assert rules.capture_invalid(many)["title"].to_list() == [
        "颗粒物有效数据捕集率 68.1 %（49/72 小时），低于 75 %"
    ]
    assert rules.capture_low(many).is_empty()


def test_stopped_hours_are_not_owed() -> None:
    stopped = world.change(CALM, at(10, 1), at(16, 1), pm_flag="F", so2_flag="F", nox_flag="F")
    assert rules.capture_low(world.stacks(stopped)).is_empty()


def test_hours_with_few_minutes() -> None:
    holes = CALM.filter(
        ~pl.col("start").is_between(at(14, 1), at(17, 1), closed="left") | (pl.col("start").dt.minute() < 40)
    )
    found = rules.few_minutes(world.stacks(holes))
    assert found.select("start", "until", "magnitude").rows() == [(at(14, 1), at(17, 1), 3.0)]
    assert found["title"].item() == "颗粒物、二氧化硫、氮氧化物 连续 3 小时有效分钟不足 45，最少 40"
    calibrated = world.change(CALM, at(14, 1), at(17, 1), pm_flag="C", so2_flag="C", nox_flag="C")
    assert rules.few_minutes(world.stacks(calibrated)).is_empty()


def test_what_an_outlet_need_not_measure_is_not_owed() -> None:
    """Dust alone, with a limit for dust alone."""
    dust = CALM.with_columns(so2=None, nox=None, so2_zs=None, nox_zs=None).cast(CALM.schema)
    stacks = world.stacks(dust, limits=world.limits(pm=10.0))
    assert rules.capture_invalid(stacks).is_empty()
    assert rules.few_minutes(stacks).is_empty()
    owed = world.stacks(dust, limits=world.limits(pm=10.0, so2=35.0))
    assert rules.capture_invalid(owed)["item"].to_list() == ["so2"]


def test_hours_lost_to_us_are_not_owed_to_the_capture_rate() -> None:
    """Of 72 hours 6 are lost to us, with the calibration of that day; of 66 two more of calibration and 7 faulty ones are not valid.

    Hours that came late count where they are valid, so that only the one of calibration is left out: 62 of 71.
    """
    poor = world.change(DOWN, at(13, 1), at(20, 1), pm_flag="D")
    found = rules.capture_low(world.stacks(poor, outages=OUTAGE), least=95)
    assert found.filter(item="pm")["title"].to_list() == [
        "颗粒物有效数据捕集率 86.4 %（57/66 小时），低于 95 %"
    ]
    caught_up = world.change(_late(6, 12, 14), at(13, 1), at(20, 1), pm_flag="D")
    found = rules.capture_low(world.stacks(caught_up, outages=OUTAGE), least=95)
    assert found.filter(item="pm")["title"].to_list() == [
        "颗粒物有效数据捕集率 87.3 %（62/71 小时），低于 95 %"
    ]
