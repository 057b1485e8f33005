"""The hours of a station that count as measured when a case of it is closed."""

from datetime import timedelta

import polars as pl

from bihuan.domain.timeaxis import HOUR
from bihuan.registry.decisions import decide
from bihuan.registry.hours import hours_of
from bihuan.registry.models import Site
from bihuan.scenarios.catalogue import check_of, sensing
from bihuan.scenarios.station_quality.closing import measured
from bihuan.scenarios.station_quality.tests.conftest import NOW
from tests.people import City

DAY = timedelta(days=1)


def count(key: str, *place: str) -> int:
    """Measured hours of a place in the last day."""
    kind, target, item = place
    return measured(check_of(key), [(kind, target, item)], NOW - DAY, NOW).height


def test_hours_that_a_station_sent_and_no_reviewer_excluded_count(stations: City) -> None:
    there = hours_of(["1739A"], NOW - DAY, NOW, decided=False).drop_nulls("pm25")["start"]
    assert count("air.stuck", "site", "1739A", "pm25") == len(there) > 12
    start = there[0]
    by = stations.person("verifier", "140300")
    decide(Site.objects.get(pk="1739A"), ["pm25"], start, start + 3 * HOUR, "exclude", "校准", by)
    assert count("air.stuck", "site", "1739A", "pm25") == len(there.filter(there >= start + 3 * HOUR))
    assert count("air.site_gap", "site", "1739A", "") >= len(there)  # the other items were sent
    assert count("air.stuck", "site", "unknown", "pm25") == 0


def test_a_gap_of_the_network_is_over_by_the_hours_of_its_stations(stations: City) -> None:
    hours = hours_of(["1738A", "1739A", "1741A", "1742A", "1743A"], NOW - DAY, NOW, decided=True)
    sent = hours.filter(pl.any_horizontal(pl.col("pm25", "pm10", "so2", "no2", "o3", "co").is_not_null()))
    assert count("air.network_gap", "region", "140300", "") == sent["start"].n_unique() > 12


def test_every_check_of_stations_looks_at_sensors() -> None:
    known = sensing()
    assert {known[key].normal_hours for key in known if key.startswith("air.")} == {24}
