"""The standing city of all tests, with two stations and a clock that stands still."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.scenarios.forecast_desk.tests.world import World, make_world
from tests.people import City

NOW = datetime(2019, 2, 25, 6, 0, tzinfo=UTC)


@pytest.fixture
def world(city: City, data_dir: Path) -> World:
    """Yangquan with the clock at 2019-02-25 14:00 in China."""
    clock.set_replay(NOW, 0)
    return make_world(city, data_dir, NOW)
