"""For which stations the city is forecast: those that are evaluated and there today, by their city and their county."""

from datetime import UTC, date, datetime

import pytest

from bihuan import clock
from bihuan.registry.forecasting import areas, cities, counties, stations_of
from bihuan.registry.models import Region, Site
from tests.people import City

TODAY = datetime(2019, 3, 1, 4, tzinfo=UTC)  # noon of 1 March in China


@pytest.fixture(autouse=True)
def still(city: City, data_dir: object) -> None:
    clock.set_replay(TODAY, 0)


def station(city: City, code: str, region: str = "140321", /, **changes: object) -> None:
    fields = {
        "name": code, "rank": "national", "region": Region.objects.get(pk=region), "lon": 113.6, "lat": 37.8,
        "evaluated": True, "city": city.regions["140300"],
    }  # fmt: skip
    Site.objects.create(code=code, **fields | changes)


def test_a_city_is_forecast_by_its_evaluated_stations(city: City) -> None:
    station(city, "A")
    station(city, "B", "140302")
    station(city, "C", evaluated=False)
    station(city, "D", city=None)
    assert {code: sorted(found) for code, found in cities().items()} == {"140300": ["A", "B"]}


def test_a_county_is_forecast_by_those_that_lie_in_it_down_to_its_townships(city: City) -> None:
    Region.objects.create(code="140321100", name="冠山镇", parent_id="140321")
    station(city, "A")
    station(city, "B", "140321100")
    station(city, "C", "140302")
    found = counties()
    assert (sorted(found["140321"]), found["140302"]) == (["A", "B"], ["C"])


def test_a_station_of_the_city_itself_makes_no_county(city: City) -> None:
    station(city, "A", "140300")
    assert counties() == {}
    assert cities() == {"140300": ["A"]}


@pytest.mark.parametrize(
    ("until", "there"),
    [(date(2019, 3, 1), False), (date(2019, 3, 2), True), (date(2019, 2, 1), False), (None, True)],
)
def test_a_station_is_forecast_until_the_day_of_its_end(city: City, until: date | None, there: bool) -> None:
    station(city, "A", until=until)
    assert cities() == ({"140300": ["A"]} if there else {})


def test_the_day_is_that_of_china(city: City) -> None:
    station(city, "A", until=date(2019, 3, 2))
    clock.set_replay(datetime(2019, 3, 1, 15, 59, tzinfo=UTC), 0)
    assert cities()
    clock.set_replay(datetime(2019, 3, 1, 16, 0, tzinfo=UTC), 0)
    assert not cities()


def test_a_place_is_made_of_its_stations_or_is_one(city: City) -> None:
    station(city, "A")
    assert areas() == {"city:140300": ("A",), "county:140321": ("A",)}
    assert stations_of("county:140321") == ["A"]
    assert stations_of("A") == ["A"]
    assert stations_of("county:999999") == []
