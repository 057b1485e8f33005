"""What works tell to those who look for where polluted water came from."""

import pytest

from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.sewage_works.discharges import given
from bihuan.scenarios.sewage_works.tests.world import reach, works
from tests.people import City
from tests.web.world import NOW


def test_works_on_a_reach_with_the_limits_of_their_grade_and_their_capacity(place: City) -> None:
    """8,640 m³/d are 0.1 m³/s; 一级A allows 50 mg/L of COD and 5 of ammonia."""
    on = reach(place)
    works(place, "W1", reach=on, km=2.5, capacity=8640.0)
    works(place, "W2", reach=on, grade="", capacity=None)
    works(place, "nowhere")
    works(place, "ended", reach=on, until=NOW.date())
    one, two = given(NOW)
    assert (one.code, one.name, one.kind, one.reach, one.km) == ("W1", "污水厂W1", "污水处理厂", "R-1", 2.5)
    assert one.flow == pytest.approx(0.1)
    assert (one.pollutants["w01018"], one.pollutants["w21003"]) == (50.0, 5.0)
    assert one.url == "/s/sewage_works/at/W1/"
    assert (two.flow, dict(two.pollutants)) == (None, {})
    assert "sewage_works/W1" in resolved_discharges.seen(place.person("chief", region="140321"))
    assert "sewage_works/W1" not in resolved_discharges.seen(place.person("chief", region="140311"))
