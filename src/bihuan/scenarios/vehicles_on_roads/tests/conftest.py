"""The county of the road, with a clock that stands still."""

from pathlib import Path

import pytest

from bihuan import clock
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def place(city: City, data_dir: Path) -> City:
    """Yangquan, an empty archive."""
    clock.set_replay(NOW, 0)
    return city
