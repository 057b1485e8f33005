"""How outlets stand, from tables written by hand: which state goes before which, and which hours of today are owed and valid."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.standings import (
    LIKELY,
    LOST,
    MARKED,
    NORMAL,
    OFFLINE,
    OVER,
    STATES,
    STOPPED,
    Look,
    Standing,
    Value,
    in_order,
    marks_at,
    state_of,
)

ITEMS = ("nox", "pm")
MIDNIGHT = datetime(2019, 2, 25, tzinfo=CST)
NOW = MIDNIGHT + timedelta(hours=6, minutes=10)
HOUR = timedelta(hours=1)


def outlet(code: str = "A", since: datetime = MIDNIGHT - timedelta(days=9), emitter: str = "E") -> Outlet:
    return Outlet(code=code, since=since, emitter_id=emitter, kind="gas")


def hour(number: int, nox: str = "N", pm: str = "N", site: str = "A", n: int = 60) -> dict[str, Any]:
    """An hour of today; of each pollutant its flag: `N` counts, `B` is missing, `-` is not measured at all."""
    row: dict[str, Any] = {"site": site, "start": MIDNIGHT + number * HOUR}
    for item, flag in zip(ITEMS, (nox, pm), strict=True):
        row |= {
            item: 10.0 if flag == "N" else None, f"valid_{item}": flag == "N",
            f"n_{item}": 0 if flag in "B-" else n, f"{item}_flag": "B" if flag == "-" else flag,
        }  # fmt: skip
    return row


def spans(*rows: tuple[str, str, float, float]) -> pl.DataFrame:
    """Marks: outlet, code, from and to, in hours of today."""
    schema: dict[str, Any] = {"site": pl.String, "code": pl.String, "start": INSTANT, "until": INSTANT}
    made = [(site, code, MIDNIGHT + a * HOUR, MIDNIGHT + b * HOUR) for site, code, a, b in rows]
    return pl.DataFrame(made, schema=schema, orient="row")


def look(hours: Sequence[dict[str, Any]], **more: Any) -> Look:
    """A look at NOW; loggers were heard five minutes ago unless `heard` says when."""
    heard = more.pop("heard", NOW - timedelta(minutes=5))
    sites = {row["site"] for row in hours} or {"A"}
    minutes = pl.DataFrame(
        [(s, heard) for s in sites] if heard else [],
        schema={"site": pl.String, "received": INSTANT},
        orient="row",
    )
    lost = more.pop("lost", spans())
    given: dict[str, Any] = {"marks": spans(), "over": set(), "likely": set(), **more}
    frame = pl.DataFrame(hours, schema_overrides={"start": INSTANT, "nox": pl.Float64, "pm": pl.Float64})
    return Look(NOW, frame, minutes, uncontrolled=lost, pollutants=ITEMS, **given)


def standing(hours: Sequence[dict[str, Any]], made: Outlet | None = None, **more: Any) -> Standing:
    (found,) = look(hours, **more).standings([made or outlet()], lambda _row, _outlet: ())
    return found


# Hours of today


def counted(*hours: dict[str, Any], since: datetime = MIDNIGHT) -> tuple[int, int]:
    """(valid, owed) hours of today."""
    found = standing(hours, outlet(since=since))
    return found.valid, found.owed


def test_hours_that_have_ended_are_owed() -> None:
    assert counted(*map(hour, range(6))) == (6, 6)
    assert counted(hour(0), hour(5)) == (2, 6)


def test_of_an_outlet_that_was_connected_today_no_hour_before_is_owed_or_counted() -> None:
    # Its logger sent already, from midnight on, while it was tried out.
    assert counted(*map(hour, range(6)), since=MIDNIGHT + 3 * HOUR) == (3, 3)
    assert counted(*map(hour, range(6)), since=MIDNIGHT + 3 * HOUR + timedelta(minutes=40)) == (3, 3)
    assert counted(*map(hour, range(6)), since=NOW) == (0, 0)
    assert counted(*map(hour, range(6)), since=NOW + timedelta(days=3)) == (0, 0)


def test_an_hour_counts_when_all_that_is_measured_is_valid() -> None:
    assert counted(hour(0, "N", "D")) == (0, 6)
    assert counted(hour(0, "N", "-")) == (1, 6), "what is not measured lacks nothing"
    assert counted(hour(0, "-", "-")) == (0, 6), "an hour of nothing counts for nothing"


def test_hours_of_yesterday_count_for_yesterday() -> None:
    assert counted(hour(-1), hour(0)) == (1, 6)


def test_an_hour_in_which_the_source_stood_still_is_not_owed() -> None:
    assert counted(hour(0, "F", "F"), hour(1)) == (1, 5)
    assert counted(hour(0, "F", "N"), hour(1)) == (1, 6), "something ran"
    assert counted(hour(0, "F", "F"), since=MIDNIGHT + HOUR) == (0, 5), "and none before it was connected"


# States


def test_the_last_complete_hour_is_shown_however_the_rows_lie() -> None:
    found = standing([hour(4), hour(2), hour(3)])
    assert (found.hour, found.heard, found.state) == (MIDNIGHT + 4 * HOUR, NOW - timedelta(minutes=5), NORMAL)


def test_without_any_hour_there_is_nothing_to_show() -> None:
    found = standing([hour(0, site="B")], heard=None)
    assert (found.hour, found.values, found.state, found.valid, found.owed) == (None, (), OFFLINE, 0, 6)


@pytest.mark.parametrize(
    ("silent", "state"),
    [(timedelta(hours=1), NORMAL), (timedelta(hours=1, seconds=1), OFFLINE), (None, OFFLINE)],
)
def test_silence_of_more_than_an_hour_is_offline(silent: timedelta | None, state: str) -> None:
    assert standing([hour(5)], heard=silent and NOW - silent).state == state


EVERYTHING = {"over": {"A"}, "likely": {"A"}, "lost": spans(("A", "", 0, 7))}


@pytest.mark.parametrize(
    ("more", "state"),
    [
        (EVERYTHING, OVER),
        (EVERYTHING | {"over": set()}, LIKELY),
        (EVERYTHING | {"over": set(), "likely": set()}, LOST),
        (EVERYTHING | {"marks": spans(("A", "维护", 6, 7))}, MARKED),
        (EVERYTHING | {"marks": spans(("A", "维护", 6, 7)), "heard": None}, OFFLINE),
        (EVERYTHING | {"marks": spans(("A", "停运", 6, 7)), "heard": None}, STOPPED),
        (EVERYTHING | {"marks": spans(("A", "维护", 6, 7), ("A", "停运", 6, 7))}, STOPPED),
        ({"over": {"B"}, "likely": {"B"}, "lost": spans(("B", "", 0, 7))}, NORMAL),
    ],
)
def test_which_state_goes_before_which(more: dict[str, Any], state: str) -> None:
    assert standing([hour(5)], **more).state == state


@pytest.mark.parametrize(("ended", "state"), [(6.16, NORMAL), (6.17, LOST)])
def test_out_of_control_is_what_goes_on_at_the_moment(ended: float, state: str) -> None:
    # NOW is 6 h 10 min = 6.1667 h; a period that goes on ends at the moment of the look.
    assert standing([hour(5)], lost=spans(("A", "", 0, ended))).state == state


@pytest.mark.parametrize(
    ("nox", "pm", "state"),
    [("F", "F", STOPPED), ("F", "-", STOPPED), ("F", "N", NORMAL), ("-", "-", NORMAL), ("D", "D", NORMAL)],
)
def test_an_outlet_whose_pollutants_all_stand_still_is_stopped(nox: str, pm: str, state: str) -> None:
    assert standing([hour(5, nox, pm)]).state == state


def test_without_an_hour_and_heard_just_now_it_is_normal() -> None:
    assert state_of(None, NOW, (), None, NOW, ITEMS) == NORMAL


def test_a_mark_covers_its_first_moment_and_not_its_last() -> None:
    marks = spans(("A", "维护", 6, 7), ("A", "校准", 5, 6.5), ("B", "停运", 7, 8))
    assert {k: set(v) for k, v in marks_at(marks, MIDNIGHT + 6 * HOUR).items()} == {"A": {"维护", "校准"}}
    assert marks_at(marks, MIDNIGHT + 6.5 * HOUR) == {"A": ("维护",)}
    assert marks_at(marks, MIDNIGHT + 7 * HOUR) == {"B": ("停运",)}
    assert marks_at(marks, MIDNIGHT + 9 * HOUR) == {}


def test_all_marks_of_the_moment_are_named() -> None:
    found = standing([hour(5)], marks=spans(("A", "维护", 6, 7), ("A", "校准", 6, 7)))
    assert set(found.mark.split("、")) == {"维护", "校准"}


def test_the_worst_comes_first_and_then_by_enterprise_and_code() -> None:
    def made(code: str, emitter: str, state: str) -> Standing:
        return Standing(outlet(code, emitter=emitter), state, None, None, (), 0, 0)

    mixed = [made("1", "B", NORMAL), made("2", "A", NORMAL), made("3", "Z", OVER), made("1", "A", NORMAL)]
    assert [(s.outlet.emitter_id, s.outlet.code) for s in in_order(mixed)] == [
        ("Z", "3"), ("A", "1"), ("A", "2"), ("B", "1"),
    ]  # fmt: skip
    assert [s.state for s in in_order([made("1", "A", s) for s in reversed(STATES)])] == list(STATES)


# A number beside its limits


@pytest.mark.parametrize(
    ("value", "limit", "ultra_low", "flag", "tone"),
    [
        (100.0, 100.0, None, "N", ""),
        (100.01, 100.0, None, "N", "bad"),
        (100.01, 100.0, None, "D", "dim"),
        (None, 100.0, None, "N", "dim"),
        (50.01, 100.0, 50.0, "N", "warn"),
        (50.0, 100.0, 50.0, "N", ""),
        (50.01, None, 50.0, "N", "warn"),
        (500.0, None, None, "N", ""),
        (0.0, 100.0, 50.0, "N", ""),
    ],
)
def test_the_tone_of_a_number(
    value: float | None, limit: float | None, ultra_low: float | None, flag: str, tone: str
) -> None:
    assert Value("nox", value, value, limit, ultra_low, flag).tone == tone


def test_where_the_day_is_judged_an_hour_over_the_limit_is_a_notice_only() -> None:
    assert Value("cod", 60.0, 60.0, 50.0, None, "N", early=True).tone == "warn"


def test_beside_a_number_stands_the_limit_and_that_of_ultra_low_only_without_one() -> None:
    assert Value("nox", 1.0, 1.0, 100.0, 50.0, "N").beside == 100.0
    assert Value("nox", 1.0, 1.0, None, 50.0, "N").beside == 50.0
