"""No odd value breaks a page of the folder."""

import pytest
from django.test import Client

from bihuan.scenarios.river_chiefs.tests.world import Water, make_goal
from tests.odd import broken, broken_paths
from tests.people import with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, water: Water) -> None:
    finding, goal = water.find(), make_goal(water.city, water.reach.river, "R")
    client.force_login(with_every_role(water.city))
    known = {"pk": finding.pk, "code": goal.pk}
    assert broken(client, "river_chiefs", known) == []
    assert broken(client, "river_chiefs", known, post=True) == []
    assert broken_paths(client, "river_chiefs") == []
