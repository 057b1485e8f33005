"""The world of cases, and a handler's phone in it."""

import pytest

from tests.cases.conftest import sensor, world
from tests.cases.world import World
from tests.kit.phone.device import Device

__all__ = ["sensor", "world"]


@pytest.fixture
def device(world: World) -> Device:
    """The phone of the handler of 平定县."""
    return Device(world.person("handler"))
