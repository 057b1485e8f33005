"""No odd value breaks a page of the folder."""

import pytest
from django.test import Client

from bihuan.scenarios.vehicles_on_roads.tests.world import FOUR, passed, road, unit
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City) -> None:
    road()
    unit(place)
    passed(FOUR)
    client.force_login(with_every_role(place))
    assert broken(client, "vehicles_on_roads", {"code": "R1"}) == []
    assert broken_paths(client, "vehicles_on_roads") == []
