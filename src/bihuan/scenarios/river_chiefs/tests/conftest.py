"""The county of the river, with a clock that stands still."""

from pathlib import Path

import pytest

from bihuan.scenarios.river_chiefs.tests.world import Water
from tests.kit.patrol.world import Field
from tests.people import City


@pytest.fixture
def water(city: City, data_dir: Path) -> Water:
    """One river with a reach of 6 km in 平定县, a village chief with the ranger's account, a town chief without."""
    return Water(Field(city))
