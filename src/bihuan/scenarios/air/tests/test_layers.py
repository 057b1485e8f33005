"""The stations on the map: an hour that is late is said to be."""

from datetime import timedelta

import pytest

from bihuan.kit.layers import View
from bihuan.registry.models import Site
from bihuan.scenarios.air.layers import STATIONS, Known, Station
from tests.web.world import NOW


@pytest.mark.parametrize(
    ("known", "stale"),
    [
        (Known(), "无有效数据"),
        (Known(80.0, "14:00", NOW), ""),
        (Known(80.0, "12:00", NOW - timedelta(hours=2)), "2 小时前的数据"),
        (Known(80.0, "02-01 14:00"), ""),  # a forecast, or an hour that was asked for
    ],
)
def test_a_station_that_is_late_says_how_old_its_number_is(known: Known, stale: str) -> None:
    site = Site(code="X", name="站", rank="national", lon=113.5, lat=37.8, evaluated=True)
    view = View(person=None, now=NOW)  # type: ignore[arg-type]  # nobody is asked for
    (mark,) = STATIONS.marks(view, [Station(site, known)])
    assert mark.stale == stale
