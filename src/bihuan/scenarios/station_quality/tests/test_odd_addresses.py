"""No address of this line of business breaks, whatever stands in its parameters, its forms or its path."""

import pytest
from django.test import Client

from tests.odd import broken, broken_paths
from tests.people import City, with_every_role

pytestmark = pytest.mark.slow


def test_no_odd_value_breaks_a_page(client: Client, stations: City) -> None:
    client.force_login(with_every_role(stations))
    known = {"code": "1739A"}
    assert broken(client, "station_quality", known) == []
    assert broken(client, "station_quality", known, post=True) == []
    assert broken_paths(client, "station_quality") == []
