"""What a rule lets through, worked by hand; and what verdicts say about it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.alarm_rules import (
    NO_RULE,
    PLACES,
    Proposal,
    Rule,
    Tried,
    Window,
    on_duty,
    proposed,
    shaped,
    tried,
)
from bihuan.domain.checks import FINDINGS

DAY = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday, 08:00 in China
PLACE = pl.DataFrame(
    [("outlet", "A", "140321", "7"), ("outlet", "B", "140322", "8")], schema=PLACES, orient="row"
)


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def table(*rows: tuple[str, float, float, float | None], item: str = "") -> pl.DataFrame:
    made = [("outlet", target, at(a), at(b), item, size, "h", "t", "{}", None) for target, a, b, size in rows]
    return pl.DataFrame(made, schema=FINDINGS, orient="row")


def shown(
    found: pl.DataFrame, rule: Rule, *, now: float = 100, severity: str = "minor"
) -> list[tuple[Any, ...]]:
    rows = shaped(found, rule, severity, PLACE, at(now))
    return [
        (t, (a - DAY) / timedelta(hours=1), s)
        for t, a, s in rows.sort("target", "start").select("target", "start", "severity").iter_rows()
    ]


def test_without_a_rule_everything_is_shown_as_the_check_says() -> None:
    found = table(("A", 0, 1, 1.0), ("B", 2, 3, None))
    assert shown(found, NO_RULE) == [("A", 0, "minor"), ("B", 2, "minor")]
    assert shaped(found, NO_RULE, "minor", PLACE, at(0)).drop("severity").equals(found)
    assert shaped(table(), NO_RULE, "minor", PLACE, at(0)).is_empty()


def test_what_lasts_less_than_the_delay_is_not_shown() -> None:
    found = table(("A", 0, 1, 1.0), ("A", 10, 10.5, 1.0))
    assert shown(found, Rule(delay_on=60)) == [("A", 0, "minor")]


def test_a_short_pause_does_not_begin_the_delay_anew() -> None:
    found = table(("A", 0, 0.5, 1.0), ("A", 0.75, 1.25, 1.0), ("B", 0, 0.5, 1.0), ("B", 1, 1.5, 1.0))
    assert shown(found, Rule(delay_on=60, delay_off=15)) == [("A", 0, "minor"), ("A", 0.75, "minor")]


def test_a_dead_band_shows_a_problem_that_was_once_large_enough_while_it_goes_on() -> None:
    found = table(("A", 0, 1, 1.1), ("A", 1, 2, 1.6), ("A", 2, 3, 1.1), ("A", 9, 10, 1.1), ("B", 0, 3, 1.4))
    assert shown(found, Rule(least=1.5)) == [("A", 0, "minor"), ("A", 1, "minor"), ("A", 2, "minor")]


def test_what_has_no_size_passes_a_least_size() -> None:
    assert shown(table(("A", 0, 1, None)), Rule(least=5.0)) == [("A", 0, "minor")]


def test_severity_rises_with_duration_and_never_falls() -> None:
    found = table(("A", 0, 3, 1.0), ("B", 0, 25, 1.0))
    rule = Rule(worse_after={2: "moderate", 24: "serious"})
    assert shown(found, rule) == [("A", 0, "moderate"), ("B", 0, "serious")]
    assert shown(found, rule, severity="major") == [("A", 0, "major"), ("B", 0, "major")]


@pytest.mark.parametrize(
    ("scope", "key", "left"),
    [
        ("all", "", []),
        ("target", "A", ["B"]),
        ("region", "140322", ["A"]),
        ("region", "1403", []),
        ("organisation", "8", ["A"]),
    ],
)
def test_a_window_silences_what_it_names(scope: str, key: str, left: list[str]) -> None:
    rule = Rule(windows=(Window(scope, key, at(0), at(5), "检修"),))
    assert [t for t, *_ in shown(table(("A", 1, 2, 1.0), ("B", 1, 2, 1.0)), rule)] == left


def test_what_goes_on_after_a_window_is_shown() -> None:
    rule = Rule(windows=(Window("all", "", at(0), at(5), "检修"),))
    assert shown(table(("A", 1, 5.5, 1.0), ("B", 0, 5, 1.0)), rule) == [("A", 1, "minor")]


def test_a_weekly_window_comes_again_but_not_before_it_was_set() -> None:
    rule = Rule(windows=(Window("all", "", at(0), at(5), "校准", weekly=True),))
    week = 7 * 24
    found = table(
        ("A", -week + 1, -week + 2, 1.0), ("A", week + 1, week + 2, 1.0), ("A", week + 4, week + 6, 1.0)
    )
    assert [start for _, start, _ in shown(found, rule)] == [-week + 1, week + 4]


def test_outside_duty_hours_only_what_is_serious_is_shown() -> None:
    found = table(("A", 0, 1, 1.0))
    rule = Rule(duty=(8, 18))
    assert shown(found, rule, now=0) == [("A", 0, "minor")]  # 08:00
    assert shown(found, rule, now=10) == []  # 18:00
    assert shown(found, rule, now=10, severity="serious") == [("A", 0, "serious")]
    assert [on_duty((20, 6), at(h)) for h in (11, 12, 21, 22)] == [False, True, True, False]


ROW = st.tuples(
    st.sampled_from("AB"), st.integers(0, 40), st.integers(1, 8), st.one_of(st.none(), st.floats(0, 10))
).map(lambda r: (r[0], r[1], r[1] + r[2], r[3]))


@given(rows=st.lists(ROW, max_size=8), delay=st.integers(0, 300), least=st.floats(0, 10))
def test_a_stricter_rule_never_shows_more_and_no_rule_changes_a_row(
    rows: list[tuple[str, float, float, float | None]], delay: int, least: float
) -> None:
    found = table(*rows)
    mild = shaped(found, Rule(delay_on=delay), "minor", PLACE, at(0))
    strict = shaped(found, Rule(delay_on=delay, least=least), "minor", PLACE, at(0))
    plain = list(found.iter_rows())
    assert all(r in plain for r in mild.drop("severity").iter_rows())
    assert all(r in list(mild.iter_rows()) for r in strict.iter_rows())


def judged(*rows: tuple[float, float, bool | None]) -> pl.DataFrame:
    """Length [h], size, verdict."""
    made = [(at(0), at(hours), size, right) for hours, size, right in rows]
    schema = {
        "start": FINDINGS["start"],
        "until": FINDINGS["until"],
        "magnitude": pl.Float64(),
        "right": pl.Boolean(),
    }
    return pl.DataFrame(made, schema=schema, orient="row")


def test_a_try_out_counts_what_people_said() -> None:
    found = judged((1, 1.0, True), (1, 1.0, False), (1, 1.0, None), (1, 1.0, True))
    assert tried(found) == Tried(4, 2, 1)
    assert tried(judged()) == Tried(0, 0, 0)


def test_a_rule_that_is_often_wrong_on_short_ones_gets_a_longer_delay() -> None:
    """Ten of 25 rejected, all shorter than 40 minutes; those confirmed last an hour and more."""
    rows = [(0.5, 2.0, False)] * 8 + [(0.6, 2.0, False)] * 2 + [(1.0 + n, 2.0, True) for n in range(15)]
    assert proposed(judged(*rows)) == Proposal("delay_on", 40.0, 10, 10, 25)


def test_a_rule_that_is_often_wrong_on_small_ones_gets_a_larger_least_size() -> None:
    rows = [(2.0, 1.02, False)] * 9 + [(2.0, 1.3, True)] * 13
    found = proposed(judged(*rows))
    assert found is not None
    assert (found.what, found.drops, found.wrong) == ("least", 9, 9)
    assert 1.02 < found.value <= 1.3


@pytest.mark.parametrize(
    "rows",
    [
        [(0.5, 1.0, False)] * 19,  # too few
        [(0.5, 1.0, False)] * 6 + [(2.0, 5.0, True)] * 14,  # 30 % is not more than 30 %
        [(0.5, 1.0, False)] * 10
        + [(0.4, 0.9, True)] * 15,  # nothing can be dropped without one that is right
        [(0.5, 1.0, None)] * 50,
    ],
)
def test_nothing_is_proposed_without_need_or_way(rows: list[tuple[float, float, bool | None]]) -> None:
    assert proposed(judged(*rows)) is None


VERDICT = st.tuples(st.floats(0.1, 50), st.floats(0.01, 9), st.sampled_from([True, False, None]))


@given(rows=st.lists(VERDICT, min_size=20, max_size=40))
def test_a_proposal_never_hides_what_was_confirmed(rows: list[tuple[float, float, bool | None]]) -> None:
    found = proposed(judged(*rows))
    if found is None:
        return

    def size(row: tuple[float, float, bool | None]) -> float:
        return row[0] * 60 if found.what == "delay_on" else row[1]

    assert all(size(r) >= found.value - 1e-6 for r in rows if r[2])
    assert sum(size(r) < found.value for r in rows if r[2] is False) >= found.drops > found.wrong / 2
