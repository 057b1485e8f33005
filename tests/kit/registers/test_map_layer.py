"""A register on the map: what is in use that day, where the person may look, with its shape and a way to its page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import shapely

from bihuan.kit.layer_answers import answer
from bihuan.kit.layers import Box, View
from bihuan.kit.registers.map_layer import layer_of
from bihuan.registry.models import Person, Site
from tests.kit.registers.world import SITES
from tests.people import City

pytestmark = pytest.mark.django_db
LAYER = layer_of(replace(SITES, layer="点位", page="unit"))
NOW = datetime(2024, 6, 1, 4, tzinfo=UTC)


def site(city: City, code: str, region: str = "140321", **more: object) -> Site:
    fields = {"lon": 113.6, "lat": 37.8, "rank": "national", **more}
    return Site.objects.create(code=code, name=f"站{code}", region=city.regions[region], **fields)


def seen(person: Person, **view: object) -> list[str]:
    told = answer(LAYER, View(person=person, now=NOW, **view))  # type: ignore[arg-type]
    return sorted(f["properties"]["name"] for f in told["features"])


def test_a_person_sees_the_own_county_only(city: City) -> None:
    site(city, "A")
    site(city, "B", "140322")
    assert seen(city.person("dispatcher", "140321")) == ["站A"]
    assert seen(city.person("dispatcher", "140300")) == ["站A", "站B"]


def test_what_is_not_yet_or_no_longer_there_is_on_no_map_of_that_day(city: City) -> None:
    site(city, "A", since=date(2024, 6, 1), until=date(2024, 7, 1))
    site(city, "B", until=date(2024, 6, 1))
    site(city, "C", since=date(2024, 6, 2))
    officer = city.person("dispatcher", "140300")
    assert seen(officer) == ["站A"]
    assert seen(officer, at=datetime(2024, 5, 31, 4, tzinfo=UTC)) == ["站B"]
    assert seen(officer, at=datetime(2024, 7, 1, 4, tzinfo=UTC)) == ["站C"]


def test_only_the_box_is_looked_through(city: City) -> None:
    site(city, "A")
    site(city, "B", lon=114.5)
    assert seen(city.person("dispatcher", "140300"), box=Box(113.5, 37.7, 113.7, 37.9)) == ["站A"]


def test_an_area_is_drawn_and_its_card_leads_to_its_page(city: City) -> None:
    shape = dict(shapely.geometry.mapping(shapely.box(113.5, 37.7, 113.7, 37.9)))
    site(city, "A", geometry=shape, simulated=True)
    (feature,) = answer(LAYER, View(person=city.person("dispatcher", "140300"), now=NOW, zoom=12))["features"]
    assert feature["geometry"]["type"] == "Polygon"
    said = feature["properties"]
    assert (said["at"], said["line"], said["url"], said["simulated"]) == (
        [113.6, 37.8],
        "平定县",
        "/units/A/",
        True,
    )


def test_the_cards_of_a_view_cost_two_questions_however_many(
    city: City, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for n in range(50):
        site(city, f"S{n}", lon=113 + n / 100)
    officer = city.person("dispatcher", "140300")
    seen(officer)
    with django_assert_max_num_queries(2):  # type: ignore[attr-defined]
        assert len(seen(officer)) == 50
