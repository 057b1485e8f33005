"""Over the limit: the exact run, the exact sentence, and what must not be judged."""

import json

import polars as pl
from polars.testing import assert_frame_equal

from bihuan.domain.emissions import tables
from bihuan.domain.emissions.checks import limits as rules
from bihuan.domain.outlets import tables as outlet_tables
from bihuan.domain.outlets.quality_control import controlled
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=3)
HOURS = world.platform_hours(CALM)


def _run(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("target", "start", "until", "item", "magnitude").rows()


def test_three_hours_over_the_limit_are_one_finding_with_its_sentence() -> None:
    high = world.change(CALM, at(10, 1), at(13, 1), nox=58.0, o2=6.0)
    high = world.change(high, at(11, 1), at(12, 1), nox=62.3, o2=6.0)
    found = rules.hour_over(world.stacks(high))
    assert _run(found) == [("A", at(10, 1), at(13, 1), "nox", 1.246)]
    assert found["title"].item() == "氮氧化物折算小时均值 62.3 mg/m³，超限值 50（1.25 倍），持续 3 小时"
    numbers = json.loads(found["evidence"].item())
    assert numbers["各值"] == [58.0, 62.3, 58.0]
    assert numbers["依据"] == "GB 13223-2011"


def test_a_mean_at_the_limit_is_not_over_it() -> None:
    assert rules.hour_over(world.stacks(world.change(CALM, at(10), at(13), nox=50.0, o2=6.0))).is_empty()


def test_marked_and_invalid_hours_are_not_judged() -> None:
    high = world.change(CALM, at(10), at(13), nox=80.0, o2=6.0)
    marks = world.mark(at(10), at(13), kind="condition", code="启炉")
    assert rules.hour_over(world.stacks(high, marks=marks)).is_empty()
    stopped = world.change(high, at(10), at(13), nox_flag="F")
    assert rules.hour_over(world.stacks(stopped)).is_empty()


def test_an_hour_is_judged_when_it_is_over() -> None:
    """50 of its minutes are here, all at 80: enough to be valid, but the hour still runs."""
    high = world.change(CALM, at(10, 1), at(11, 1), nox=80.0, o2=6.0).filter(
        pl.col("start") < at(10 + 50 / 60, 1)
    )
    assert rules.hour_over(world.stacks(high)).is_empty()
    assert rules.hour_over(world.stacks(high, as_of=at(11, 1))).height == 1


def test_the_limit_of_the_date_counts() -> None:
    high = world.change(CALM, at(10, 1), at(13, 1), nox=62.0, o2=6.0)
    old = world.limits(nox=100.0).with_columns(valid_until=pl.lit(at(16, 0).date()))
    new = world.limits(nox=50.0).with_columns(valid_from=pl.lit(at(16, 0).date()))
    changed_later = new.with_columns(valid_from=pl.lit(at(12, 2).date()))
    still_old = old.with_columns(valid_until=pl.lit(at(12, 2).date()))
    assert rules.hour_over(world.stacks(high, limits=pl.concat([still_old, changed_later]))).is_empty()
    assert rules.hour_over(world.stacks(high, limits=pl.concat([old, new]))).height == 1


def test_an_outlet_without_reference_oxygen_is_judged_by_the_plain_value() -> None:
    high = world.change(CALM, at(10), at(12), so2=70.0)
    found = rules.hour_over(world.stacks(high, ref_o2=None))
    assert found["title"].to_list() == ["二氧化硫小时均值 70 mg/m³，超限值 35（2 倍），持续 2 小时"]


def test_the_ultra_low_limit_is_its_own_milder_rule() -> None:
    high = world.change(CALM, at(10), at(11), pm=12.0, o2=6.0)
    world_ = world.stacks(high, limits=world.limits(ultra_low=True))
    assert rules.hour_over(world_).is_empty()
    found = rules.ultra_low_hour(world_)
    assert found["title"].to_list() == ["颗粒物折算小时均值 12 mg/m³，超超低限值 10（1.2 倍），持续 1 小时"]


def test_a_day_over_its_limit_needs_twenty_valid_hours() -> None:
    high = world.change(CALM, at(0, 1), at(24, 1), so2=42.0, o2=6.0)
    daily = world.limits(period="day", so2=35.0)
    found = rules.day_over(world.stacks(high, limits=daily))
    assert _run(found) == [("A", at(0, 1), at(0, 2), "so2", 1.2)]
    assert found["title"].item() == "二氧化硫折算日均值 42 mg/m³，超日限值 35（1.2 倍），持续 1 天"
    short = world.change(high, at(0, 1), at(5, 1), so2_flag="D")
    assert rules.day_over(world.stacks(short, limits=daily)).is_empty()


def test_a_day_that_is_not_over_yet_is_not_judged() -> None:
    high = world.change(CALM, at(0, 1), at(24, 1), so2=42.0, o2=6.0).filter(pl.col("start") < at(23, 1))
    assert rules.day_over(world.stacks(high, limits=world.limits(period="day", so2=35.0))).is_empty()


def test_early_notice_says_what_the_rest_may_average() -> None:
    """20 minutes at 65: (20 x 65 + 40 x 65) / 60 = 65 expected; (60 x 50 - 20 x 65) / 40 = 42.5 allowed."""
    high = world.change(CALM, at(10, 1), at(11, 1), nox=65.0, o2=6.0).filter(
        pl.col("start") < at(10 + 1 / 3, 1)
    )
    found = rules.likely_hour(world.stacks(high))
    assert _run(found) == [("A", at(10, 1), at(11, 1), "nox", 1.3)]
    assert found["title"].item() == (
        "氮氧化物折算本小时前 20 分钟均值 65 mg/m³，预计小时均值 65，将超限值 50；余下 40 分钟平均须不高于 42.5"
    )


def test_early_notice_follows_the_last_minutes() -> None:
    """25 minutes at 62, then 15 at 20: (25 x 62 + 15 x 20 + 20 x 20) / 60 = 37.5, no notice."""
    high = world.change(CALM, at(10, 1), at(11, 1), nox=20.0, o2=6.0)
    high = world.change(high, at(10, 1), at(10 + 25 / 60, 1), nox=62.0, o2=6.0)
    falling = high.filter(pl.col("start") < at(10 + 40 / 60, 1))
    assert rules.likely_hour(world.stacks(falling)).is_empty()
    short = high.filter(pl.col("start") < at(10 + 10 / 60, 1))
    assert rules.likely_hour(world.stacks(short)).is_empty()


def test_an_hour_that_is_lost_says_so() -> None:
    high = world.change(CALM, at(10, 1), at(11, 1), nox=120.0, o2=6.0).filter(pl.col("start") < at(10.5, 1))
    assert rules.likely_hour(world.stacks(high))["title"].item().endswith("余下 30 分钟即使为零也将超标")


def test_ultra_low_share_counts_what_the_month_may_still_spend() -> None:
    """4 of 72 hours over: 94.4 %; until 1 July 432 more hours, 5 % of 504 = 25, 21 left.

    The three calibration hours of the world have 30 valid minutes: 69 valid hours, 65 good = 94.2 %, 5 % of 501 = 25.
    """
    high = world.change(CALM, at(10, 1), at(14, 1), nox=55.0, o2=6.0)
    low = world.limits(ultra_low=True, nox=50.0)
    found = rules.ultra_low_share(world.stacks(high, limits=low), least_hours=60)
    assert found["title"].item() == (
        "氮氧化物超低排放小时达标率 94.2 %（65/69 小时，限值 50），低于 95 %；本月余下最多还可超 21 小时"
    )
    assert rules.ultra_low_share(world.stacks(high, limits=low), least_hours=70).is_empty()
    three = world.change(CALM, at(10, 1), at(13, 1), nox=55.0, o2=6.0)
    assert rules.ultra_low_share(world.stacks(three, limits=low), least_hours=60).is_empty()


def test_the_honest_outlet_is_quiet() -> None:
    calm = world.stacks(CALM)
    for rule in (
        rules.hour_over,
        rules.ultra_low_hour,
        rules.day_over,
        rules.likely_hour,
        rules.ultra_low_share,
    ):
        found = rule(calm)
        assert_frame_equal(found, found.clear())


def test_a_logger_that_sends_neither_flags_nor_conversions() -> None:
    """Loggers of 2005: the platform converts, and a value without a flag counts."""
    flags = [pl.lit(None, pl.String).alias(f"{i}_flag") for i in ("pm", "so2", "nox", "o2", "flow")]
    bare = CALM.with_columns(
        *flags, *(pl.lit(None, pl.Float64).alias(f"{p}_zs") for p in ("pm", "so2", "nox"))
    )
    high = world.change(bare, at(10, 1), at(11, 1), nox=65.0, o2=6.0, nox_zs=None)
    found = rules.likely_hour(world.stacks(high.filter(pl.col("start") < at(10.5, 1)), hours=HOURS))
    assert found.select("item", "magnitude").rows() == [("nox", 1.3)]


def _lost(item: str, first: float, until: float) -> pl.DataFrame:
    return pl.DataFrame(
        [("A", item, at(first, 1), at(until, 1))], schema=outlet_tables.UNCONTROLLED, orient="row"
    )


def test_hours_out_of_control_are_no_exceedance_but_are_told() -> None:
    """10:00 to 13:00 at 80; the analyser was out of control from 10:00 to 11:30: only 12:00 is an offence."""
    high = world.change(CALM, at(10, 1), at(13, 1), nox=80.0, o2=6.0)
    lost = _lost("nox", 10, 11.5)
    look = world.stacks(
        high, hours=controlled(world.platform_hours(high), lost, tables.POLLUTANTS), uncontrolled=lost
    )
    assert _run(rules.hour_over(look)) == [("A", at(12, 1), at(13, 1), "nox", 1.6)]
    told = rules.out_of_control_over(look)
    assert _run(told) == [("A", at(10, 1), at(12, 1), "nox", 1.6)]
    assert told["title"].item() == "氮氧化物折算失控时段小时均值 80 mg/m³，超限值 50（1.6 倍），持续 2 小时"
    assert rules.out_of_control_over(world.stacks(high)).is_empty()
    calm = world.stacks(CALM, hours=controlled(HOURS, lost, tables.POLLUTANTS), uncontrolled=lost)
    assert rules.out_of_control_over(calm).is_empty()


def test_no_early_notice_of_an_analyser_out_of_control() -> None:
    running = world.change(CALM, at(10, 1), at(11, 1), nox=80.0, o2=6.0).filter(pl.col("start") < at(10.5, 1))
    assert rules.likely_hour(world.stacks(running)).height == 1
    still = _lost("nox", 8, 10.5)
    assert rules.likely_hour(world.stacks(running, uncontrolled=still)).is_empty()
    for other in (
        _lost("so2", 8, 10.5),
        _lost("nox", 8, 10),
        _lost("nox", 8, 10.5).with_columns(site=pl.lit("B")),
    ):
        assert rules.likely_hour(world.stacks(running, uncontrolled=other)).height == 1
