"""Terms of each kind over Spring Festival and National Day, minute exact and by hand; their clocks stopped and extended."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.deadlines import CHINA
from bihuan.cases.term_rules import Matter, Rulebook, TermRule
from bihuan.cases.term_start import START
from bihuan.cases.terms import Term, Unit
from bihuan.domain.worktime import UnknownYear, WorkCalendar
from tests.cases.terms import BOOK, decided

CALENDAR = WorkCalendar()
AT_ONCE = Term(Unit.AT_ONCE)
HOUR = timedelta(hours=1)
TERMS = st.one_of(
    st.just(AT_ONCE),
    st.builds(Term, st.just(Unit.DAYS), st.integers(1, 60)),
    st.builds(Term, st.just(Unit.WORKDAYS), st.integers(1, 40)),
    st.builds(Term, st.just(Unit.HOURS), st.integers(1, 200)),
)
WHEN = st.datetimes(datetime(2018, 6, 1), datetime(2020, 6, 1), timezones=st.just(CHINA))  # noqa: DTZ001 - made aware
SPANS = st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


def days(n: int) -> Term:
    return Term(Unit.DAYS, n)


def workdays(n: int) -> Term:
    return Term(Unit.WORKDAYS, n)


def hours(n: int) -> Term:
    return Term(Unit.HOURS, n)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("term", "handed", "due"),
    [
        # Spring Festival 2019: off 02-04 to 02-10, Saturday 02-02 and Sunday 02-03 worked
        (days(7), "2019-01-31 14:07", "2019-02-08 00:00"),
        (days(3), "2019-02-04 09:00", "2019-02-08 00:00"),
        (workdays(1), "2019-02-01 09:00", "2019-02-02 18:00"),
        (workdays(3), "2019-01-31 14:07", "2019-02-03 18:00"),
        (workdays(5), "2019-01-31 14:07", "2019-02-12 18:00"),
        (workdays(5), "2019-02-05 23:30", "2019-02-15 18:00"),
        (hours(2), "2019-02-03 17:23", "2019-02-11 09:23"),
        (hours(4), "2019-02-06 11:00", "2019-02-11 12:00"),
        (hours(20), "2019-02-02 10:01", "2019-02-11 10:01"),
        (AT_ONCE, "2019-02-03 17:23", "2019-02-04 00:00"),
        (AT_ONCE, "2019-02-05 22:10", "2019-02-06 02:10"),
        # National Day 2019: off 10-01 to 10-07, Sunday 09-29 and Saturday 10-12 worked
        (days(7), "2019-09-28 10:00", "2019-10-06 00:00"),
        (workdays(1), "2019-09-28 10:00", "2019-09-29 18:00"),
        (workdays(5), "2019-09-27 16:00", "2019-10-10 18:00"),
        (workdays(10), "2019-09-29 08:00", "2019-10-17 18:00"),
        (hours(4), "2019-09-30 16:00", "2019-10-08 10:00"),
        (hours(2), "2019-09-28 12:34", "2019-09-29 10:00"),
        (AT_ONCE, "2019-10-01 08:15", "2019-10-02 00:00"),
        # the service desk: hours 08-18, H+4, opened 16:00; days end with the working day
        (hours(4), "2019-01-11 16:00", "2019-01-14 10:00"),
        (workdays(2), "2019-01-10 16:00", "2019-01-14 18:00"),
    ],
)
def test_a_term_of_each_kind_over_the_holidays(term: Term, handed: str, due: str) -> None:
    assert term.due(china(handed), CALENDAR) == china(due)


@pytest.mark.parametrize(
    ("term", "due", "stopped", "goes_on", "moved"),
    [
        # the service desk: three hours of waiting move the deadline by three hours
        (hours(4), "2019-01-11 10:00", "2019-01-10 16:30", "2019-01-11 09:30", "2019-01-11 13:00"),
        (hours(4), "2019-01-14 16:00", "2019-01-14 12:30", "2019-01-14 15:30", "2019-01-15 09:00"),
        # nothing passes of working time in the holidays
        (hours(4), "2019-02-11 10:00", "2019-02-03 18:00", "2019-02-10 23:00", "2019-02-11 10:00"),
        (hours(4), "2019-02-11 10:00", "2019-02-03 17:00", "2019-02-11 08:30", "2019-02-11 11:30"),
        (workdays(5), "2019-02-12 18:00", "2019-02-02 08:00", "2019-02-11 08:00", "2019-02-14 18:00"),
        (workdays(5), "2019-10-10 18:00", "2019-09-30 17:00", "2019-10-08 09:00", "2019-10-11 10:00"),
        # of calendar days everything
        (days(7), "2019-02-08 00:00", "2019-02-04 10:00", "2019-02-06 12:30", "2019-02-10 02:30"),
        (AT_ONCE, "2019-10-02 00:00", "2019-10-01 09:00", "2019-10-01 12:00", "2019-10-02 03:00"),
    ],
)  # fmt: skip
def test_a_clock_that_stood_moves_the_deadline_by_its_own_time(
    term: Term, due: str, stopped: str, goes_on: str, moved: str
) -> None:
    assert term.moved(china(due), china(stopped), china(goes_on), CALENDAR) == china(moved)


@pytest.mark.parametrize(
    ("term", "due", "more", "extended"),
    [
        (days(7), "2019-02-08 00:00", 3, "2019-02-11 00:00"),
        (workdays(5), "2019-02-01 18:00", 2, "2019-02-03 18:00"),
        (workdays(5), "2019-02-03 18:00", 2, "2019-02-12 18:00"),
        (workdays(5), "2019-10-11 10:00", 1, "2019-10-12 10:00"),
        (hours(20), "2019-09-30 16:00", 10, "2019-10-08 16:00"),
    ],
)
def test_an_extension_is_in_the_unit_of_the_term(term: Term, due: str, more: int, extended: str) -> None:
    assert term.extended(china(due), more, CALENDAR) == china(extended)


@given(TERMS, WHEN, WHEN)
def test_a_stop_of_no_time_changes_nothing(term: Term, at: datetime, stopped: datetime) -> None:
    due = term.due(at, CALENDAR)
    assert term.moved(due, stopped, stopped, CALENDAR) == due


@given(TERMS, WHEN, WHEN, SPANS, SPANS)
def test_a_longer_stop_never_brings_the_deadline_nearer_and_two_stops_are_one(
    term: Term, at: datetime, stopped: datetime, one: timedelta, more: timedelta
) -> None:
    due, middle, end = term.due(at, CALENDAR), stopped + one, stopped + one + more
    first = term.moved(due, stopped, middle, CALENDAR)
    assert due <= first <= term.moved(due, stopped, end, CALENDAR)
    assert term.moved(first, middle, end, CALENDAR) == term.moved(due, stopped, end, CALENDAR)


@given(TERMS, WHEN, SPANS)
def test_who_begins_later_is_due_later_and_a_longer_term_ends_later(
    term: Term, at: datetime, more: timedelta
) -> None:
    assert at < term.due(at, CALENDAR) <= term.due(at + more, CALENDAR)
    if term.length:
        assert term.due(at, CALENDAR) < Term(term.unit, term.length + 1).due(at, CALENDAR)


@given(TERMS)
def test_a_term_is_read_as_it_was_kept(term: Term) -> None:
    assert Term.read(term.written) == term


def test_an_unknown_year_stops_terms_in_working_time_only() -> None:
    at = china("2026-12-29 10:00")
    assert days(7).due(at, CALENDAR) == china("2027-01-06 00:00")
    assert workdays(2).due(at, CALENDAR) == china("2026-12-31 18:00")
    for term in (workdays(3), hours(40)):
        with pytest.raises(UnknownYear):
            term.due(at, CALENDAR)


OWN = {"levels": ("minor",), "since": date(2019, 1, 1), "basis": "本局规定"}


def book(*rules: TermRule) -> Rulebook:
    return Rulebook((*START, *rules), CALENDAR)


@pytest.mark.parametrize(
    ("matter", "key"),
    [
        (Matter("minor", "platform", (("cems.flat", "emitter"),)), "general"),
        (Matter("minor", "complaint"), "complaint"),
        (Matter("minor", "complaint", (("cems.flat", "emitter"),)), "check"),  # a check goes before a source
        (Matter("minor", "patrol", (("cems.flat", "gate"),)), "kind"),
        (Matter("minor", "complaint", (("x", "gate"),)), "complaint"),  # a source before a kind of target
        (Matter("moderate", "complaint"), "general"),
    ],
)
def test_the_rule_that_says_most_decides(matter: Matter, key: str) -> None:
    rules = (
        TermRule("complaint", "诉求", workdays(5), source="complaint", **OWN),
        TermRule("kind", "门禁", days(2), kind="gate", **OWN),
        TermRule("check", "直线", days(4), source="complaint", check="cems.flat", **OWN),
    )
    assert book(*rules).decide(matter, china("2019-02-01 10:00")).rule.key == key


def test_of_rules_that_say_the_same_the_newest_in_force_decides() -> None:
    newer = TermRule("newer", "新规定", days(5), **{**OWN, "since": date(2019, 2, 1)})
    for day, key in (("2019-01-31", "general"), ("2019-02-01", "newer")):
        assert book(newer).decide(Matter("minor", "patrol"), china(f"{day} 10:00")).rule.key == key


def test_what_is_disabled_decides_nothing() -> None:
    assert decided("minor", source="complaint") == days(7)
    enabled = next(r for r in START if r.key == "hotline")
    assert not enabled.enabled
    assert {t.unit for t in BOOK.offered()} == {Unit.AT_ONCE, Unit.DAYS}


def test_the_first_deadline_counts_whatever_its_unit() -> None:
    # Friday 2019-02-01 16:00: four working hours end on Saturday at 10:00, one calendar day at 24:00 of that day.
    rules = (
        TermRule("hours", "小时", hours(4), check="a", **OWN),
        TermRule("day", "一天", days(1), check="b", **OWN),
    )
    both = Matter("minor", "platform", (("b.x", "site"), ("a.x", "site")))
    decision = book(*rules).decide(both, china("2019-02-01 16:00"))
    assert (decision.rule.key, decision.due) == ("hours", china("2019-02-02 10:00"))
    # On Sunday 02-03 at 16:00 the hours end after the holidays, the day on Monday at 24:00.
    assert book(*rules).decide(both, china("2019-02-03 16:00")).rule.key == "day"


def test_a_decision_in_an_unknown_year_says_so_and_names_no_deadline() -> None:
    rule = TermRule("hotline", "诉求", workdays(5), source="complaint", **OWN)
    decision = book(rule).decide(Matter("minor", "complaint"), china("2026-12-29 10:00"))
    assert (decision.term, decision.due) == (workdays(5), None)
    assert "2027 年放假安排尚未公布或未导入" in decision.trouble
    assert book(rule).decide(Matter("minor", "patrol"), china("2026-12-29 10:00")).due is not None
