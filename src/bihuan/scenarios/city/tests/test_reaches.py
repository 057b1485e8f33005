"""Reaches of rivers are patrolled, and what is found there is about the reach."""

import uuid

from bihuan.kit.patrol.stops import Seen, record_stop
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.resolved import every_patrolled
from tests.kit.patrol.world import Field
from tests.people import City


def test_a_find_at_a_reach_is_about_the_reach(city: City) -> None:
    field = Field(city)
    place = {"region": city.regions["140321"], "lon": 113.6, "lat": 37.8}
    river = River.objects.create(code="R", name="桃河", **place)
    Reach.objects.create(code="R-1", name="桃河一段", river=river, length_km=2, **place)
    seen = Seen(str(uuid.uuid4()), field.at, 113.6, 37.8, "河道堆放渣土", "reaches", "R-1", "minor")
    finding = record_stop(field.person(), field.begun(), seen, (), every_patrolled()).finding
    assert finding is not None
    assert (finding.target_kind, finding.target, finding.target_name) == ("reach", "R-1", "桃河一段")
