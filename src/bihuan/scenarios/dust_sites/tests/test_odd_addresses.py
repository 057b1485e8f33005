"""No odd value breaks a page of the folder."""

import pytest
from django.test import Client

from bihuan.scenarios.dust_sites.tests.world import whole_site
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City) -> None:
    whole_site(place)
    client.force_login(with_every_role(place))
    for code in ("G1", "G1-1"):
        assert broken(client, "dust_sites", {"code": code}) == []
    assert broken_paths(client, "dust_sites") == []
