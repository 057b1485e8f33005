"""The standing city of all tests with boundaries, and a clock that stands still."""

from pathlib import Path

import pytest

from bihuan import clock
from bihuan.scenarios.citizens.tests.world import with_boundaries
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def place(city: City, data_dir: Path) -> City:
    """Yangquan; two counties and the city are squares."""
    clock.set_replay(NOW, 0)
    return with_boundaries(city)
