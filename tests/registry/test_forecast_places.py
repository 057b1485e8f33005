"""The places of a forecast: the city's for everybody, counties and stations for those who may see them."""

from bihuan.registry.forecast_places import every_place, names_beside_city, place_key, places_of
from bihuan.registry.models import Site
from tests.people import City


def stations(city: City) -> None:
    """An evaluated station in each of two counties, and one that is not evaluated."""
    top = city.regions["140300"]
    for code, county, evaluated in (("A1", "140321", True), ("B1", "140322", True), ("C1", "140322", False)):
        Site.objects.create(
            code=code, name=f"站{code}", rank="national", region=city.regions[county], city=top, lon=113.6, lat=37.8,
            evaluated=evaluated,
        )  # fmt: skip


def test_without_an_evaluated_station_no_place_is_forecast(city: City) -> None:
    assert (place_key(), every_place()) == ("", [])
    assert names_beside_city(city.person("chief", "140300")) == {}


def test_the_city_comes_first_then_its_counties_then_its_stations(city: City) -> None:
    stations(city)
    assert place_key() == "city:140300"
    keys = ["city:140300", "county:140321", "county:140322", "A1", "B1"]
    assert [place.key for place in every_place()] == keys
    assert list(names_beside_city(city.person("chief", "140300"))) == keys[1:]


def test_a_county_chooses_between_the_city_and_what_lies_in_it(city: City) -> None:
    stations(city)
    chief = city.person("chief", "140321")
    assert [place.key for place in places_of(chief)] == ["city:140300", "county:140321", "A1"]
    assert names_beside_city(chief) == {"county:140321": city.regions["140321"].name, "A1": "站A1"}
