"""What the tests of the pages share."""

from pathlib import Path

import pytest

from tests.people import City
from tests.web.world import Objects, make_objects


@pytest.fixture
def objects(city: City, data_dir: Path) -> Objects:
    """One of everything in one county (tests.web.world)."""
    return make_objects(city)
