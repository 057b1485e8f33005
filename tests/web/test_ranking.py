"""The board: who is first, who shares a place, who has none, and who moved."""

from datetime import UTC, datetime

from bihuan.cases.statistics import ALL, COUNTED, Statistics
from bihuan.web.figures.ranking import places, ranked

AT = datetime(2019, 1, 22, tzinfo=UTC)


def of(due: int, in_time: int, late: int = 0, *, median: float | None = None) -> Statistics:
    """What a group did."""
    counts = dict.fromkeys(COUNTED, 0) | {"due": due, "in_time": in_time, "overdue_open": late}
    return Statistics(as_of=AT, mean_days=None, median_days=median, **counts)


GROUPS = {
    ALL: of(30, 20), "甲": of(10, 9), "乙": of(2, 2), "丙": of(10, 9, median=1.0), "丁": of(10, 9), "戊": of(0, 0), "己": of(10, 0, 10),
}  # fmt: skip


def test_a_better_share_goes_before_and_equal_ones_share_their_place() -> None:
    assert places(GROUPS) == {"乙": 1, "甲": 2, "丁": 2, "丙": 4, "己": 5}


def test_who_had_nothing_due_has_no_place_and_stands_last() -> None:
    lines = ranked(GROUPS, GROUPS)
    assert [line.name for line in lines] == ["乙", "丁", "甲", "丙", "己", "戊"]
    assert (lines[-1].place, lines[-1].moved) == (None, None)


def test_moving_is_told_by_places_and_not_of_newcomers() -> None:
    before = {"甲": of(10, 1), "乙": of(2, 2), "己": of(10, 9)}
    moved = {line.name: line.moved for line in ranked(GROUPS, before)}
    assert moved == {"乙": 0, "甲": 1, "丁": None, "丙": None, "己": -3, "戊": None}
