"""No odd value breaks a page of the folder."""

import pytest
from django.test import Client

from bihuan.scenarios.industrial_parks.tests.world import whole_park
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City) -> None:
    whole_park(place)
    client.force_login(with_every_role(place))
    for code in ("K1", "K1-P"):
        assert broken(client, "industrial_parks", {"code": code}) == []
    assert broken_paths(client, "industrial_parks") == []
