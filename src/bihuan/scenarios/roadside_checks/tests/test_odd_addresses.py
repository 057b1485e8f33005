"""No odd value breaks a page of the folder."""

import pytest
from django.test import Client

from bihuan.scenarios.roadside_checks.tests.world import KEY, capture, lorry, point, recalled
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City) -> None:
    point(place)
    recalled(place, lorry(place))
    capture(place)
    client.force_login(with_every_role(place))
    for values in ({"code": "R1"}, {"key": KEY}, {"number": "FJ2019-00001"}):
        assert broken(client, "roadside_checks", values) == []
    assert broken_paths(client, "roadside_checks") == []
