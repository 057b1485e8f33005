"""What tests of cases share."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cases.world import World
from tests.people import City


@pytest.fixture
def world(city: City, data_dir: Path) -> World:
    """The city, a clock that only the test moves (2019-01-12 14:00 in China), and an empty folder for files."""
    return World(city, data_dir, datetime(2019, 1, 12, 6, 0, tzinfo=UTC))
