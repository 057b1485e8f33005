"""The term that a case gets: by level and check, as a choice of the form, and never absurd."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict

from bihuan.cases.actions import hand_over
from bihuan.cases.deadlines import DEFAULT_TERMS, Choice, choices, default_for
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Level
from bihuan.cases.transitions import State
from bihuan.scenarios.catalogue import every_check
from bihuan.web.fields import deadline
from tests.cases.world import COUNTY, World

DAY = date(2019, 1, 12)
NOON = datetime(2019, 1, 12, 4, tzinfo=UTC)


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
    assert default_for(level, [check] if check else [], on=DAY).days == days


def test_of_several_findings_the_shortest_term_counts() -> None:
    assert default_for("serious", ["patrol.report", "air.stuck"], on=DAY) == Choice(3)
    assert default_for("serious", ["air.stuck", "cems.limits.day_over"], on=DAY) == Choice(0)


def test_immediate_rectification_never_lengthens_a_term() -> None:
    assert default_for("serious", on=DAY, immediate=True) == Choice(3)
    assert default_for("serious", ["cems.limits.day_over"], on=DAY, immediate=True) == Choice(0)


def test_every_check_at_every_level_has_a_term_that_the_form_offers() -> None:
    for level in Level.values:
        for entry in every_check():
            assert default_for(level, [entry.check.key], on=DAY) in choices()
    assert all(row.source for row in DEFAULT_TERMS)


def test_days_end_at_24_and_at_once_leaves_some_hours() -> None:
    # 12:00 in China: at once means today until 24:00; at 23:00 that would be one hour, so it is four.
    assert Choice(1).due(NOON) == datetime(2019, 1, 13, 16, tzinfo=UTC)
    assert Choice(0).due(NOON) == datetime(2019, 1, 12, 16, tzinfo=UTC)
    assert Choice(0).due(NOON + timedelta(hours=11)) == datetime(2019, 1, 12, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("", None),
        ("term=0", datetime(2019, 1, 12, 16, tzinfo=UTC)),
        ("term=30", datetime(2019, 2, 11, 16, tzinfo=UTC)),
        ("due=2019-01-18T18:00", datetime(2019, 1, 18, 10, tzinfo=UTC)),
        ("due=2019-01-18", datetime(2019, 1, 18, 16, tzinfo=UTC)),
        ("due=2019-01-18&term=30", datetime(2019, 1, 18, 16, tzinfo=UTC)),
    ],
)
def test_what_the_form_posts(typed: str, due: datetime | None) -> None:
    assert deadline(QueryDict(typed), NOON) == due


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
        world.go(case, "dispatch", due=deadline(QueryDict(typed), world.at))


def test_a_deadline_beyond_a_year_is_refused(world: World) -> None:
    case = world.case(State.PENDING)
    with pytest.raises(IllegalMove, match=r"最晚为 366 天以后\(2020-01-13\)"):
        world.go(case, "dispatch", due=world.at + timedelta(days=367))


def test_a_stack_over_its_limit_is_due_today(world: World) -> None:
    finding = world.finding(check_key="cems.limits.hour_over", severity="serious")
    case = hand_over([finding], world.person("dispatcher"), world.city.governments[COUNTY])
    assert case.due == datetime(2019, 1, 12, 16, tzinfo=UTC)
