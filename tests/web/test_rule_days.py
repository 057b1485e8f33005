"""近 30 天 on the page of a rule: days by the clock of China, what a person may see, and what people said of it."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from bihuan import clock
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Finding
from bihuan.domain.alarm_rules import LEAST_JUDGED
from bihuan.registry.access import Asked
from bihuan.web.pages.checks import Judged
from bihuan.web.rule_days import Days, days_of
from tests.people import City

NOON = datetime(2019, 2, 25, 4, tzinfo=UTC)
"""12:00 in China."""
CHECK = "air.stuck"


@pytest.fixture(autouse=True)
def _at_noon(data_dir: object) -> None:
    clock.set_replay(NOON, 0)


def _found(city: City, start: datetime, county: str = "140321", **more: object) -> Finding:
    made, _new = open_or_extend(
        check_key=CHECK, target_kind="site", target=f"X{Finding.objects.count()}", target_name="站", title="不变",
        region=city.regions[county], started_at=start, until=start + timedelta(hours=1), magnitude=3.0, unit="h",
        severity="minor", evidence={},
    )  # fmt: skip
    Finding.objects.filter(pk=made.pk).update(**more)
    return made


def _days(city: City, region: str = "140300") -> Days:
    request = RequestFactory().get("/checks/")
    request.user = city.person("dispatcher", region)
    return days_of(cast(Asked, request), CHECK, NOON)


def test_a_rule_that_never_spoke_has_thirty_days_of_none(city: City) -> None:
    days = _days(city)
    assert (days.counts, days.most, days.enough, days.often_wrong) == ([0.0] * 30, 0, False, False)
    assert days.judged.wrong_share is None


@pytest.mark.parametrize(
    ("start", "ago"),
    [
        (NOON, 0),
        (datetime(2019, 2, 24, 16, tzinfo=UTC), 0),  # midnight in China: today
        (datetime(2019, 2, 24, 15, 59, tzinfo=UTC), 1),
        (datetime(2019, 1, 26, 16, tzinfo=UTC), 29),
    ],
)
def test_a_finding_stands_at_the_day_on_which_it_began_in_china(
    city: City, start: datetime, ago: int
) -> None:
    _found(city, start)
    counts = _days(city).counts
    assert (counts[-1 - ago], sum(counts)) == (1.0, 1.0)


def test_what_began_before_the_first_day_or_after_the_clock_stands_at_none(city: City) -> None:
    _found(city, datetime(2019, 1, 26, 15, 59, tzinfo=UTC))
    _found(city, NOON + timedelta(days=1))
    assert sum(_days(city).counts) == 0


def test_a_county_counts_its_own_findings_and_the_centre_those_of_all(city: City) -> None:
    for county in ("140321", "140321", "140322"):
        _found(city, NOON - timedelta(hours=2), county)
    assert _days(city).most == 3
    assert _days(city, region="140321").most == 2
    assert _days(city, region="140302").most == 0


def test_a_finding_that_was_merged_into_another_counts_once(city: City) -> None:
    _found(city, NOON - timedelta(hours=2))
    _found(city, NOON - timedelta(hours=2), status=Finding.Status.MERGED)
    assert _days(city).counts[-1] == 1
    assert _days(city).judged.count == 1


def test_a_verdict_that_was_taken_over_from_another_finding_speaks_for_nobody(city: City) -> None:
    first = _found(city, NOON - timedelta(hours=9), status=Finding.Status.CONFIRMED)
    _found(city, NOON - timedelta(hours=2), status=Finding.Status.CONFIRMED, follows=first)
    _found(city, NOON - timedelta(hours=5), status=Finding.Status.REJECTED)
    judged = _days(city).judged
    assert (judged.count, judged.right, judged.wrong) == (3, 1, 1)


@pytest.mark.parametrize(
    ("right", "wrong", "enough", "often"),
    [
        (0, LEAST_JUDGED - 1, False, False),  # all wrong, but too few to say so
        (0, LEAST_JUDGED, True, True),
        (14, 6, True, False),  # three in ten are no more than three in ten
        (13, 7, True, True),
        (LEAST_JUDGED, 0, True, False),
    ],
)
def test_a_rule_is_often_wrong_from_enough_verdicts_on(
    right: int, wrong: int, *, enough: bool, often: bool
) -> None:
    days = Days([0.0] * 30, Judged(right + wrong, right, wrong))
    assert (days.enough, days.often_wrong) == (enough, often)


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_page_asks_for_a_change_exactly_where_the_proposal_is_made(right: int, wrong: int) -> None:
    """The rule of the page and that of the inbox (web/rule_proposals.py) count in whole verdicts."""
    judged = right + wrong
    days = Days([0.0] * 30, Judged(judged, right, wrong))
    assert days.often_wrong == (judged >= LEAST_JUDGED and 10 * wrong > 3 * judged)
    if judged:
        assert days.judged.right_share == right / judged
        assert days.judged.wrong_share == wrong / judged
