"""The term that a case gets: by level and check, as a choice of the form, and never absurd."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from bihuan.cases.actions import hand_over
from bihuan.cases.deadlines import until_text
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Level
from bihuan.cases.term_start import START
from bihuan.cases.terms import Term, Unit
from bihuan.cases.transitions import State
from bihuan.domain.worktime import WorkCalendar
from bihuan.scenarios.catalogue import every_check
from bihuan.web.fields import deadline
from tests.cases.terms import BOOK, decided
from tests.cases.world import COUNTY, World

NOON = datetime(2019, 1, 12, 4, tzinfo=UTC)


def _days(n: int) -> dict[str, object]:
    """So many calendar days; 0: 立即."""
    return {"unit": "days" if n else "at_once", "length": n}


@pytest.mark.parametrize(
    ("check", "level", "days"),
    [
        # A stack over its limit stops first; a stuck analyser is repaired within three days; the rest follows 13710.
        ("cems.limits.hour_over", "serious", 0),
        ("cems.limits.hour_over:so2", "serious", 0),
        ("cems.limits.ultra_low_hour", "moderate", 1),
        ("sewage.limits.day_over", "serious", 0),
        ("cems.arrival.offline", "moderate", 1),
        ("cems.shape.clipped", "serious", 3),
        ("cems.shape.negative", "minor", 7),
        ("air.stuck", "moderate", 3),
        ("patrol.report", "minor", 7),
        ("patrol.report", "major", 30),
        ("", "serious", 30),
    ],
)
def test_the_usual_term_by_check_and_level(check: str, level: str, days: int) -> None:
    assert decided(level, [check] if check else []).written == _days(days)


def test_of_several_findings_the_shortest_term_counts() -> None:
    assert decided("serious", ["patrol.report", "air.stuck"]).written == _days(3)
    assert decided("serious", ["air.stuck", "cems.limits.day_over"]).written == _days(0)


def test_immediate_rectification_never_lengthens_a_term() -> None:
    assert decided("serious", urgent=True).written == _days(3)
    assert decided("serious", ["cems.limits.day_over"], urgent=True).written == _days(0)


def test_every_check_at_every_level_has_a_term_that_the_form_offers() -> None:
    for level in Level.values:
        for entry in every_check():
            assert decided(level, [entry.check.key]) in BOOK.offered()
    assert all(rule.basis for rule in START)


def test_days_end_at_24_and_at_once_leaves_some_hours() -> None:
    # 12:00 in China: at once means today until 24:00; at 23:00 that would be one hour, so it is four.
    calendar = WorkCalendar()
    assert Term(Unit.DAYS, 1).due(NOON, calendar) == datetime(2019, 1, 13, 16, tzinfo=UTC)
    assert Term(Unit.AT_ONCE).due(NOON, calendar) == datetime(2019, 1, 12, 16, tzinfo=UTC)
    late = NOON + timedelta(hours=11)
    assert Term(Unit.AT_ONCE).due(late, calendar) == datetime(2019, 1, 12, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("", None),
        ("term=0", Term(Unit.AT_ONCE)),
        ("term=30", Term(Unit.DAYS, 30)),
        ("due=2019-01-18T18:00", datetime(2019, 1, 18, 10, tzinfo=UTC)),
        ("due=2019-01-18", datetime(2019, 1, 18, 16, tzinfo=UTC)),
        ("due=2019-01-18&term=30", datetime(2019, 1, 18, 16, tzinfo=UTC)),
    ],
)
def test_what_the_form_posts(world: World, typed: str, due: datetime | Term | None) -> None:
    assert deadline(QueryDict(typed)) == due


@pytest.mark.parametrize(
    "typed",
    [
        "due=2019-02-30T00:00", "due=abc", "due=²", "due=0001-01-01", "due=0001-01-01T00:00", "due=9999-12-31",
        "due=9999-12-31T23:59-12:00", "due=%00", "term=5", "term=-1", "term=abc", "term=²", "term=1e9",
    ],
)  # fmt: skip
def test_an_odd_deadline_is_refused_by_a_sentence(world: World, typed: str) -> None:
    case = world.case(State.PENDING)
    with pytest.raises(IllegalMove, match="期限"):
        world.go(case, "dispatch", due=deadline(QueryDict(typed)))


def test_a_deadline_beyond_a_year_is_refused(world: World) -> None:
    case = world.case(State.PENDING)
    with pytest.raises(IllegalMove, match=r"最晚为 366 天以后\(2020-01-13\)"):
        world.go(case, "dispatch", due=world.at + timedelta(days=367))


def test_a_stack_over_its_limit_is_due_today(world: World) -> None:
    finding = world.finding(check_key="cems.limits.hour_over", severity="serious")
    case = hand_over([finding], world.person("dispatcher"), world.city.governments[COUNTY])
    assert case.due == datetime(2019, 1, 12, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2019, 1, 17, 16, tzinfo=UTC), "2019-01-17 24:00"),
        (datetime(2018, 12, 31, 16, tzinfo=UTC), "2018-12-31 24:00"),
        (datetime(2019, 1, 17, 16, 0, 1, tzinfo=UTC), "2019-01-18 00:00"),
        (datetime(2019, 1, 17, 10, tzinfo=UTC), "2019-01-17 18:00"),
    ],
)
def test_the_end_of_a_day_is_written_as_that_days_24_oclock(at: datetime, written: str) -> None:
    """Who reads 01-18 00:00 takes the whole 18th for time that is left."""
    assert until_text(at) == written
    assert until_text(at, "%m-%d") == written[5:]
