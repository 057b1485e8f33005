"""No odd value breaks a page of the folder."""

import pytest
from django.test import Client

from bihuan.scenarios.outfalls.tests.world import LAT, outfall
from bihuan.scenarios.outfalls.transitions import State
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City) -> None:
    outfall(place, "P1")
    outfall(place, "P2", lat=LAT + 1, stage=State.TRACED)
    client.force_login(with_every_role(place))
    for known in (
        {"code": "P1", "action": "check"},
        {"code": "P2", "action": "plan"},
        {"code": "P2", "action": "merge"},
    ):
        assert broken(client, "outfalls", known, post=True) == []
    assert broken(client, "outfalls", {"code": "P1"}) == []
    assert broken_paths(client, "outfalls") == []
