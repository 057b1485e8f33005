"""No address of this line of business breaks, whatever stands in its parameters, its forms or its path."""

import pytest
from django.test import Client

from bihuan.scenarios.heavy_pollution.models import Advice
from bihuan.scenarios.heavy_pollution.tests.world import World
from tests.odd import broken, broken_paths
from tests.people import with_every_role

pytestmark = pytest.mark.slow


def test_no_odd_value_breaks_a_page(client: Client, world: World) -> None:
    client.force_login(with_every_role(world.city))
    assert {s.pk for s in world.suggest()} >= {Advice.objects.get().pk}
    known = {"pk": Advice.objects.get().pk, "verdict": "start"}
    assert broken(client, "heavy_pollution", known) == []
    assert broken(client, "heavy_pollution", known, post=True) == []
    assert broken_paths(client, "heavy_pollution") == []
