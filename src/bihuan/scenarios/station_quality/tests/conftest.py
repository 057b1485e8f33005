"""Yangquan's five stations, with the episode's hours in the archive and the clock just after them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.archive import Archive
from bihuan.pipeline.files import import_files
from bihuan.registry.models import Site
from tests.people import City

FIXTURES = Path(__file__).parent / "fixtures"
START = datetime(2019, 1, 11, tzinfo=UTC)
NOW = START + timedelta(hours=73)
STATIONS = (
    ("1738A", "市中心", "140302", 113.5753, 37.8564),
    ("1739A", "赛鱼", "140311", 113.4922, 37.8792),
    ("1741A", "白羊墅", "140302", 113.6292, 37.8531),
    ("1742A", "平坦", "140303", 113.5689, 37.8694),
    ("1743A", "大阳泉", "140311", 113.5158, 37.85),
)


@pytest.fixture
def stations(city: City, data_dir: Path) -> City:
    """The city with its stations and 72 h of air."""
    clock.set_replay(NOW, 0)
    for code, name, county, lon, lat in STATIONS:
        Site.objects.create(
            code=code, name=name, rank="national", region=city.regions[county], city=city.regions["140300"], lon=lon,
            lat=lat, evaluated=True,
        )  # fmt: skip
    reports = import_files(Archive(data_dir / "archive"), [FIXTURES / "episode.csv"], received=NOW)
    assert [r.error for r in reports] == [""]
    return city
