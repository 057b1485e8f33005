"""How much of a time lies in outages of ours, worked by hand and against counting seconds."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.outages import (
    OUTAGES,
    SETTLING,
    explained,
    explained_time,
    joined,
    no_outages,
    touched_hours,
)

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def table(*spans: tuple[float, float]) -> pl.DataFrame:
    return pl.DataFrame([(at(a), at(b)) for a, b in spans], schema=OUTAGES, orient="row")


def minutes_explained(since: float, until: float, outages: pl.DataFrame) -> float:
    row = pl.DataFrame({"a": [at(since)], "b": [at(until)]})
    found: timedelta = row.select(explained_time(pl.col("a"), pl.col("b"), outages)).item()
    return found.total_seconds() / 60


def test_without_outages_nothing_is_explained() -> None:
    none = joined(no_outages())
    assert minutes_explained(0, 24, none) == 0
    assert not pl.DataFrame({"t": [at(1)]}).select(explained("t", none)).item()
    assert touched_hours(none).is_empty()


def test_senders_have_a_quarter_of_an_hour_to_come_back() -> None:
    assert timedelta(minutes=15) == SETTLING
    outage = joined(table((6, 12)))
    moments = pl.DataFrame({"t": [at(5.99), at(6), at(12), at(12.24), at(12.25)]})
    assert moments.select(explained("t", outage)).to_series().to_list() == [False, True, True, True, False]
    assert minutes_explained(5, 13, outage) == 375
    assert minutes_explained(11, 12, outage) == 60
    assert minutes_explained(13, 20, outage) == 0


def test_outages_of_two_parts_at_once_are_not_counted_twice() -> None:
    assert joined(table((1, 3), (2, 4), (6, 7), (4.25, 4.5)), timedelta(0)).rows() == [
        (at(1), at(4)),
        (at(4.25), at(4.5)),
        (at(6), at(7)),
    ]
    assert minutes_explained(0, 24, joined(table((1, 3), (1, 3), (2, 4)))) == 195


def test_the_hours_that_an_outage_touches() -> None:
    hours = touched_hours(joined(table((1.5, 3.9), (8, 9)), timedelta(0)))["start"].to_list()
    assert hours == [at(1), at(2), at(3), at(8)]


SPAN = st.tuples(st.integers(0, 100), st.integers(1, 30)).map(lambda s: (s[0], s[0] + s[1]))


@given(outages=st.lists(SPAN, max_size=6), span=SPAN)
def test_explained_time_is_the_minutes_that_some_outage_covers(
    outages: list[tuple[int, int]], span: tuple[int, int]
) -> None:
    covered = {m for since, until in outages for m in range(since, until)}
    given_ = joined(table(*((a / 60, b / 60) for a, b in outages)), timedelta(0))
    expected = len(covered & set(range(*span)))
    assert round(minutes_explained(span[0] / 60, span[1] / 60, given_), 3) == expected
