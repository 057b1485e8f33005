"""What is registered is on the map and in the search box by its declaration alone, for whoever may see it."""

from dataclasses import replace

import pytest
from django.test import Client

from bihuan.cases.targets import targets_of
from bihuan.kit.registers.declared import BadRegister, Registers
from bihuan.kit.registers.targets import kind_of
from bihuan.registry.models import Region
from bihuan.scenarios import resolved
from bihuan.web.map_ground import around
from bihuan.web.map_layers import every_layer
from tests.kit.registers.world import MEASURES
from tests.people import City
from tests.web.registers.conftest import STATIONS, Made

LAYER = "/map/layers/register-stations.json"


def names(client: Client, query: str = "") -> list[str]:
    """What stands on the layer of stations."""
    return sorted(f["properties"]["name"] for f in client.get(f"{LAYER}?{query}").json()["features"])


@pytest.fixture
def two(station: Made) -> None:
    """A station in each of two counties, one of them ended."""
    station()
    station(code="S2", name="盂县站", region="140322", lon="113.4", lat="38.1", until="2019-01-01")


def test_the_layer_shows_what_the_list_shows(chief: Client, two: None) -> None:
    assert names(chief) == ["桃北中学"]
    assert names(chief, "state=all") == ["桃北中学", "盂县站"]
    assert names(chief, "state=all&f_region=140322") == ["盂县站"]
    assert names(chief, "state=all&q=桃") == ["桃北中学"]
    assert names(chief, "state=all&bbox=113.5,37.7,113.7,37.9") == ["桃北中学"]
    (feature,) = chief.get(LAYER).json()["features"]
    assert feature["properties"]["url"] == "/units/S1/"
    assert feature["properties"]["line"] == "平定县"


def test_a_county_sees_its_own_layer_alone(city: City, client: Client, two: None) -> None:
    client.force_login(city.person("ranger", "140322"))
    assert names(client, "state=all") == ["盂县站"]


def test_only_a_register_that_says_so_stands_on_the_citys_map(
    chief: Client, two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "register-stations" not in every_layer()
    known = Registers([replace(STATIONS, layer="登记的点位")])
    monkeypatch.setattr(resolved, "every_register", lambda: known)
    assert str(every_layer()["register-stations"].title) == "登记的点位"


def test_the_map_of_an_object_shows_its_region_with_the_neighbours_and_a_pin(
    chief: Client, two: None
) -> None:
    corners = [[113.2, 37.9], [113.6, 37.9], [113.6, 38.3], [113.2, 38.3], [113.2, 37.9]]
    Region.objects.filter(pk="140322").update(geometry={"type": "Polygon", "coordinates": [corners]})
    shown = chief.get("/registers/stations/S2/").content.decode()
    assert 'bounds="[[113.2, 37.9], [113.6, 38.3]]"' in shown
    assert 'marked="[113.4, 38.1]"' in shown
    assert "register-stations.json&quot;" in shown  # of all stations, not of this one alone
    far = around((113.5, 37.8), "140321")  # no boundary is known
    assert far[0][0] < 113.3 < 113.7 < far[1][0]


def test_the_map_of_the_list_asks_for_what_the_page_shows(chief: Client, two: None) -> None:
    page = chief.get("/registers/stations/?view=map&f_region=140321").content.decode()
    assert (
        "/map/layers/register-stations.json?view=map\\u0026f_region=140321".replace("\\u0026", "&amp;")
        in page
    )
    assert "<tbody>" not in page
    assert "bh-map" not in chief.get("/registers/measures/").content.decode()


def test_the_search_finds_what_the_columns_say(city: City, client: Client, two: None) -> None:
    client.force_login(city.person("chief", "140300"))
    found = {f.title: f.hits for f in client.get("/search/?q=盂县").context["found"]}
    assert [(h.text, h.note, h.url) for h in found["监测点位"]] == [("盂县站", "S2 · 盂县", "/units/S2/")]
    assert "减排措施" not in found
    client.force_login(city.person("chief", "140321"))
    found = {f.title: f.hits for f in client.get("/search/?q=盂县").context["found"]}
    assert found["监测点位"] == []


def test_findings_are_about_the_objects_of_a_register_that_says_so(
    city: City, two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        resolved, "every_register", lambda: Registers([replace(STATIONS, target="probe", page="")])
    )
    target = targets_of("probe", ["S1", "S9"])
    assert list(target) == ["S1"]
    assert (target["S1"].name, target["S1"].region.pk, target["S1"].lon) == ("桃北中学", "140321", 113.6)
    kind = resolved.kinds()["probe"]
    assert (kind.page, kind.args) == ("register_object", ("stations",))
    assert resolved.kinds().keys().isdisjoint({"region", "emitter"})  # the house says them itself
    with pytest.raises(BadRegister, match="Subject"):
        kind_of(replace(MEASURES, target="measure"))
