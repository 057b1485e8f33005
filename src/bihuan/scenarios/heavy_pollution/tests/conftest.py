"""The standing city of all tests, with a small reduction list and a clock that stands still."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bihuan import clock
from bihuan.scenarios.heavy_pollution.tests.world import World, make_world
from tests.conftest import city, data_dir, django_db_setup
from tests.people import City

__all__ = ["city", "data_dir", "django_db_setup"]
NOW = datetime(2019, 2, 25, 6, 0, tzinfo=UTC)


@pytest.fixture
def world(city: City, data_dir: Path, settings: Any) -> World:
    """Yangquan with two stations, four units and the clock at 2019-02-25 14:00 in China."""
    settings.STATIC_ROOT = data_dir / "static"
    settings.STATIC_ROOT.mkdir()
    clock.set_replay(NOW, 0)
    return make_world(city, data_dir, NOW)
