"""Yangquan with a province above it that answers on a port of this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.scenarios.vehicle_reporting.tests.world import KEY, settle
from bihuan.simulate.province import Province, running
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def province(city: City, data_dir: Path) -> Iterator[Province]:
    """All kinds are sent to it."""
    clock.set_replay(NOW, 0)
    with running(Province(KEY)) as above:
        settle(above.url)
        yield above
