"""What came, and when."""

from datetime import timedelta

import polars as pl

from bihuan.domain.emissions.checks import capture
from bihuan.domain.outages import OUTAGES
from bihuan.domain.outlets.checks import arrival as rules
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=3)


def _run(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("start", "until", "magnitude").rows()


def _without(since: float, until: float, day: int = 1) -> pl.DataFrame:
    return CALM.filter((pl.col("start") < at(since, day)) | (pl.col("start") >= at(until, day)))


def test_offline_since_the_last_receipt() -> None:
    """The minute 05:59 came at 06:00:20; at 08:00 that is 2 h less 20 s ago."""
    cut = CALM.filter(pl.col("start") < at(6, 2))
    found = rules.offline(world.stacks(cut, as_of=at(8, 2)))
    assert _run(found) == [(at(6, 2) + timedelta(seconds=20), at(8, 2), 1.983)]
    assert found["title"].item() == "自 6月12日 06:00 起无数据，已 2 小时"
    assert rules.offline(world.stacks(cut, as_of=at(6.9, 2))).is_empty()
    marks = world.mark(at(6, 2), at(20, 2), code="停运")
    assert rules.offline(world.stacks(cut, as_of=at(8, 2), marks=marks)).is_empty()


def test_an_outlet_that_never_sent() -> None:
    known = pl.concat([world.outlets(CALM), world.outlets(CALM).with_columns(site=pl.lit("B"))])
    found = rules.offline(world.stacks(CALM, outlets=known))
    assert found.select("target", "title").rows() == [
        ("B", "自 6月10日 00:00 起无数据（所查时段内从未来数），已 72 小时")
    ]


def test_late_minutes_of_a_backfill_are_one_finding() -> None:
    late = CALM.with_columns(
        received=pl.when(pl.col("start").is_between(at(3, 1), at(5, 1), closed="left"))
        .then(pl.lit(at(7, 1)))
        .otherwise("received")
    )
    found = rules.late(world.stacks(late))
    assert found["start"].to_list() == [at(3, 1)]
    assert found["title"].item() == "6月11日 03:00 至 6月11日 05:00 分钟数据迟到，最长 4 小时（其时 120 条）"
    few = CALM.with_columns(
        received=pl.when(pl.col("start").is_between(at(3, 1), at(3.4, 1), closed="left"))
        .then(pl.lit(at(7, 1)))
        .otherwise("received")
    )
    assert rules.late(world.stacks(few)).is_empty()


def test_transmission_rate_of_a_day() -> None:
    """1 h 13 min of 24 h missing: 1367/1440 = 94.93 %; 1 h 12 min is exactly 95 %."""
    found = rules.transmission(world.stacks(_without(3, 4 + 13 / 60)))
    assert _run(found) == [(at(0, 1), at(0, 2), 5.069)]
    assert found["title"].item() == "6月11日起 1 天数据传输率最低 94.9 %（1367/1440 条），低于 95 %"
    assert rules.transmission(world.stacks(_without(3, 4.2))).is_empty()
    marks = world.mark(at(3, 1), at(4 + 13 / 60, 1))
    assert rules.transmission(world.stacks(_without(3, 4 + 13 / 60), marks=marks)).is_empty()


def test_ten_minute_records_are_counted_by_their_interval() -> None:
    slow = world.honest(interval=10)
    assert rules.transmission(world.stacks(slow, interval=10)).is_empty()
    cut = slow.filter((pl.col("start") < at(3, 1)) | (pl.col("start") >= at(5, 1)))
    assert rules.transmission(world.stacks(cut, interval=10))["magnitude"].to_list() == [8.333]  # 12 of 144


OUTAGE = pl.DataFrame([(at(6, 1), at(12, 1))], schema=OUTAGES, orient="row")
DOWN = _without(6, 12.25)
"""What came when the receiver was down from 06:00 to 12:00 of day 1 and nobody sent again what was missed."""


def _late(since: float, until: float, came: float, day: int = 1) -> pl.DataFrame:
    """The minutes of a span come all at once, later."""
    inside = pl.col("start").is_between(at(since, day), at(until, day), closed="left")
    return CALM.with_columns(received=pl.when(inside).then(pl.lit(at(came, day))).otherwise("received"))


def test_an_outage_of_ours_that_nobody_makes_up_for_is_counted_against_nobody() -> None:
    """Without the table of outages the same minutes accuse the outlet: 1440 - 375 of 1440 records came."""
    ours, blamed = world.stacks(DOWN, outages=OUTAGE), world.stacks(DOWN)
    assert rules.transmission(blamed)["magnitude"].to_list() == [26.042]
    assert rules.transmission(ours).is_empty()
    assert capture.few_minutes(world.stacks(_without(5.8, 6.3), outages=OUTAGE)).is_empty()
    two = world.change(CALM, at(5, 1), at(7, 1), pm_flag="B")
    assert capture.few_minutes(world.stacks(two)).height == 1
    assert capture.few_minutes(
        world.stacks(two, outages=OUTAGE)
    ).is_empty()  # one of them is ours, one is not enough


def test_what_comes_after_an_outage_of_ours_is_not_late() -> None:
    caught_up = _late(6, 12, 14)
    assert rules.late(world.stacks(caught_up)).height == 1
    assert rules.late(world.stacks(caught_up, outages=OUTAGE)).is_empty()
    own = rules.late(world.stacks(_late(3, 5, 14), outages=OUTAGE))
    assert own["start"].to_list() == [at(3, 1)]  # due long before the outage: that is the outlet's


def test_silence_through_an_outage_counts_from_where_we_could_have_heard() -> None:
    """Last heard at 05:59; down from 06:00 to 12:00, and a quarter of an hour for coming back."""
    cut = CALM.filter(pl.col("start") < at(6, 1))
    assert rules.offline(world.stacks(cut, as_of=at(11, 1), outages=OUTAGE)).is_empty()
    assert rules.offline(world.stacks(cut, as_of=at(13, 1), outages=OUTAGE)).is_empty()
    found = rules.offline(world.stacks(cut, as_of=at(13.5, 1), outages=OUTAGE))
    assert (
        found["title"].item() == "自 6月11日 06:00 起无数据，已 7.5 小时（其中 6.2 小时因指挥中心中断不计）"
    )
    assert found["magnitude"].item() == 1.25


def test_who_was_silent_before_our_outage_is_named_all_the_same() -> None:
    cut = CALM.filter(pl.col("start") < at(3, 1))
    found = rules.offline(world.stacks(cut, as_of=at(12, 1), outages=OUTAGE))
    assert found["start"].to_list() == [at(3, 1) + timedelta(seconds=20)]
    assert round(found["magnitude"].item()) == 3


def test_an_outage_of_ours_excuses_no_other_day() -> None:
    both = DOWN.filter((pl.col("start") < at(3, 2)) | (pl.col("start") >= at(5, 2)))
    found = rules.transmission(world.stacks(both, outages=OUTAGE, as_of=at(0, 3)))
    assert found["start"].to_list() == [at(0, 2)]
