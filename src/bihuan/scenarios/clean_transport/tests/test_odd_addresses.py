"""No odd value breaks a page of the folder."""

import pytest
from django.test import Client

from bihuan.scenarios.clean_transport.tests.world import batch, passed, unit
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City) -> None:
    unit(place)
    batch()
    passed([{"net_kg": 30_000.0}])
    client.force_login(with_every_role(place))
    assert broken(client, "clean_transport", {"code": "V001"}) == []
    assert broken_paths(client, "clean_transport") == []
