"""Curves of an outlet, from tables written by hand: limits as they changed, marks as bands, gaps as gaps, spans by the clock."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.plant_emissions.charts import (
    bands_of,
    beside,
    curves,
    each_time,
    limit_lines,
    marked,
    minutes_of_span,
    span,
    values,
)
from bihuan.scenarios.plant_emissions.received import Seen

MIDNIGHT = datetime(2019, 2, 25, tzinfo=CST)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TIMES = [0, 1, 2, 3]
Spans = list[tuple[datetime, datetime]]


def starts(*moments: datetime) -> pl.DataFrame:
    return pl.DataFrame({"start": pl.Series(list(moments), dtype=INSTANT)})


def seen(minutes: pl.DataFrame, marks: Spans, interval: int | None = None) -> Seen:
    """What was seen of one outlet."""
    outlets = pl.DataFrame({"interval": [interval] if interval else []}, schema={"interval": pl.Int64})
    covered = pl.DataFrame(marks, schema={"start": INSTANT, "until": INSTANT}, orient="row")
    return Seen(outlets, minutes, pl.DataFrame(), covered, pl.DataFrame())


# Limits


def test_a_limit_changes_at_midnight_of_china_and_not_of_greenwich() -> None:
    def in_force(day: date) -> Mapping[str, float]:
        return {"old": 100.0} if day < MIDNIGHT.date() else {"new": 40.0}

    found = each_time(starts(MIDNIGHT - HOUR, MIDNIGHT, MIDNIGHT + 8 * HOUR), in_force)
    assert found == {"old": [100.0, None, None], "new": [None, 40.0, 40.0]}


def test_without_any_time_or_limit_there_is_no_line() -> None:
    assert each_time(starts(), lambda _day: {"x": 1.0}) == {}
    assert each_time(starts(MIDNIGHT), lambda _day: {}) == {}
    assert limit_lines([], TIMES) == ([], [])


def test_a_limit_that_holds_over_all_times_goes_across_with_its_value() -> None:
    steps, across = limit_lines([("限值", [100.0] * 4), ("超低", [50.0] * 4)], TIMES)
    assert across == [{"value": 100.0, "label": "限值 100"}, {"value": 50.0, "label": "超低 50"}]
    assert [s["name"] for s in steps] == ["超低 50"], "the strictest is inside the panel in any case"


def test_a_limit_that_changed_is_a_step_that_names_its_values_in_order() -> None:
    own: list[tuple[str, list[float | None]]] = [
        ("限值", [100.0, 100.0, 40.0, 40.5]),
        ("超低", [None, None, 35.0, 35.0]),
    ]
    steps, across = limit_lines(own, TIMES)
    assert [s["name"] for s in steps] == ["限值 100 → 40 → 40.5", "超低 35"]
    assert across == []
    assert all(s["step"] and s["times"] == TIMES for s in steps)


def test_a_limit_that_was_lifted_and_came_back_is_named_as_it_was() -> None:
    ((step,), _across) = limit_lines([("限值", [100.0, None, 100.0, 80.0])], TIMES)
    assert step["name"] == "限值 100 → 100 → 80"
    assert step["data"] == [100.0, None, 100.0, 80.0]


# Marks


def test_a_mark_covers_times_from_its_begin_to_before_its_end() -> None:
    data = seen(pl.DataFrame(), [(MIDNIGHT, MIDNIGHT + 2 * HOUR), (MIDNIGHT + 3 * HOUR, MIDNIGHT + 4 * HOUR)])
    frame = starts(*(MIDNIGHT + n * HOUR for n in range(-1, 5)))
    assert marked(data, frame) == [False, True, True, False, True, False]


def test_marks_are_a_band_to_the_top_and_nothing_where_there_are_none() -> None:
    (band,) = bands_of([False, True, True, False], TIMES, 120.0)
    assert (band["low"], band["high"]) == ([None, 0.0, 0.0, None], [None, 120.0, 120.0, None])
    assert bands_of([False] * 4, TIMES, 120.0) == []


# Spans and times


@pytest.mark.parametrize(
    ("now", "minutes", "first", "last"),
    [
        (MIDNIGHT + 30 * MINUTE, False, MIDNIGHT - 72 * HOUR, MIDNIGHT),
        (MIDNIGHT, False, MIDNIGHT - 72 * HOUR, MIDNIGHT),
        (MIDNIGHT + 30 * MINUTE, True, MIDNIGHT - 23 * HOUR, MIDNIGHT + HOUR),
        (MIDNIGHT - MINUTE, True, MIDNIGHT - 24 * HOUR, MIDNIGHT),
    ],
)
def test_hours_end_with_the_last_whole_one_and_minutes_with_the_running_one(
    now: datetime, minutes: bool, first: datetime, last: datetime
) -> None:
    assert span(now, minutes=minutes) == (first, last)


def test_minutes_that_did_not_come_are_gaps_in_the_logger_s_own_step() -> None:
    came = starts(MIDNIGHT, MIDNIGHT + 20 * MINUTE).with_columns(nox=pl.Series([60.0, 70.0]))
    found = minutes_of_span(seen(came, [], 10), MIDNIGHT, MIDNIGHT + 35 * MINUTE)
    assert found["nox"].to_list() == [60.0, None, 70.0, None]
    assert minutes_of_span(seen(came, []), MIDNIGHT, MIDNIGHT + 35 * MINUTE).height == 36  # no logger known


def test_numbers_are_short_and_what_is_missing_stays_missing() -> None:
    assert values(pl.Series([1 / 3, None, 1e-9, 5.0])) == [0.333, None, 0.0, 5.0]


def test_the_element_gets_times_as_milliseconds_and_where_now_is() -> None:
    frame = starts(MIDNIGHT).with_columns(o2=pl.Series([9.0]))
    panel = beside("o2", frame, [int(MIDNIGHT.timestamp() * 1000)])
    assert (panel["title"], panel["unit"], panel["series"][0]["data"]) == ("含氧量", "%", [9.0])
    whole = curves([panel], panel["series"][0]["times"], MIDNIGHT + HOUR)
    assert whole["now"] - whole["times"][0] == 3_600_000
