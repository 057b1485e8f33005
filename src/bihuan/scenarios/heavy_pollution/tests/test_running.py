"""Which warning runs where a unit lies: of its own region or one around it, begun and not lifted, the severest."""

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.registry.models import Person, Region
from bihuan.scenarios.heavy_pollution.models import WarningStep
from bihuan.scenarios.resolved import orders, running_order

AT = datetime(2019, 1, 11, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _step(region: Region, kind: str, level: str, since: datetime) -> None:
    person, _ = Person.objects.get_or_create(username="x")
    WarningStep.objects.create(
        region=region, action="approved", kind=kind, level=level, since=since, person=person, post="指挥长", at=since - timedelta(hours=3)
    )  # fmt: skip


def test_a_warning_runs_where_it_has_begun_and_in_all_that_lies_inside() -> None:
    city = Region.objects.create(code="140300", name="阳泉市")
    county = Region.objects.create(code="140321", name="平定县", parent=city)
    assert running_order(county, AT) is None
    _step(city, "start", "yellow", AT - timedelta(hours=5))
    found = running_order(county, AT)
    assert found is not None
    assert (found.level, found.since) == ("yellow", AT - timedelta(hours=5))
    _step(county, "start", "red", AT + timedelta(hours=1))
    assert running_order(county, AT) == found, "it is announced and has not begun"
    later = running_order(county, AT + timedelta(hours=2))
    assert later is not None
    assert later.level == "red"
    _step(county, "lift", "red", AT + timedelta(hours=9))
    after = running_order(county, AT + timedelta(hours=10))
    assert after is not None
    assert after.level == "yellow", "that of the city goes on"


def test_the_warnings_of_a_span_follow_each_other_and_end_with_what_is_known_by_its_end() -> None:
    city = Region.objects.create(code="140300", name="阳泉市")
    county = Region.objects.create(code="140321", name="平定县", parent=city)
    hour = timedelta(hours=1)
    assert orders(county, AT, AT + 48 * hour) == []
    _step(city, "start", "yellow", AT - 5 * hour)
    _step(city, "change", "orange", AT + 4 * hour)
    _step(city, "lift", "orange", AT + 30 * hour)

    def told(since: datetime, until: datetime) -> list[tuple[str, float, float]]:
        return [
            (s.order.level, (s.begin - AT) / hour, (s.end - AT) / hour) for s in orders(county, since, until)
        ]

    assert told(AT, AT + 48 * hour) == [("yellow", 0, 4), ("orange", 4, 27)], "lifted when that was signed"
    assert told(AT - 9 * hour, AT + 3 * hour) == [("yellow", -5, 3)]
    assert told(AT + 28 * hour, AT + 48 * hour) == []
