"""No address of this line of business breaks, whatever stands in its parameters, its forms or its path."""

import pytest
from django.test import Client

from bihuan.scenarios.forecast_desk.tests.world import KEY, World
from tests.odd import broken, broken_paths
from tests.people import with_every_role

pytestmark = pytest.mark.slow


def test_no_odd_value_breaks_a_page(client: Client, world: World) -> None:
    client.force_login(with_every_role(world.city))
    world.run()
    bulletin = world.propose()
    known = {"pk": bulletin.pk, "key": KEY, "kind": "approve"}
    assert broken(client, "forecast_desk", known) == []
    assert broken(client, "forecast_desk", known, post=True) == []
    assert broken_paths(client, "forecast_desk") == []
