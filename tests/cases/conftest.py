"""What tests of cases share."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.cases import sensors
from tests.cases.sensor import Sensor
from tests.cases.world import World
from tests.people import City


@pytest.fixture
def world(city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The city, a clock that only the test moves (2019-01-12 14:00 in China), an empty folder for files, and one sensor."""
    made = World(city, data_dir, datetime(2019, 1, 12, 6, 0, tzinfo=UTC))
    monkeypatch.setattr(sensors, "_providers", [made.sensor.sensing])
    return made


@pytest.fixture
def sensor(world: World) -> Sensor:
    """The world's sensor."""
    return world.sensor
