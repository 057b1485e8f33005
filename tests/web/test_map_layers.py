"""The address of the layers and the ground below them: in the box, at the zoom, asked again for nothing, broken by nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from bihuan.cases.models import Case
from bihuan.kit.layers import Layer
from bihuan.registry.models import Emitter, Region, Site
from bihuan.web import core_layers, map_layers
from bihuan.web.map_ground import bounds, ground
from tests.people import City
from tests.web.world import NOW, Objects

SQUARE = [[113.0, 37.0], [114.0, 37.0], [114.0, 38.0], [113.0, 38.0], [113.0, 37.0]]


def area(west: float = 0.0) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[x + west, y] for x, y in SQUARE]]}


@pytest.fixture
def officer(city: City, client: Client, data_dir: object) -> Client:
    client.force_login(city.person("dispatcher", "140300"))
    return client


def many_emitters(city: City, number: int) -> None:
    Emitter.objects.bulk_create(
        Emitter(
            code=f"E{i}", name=f"厂{i}", kind="plant", region=city.regions["140321"], industry="水泥", grade="C",
            lon=113 + (i % 50) / 50, lat=37 + i / number,
        )
        for i in range(number)
    )  # fmt: skip


def features(client: Client, key: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/map/layers/{key}.json", asked)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/geo+json"
    return [feature["properties"] for feature in answer.json()["features"]]


def test_many_objects_come_as_clusters_and_open_as_one_comes_closer(officer: Client, city: City) -> None:
    many_emitters(city, 1200)
    far = features(officer, "emitters", bbox="112,36,115,39", zoom="8")
    assert sum(p.get("count", 1) for p in far) == 1200
    assert len(far) < 100
    cluster = max(far, key=lambda p: p.get("count", 1))
    (west, south), (east, north) = cluster["box"]
    near = features(officer, "emitters", bbox=f"{west},{south},{east},{north}", zoom="14")
    assert sum("name" in p for p in near) > len(near) / 2


def test_only_what_lies_in_and_around_the_box_is_sent(officer: Client, city: City) -> None:
    many_emitters(city, 100)
    shown = features(officer, "emitters", bbox="113.0,37.0,113.2,37.2", zoom="12")
    assert 0 < len(shown) < 30
    for p in shown:
        assert 112.9 <= p["at"][0] <= 113.3
        assert 36.9 <= p["at"][1] <= 37.3


def test_what_has_not_changed_is_not_sent_again(officer: Client, city: City) -> None:
    many_emitters(city, 3)
    first = officer.get("/map/layers/emitters.json")
    again = officer.get("/map/layers/emitters.json", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Emitter.objects.filter(code="E1").update(name="改名厂")
    changed = officer.get("/map/layers/emitters.json", headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_no_browser_keeps_what_a_person_was_shown(officer: Client) -> None:
    assert "no-store" in officer.get("/map/layers/cases.json")["Cache-Control"]


@pytest.mark.parametrize(
    "asked",
    [{"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "114,37,113,38"}, {"bbox": "nan,1,2,3"}, {"zoom": "x"},
     {"zoom": "-1"}, {"zoom": "25"}, {"zoom": "nan"}, {"zoom": "1e9"}],
)  # fmt: skip
def test_a_box_or_zoom_that_is_none_gets_a_sentence(officer: Client, asked: dict[str, str]) -> None:
    answer = officer.get("/map/layers/emitters.json", asked)
    assert answer.status_code == 400
    assert "不是地图的范围或级别" in answer.content.decode()


def test_a_layer_that_nobody_declares_is_not_there(officer: Client) -> None:
    assert officer.get("/map/layers/unknown.json").status_code == 404


def test_two_layers_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one = core_layers.LAYERS[0]
    twin = Layer(one.key, "别的", one.rows, one.marks)
    monkeypatch.setattr(core_layers, "LAYERS", (*core_layers.LAYERS, twin))
    with pytest.raises(map_layers.TwoLayers, match=one.key):
        map_layers.every_layer()


def test_an_overdue_case_is_worse_than_one_with_time_left(
    officer: Client, city: City, objects: Objects
) -> None:
    fields = {"region": city.regions["140321"], "source": "patrol", "level": "minor", "state": "pending", "opened_at": NOW, "lat": 37.8, "lon": 113.6}  # fmt: skip
    for name, due in (
        ("late", NOW - timedelta(days=1)),
        ("early", datetime(2100, 1, 1, tzinfo=UTC)),
        ("none", None),
    ):
        Case.objects.create(number=name, title=name, due=due, **fields)
    told = {p["name"]: (p["tone"], "超期" in p["line"]) for p in features(officer, "cases")}
    assert (told["late"], told["early"], told["none"]) == (("bad", True), ("warn", False), ("warn", False))


def test_finished_cases_and_those_without_a_place_are_not_on_the_map(officer: Client, city: City) -> None:
    fields = {
        "region": city.regions["140302"],
        "source": "patrol",
        "level": "minor",
        "opened_at": NOW,
        "lat": 37.8,
    }
    places = [("pending", 113.6), ("closed", 113.6), ("void", 113.6), ("pending", None)]
    for n, (state, lon) in enumerate(places):
        Case.objects.create(number=f"n{n}", title=f"t{n}", state=state, lon=lon, **fields)
    assert [found["name"] for found in features(officer, "cases")] == ["t0"]


def test_there_is_no_ground_until_a_region_has_a_boundary(officer: Client, city: City) -> None:
    assert officer.get("/boundary.geojson").json() == {"type": "FeatureCollection", "features": []}
    Region.objects.filter(pk="140321").update(geometry=area())
    answer = officer.get("/boundary.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    assert (feature["properties"]["code"], feature["properties"]["name"]) == ("140321", "平定县")
    assert feature["geometry"]["type"] == "Polygon"
    assert 113 < feature["properties"]["centre"][0] < 114


def test_the_ground_is_sent_again_only_when_it_has_changed(officer: Client, city: City) -> None:
    Region.objects.filter(pk="140321").update(geometry=area())
    first = officer.get("/boundary.geojson")
    assert officer.get("/boundary.geojson", headers={"if-none-match": first["ETag"]}).status_code == 304
    Region.objects.filter(pk="140322").update(geometry=area(1.0))
    changed = officer.get("/boundary.geojson", headers={"if-none-match": first["ETag"]})
    assert len(changed.json()["features"]) == 2


def test_a_boundary_that_is_damaged_is_left_out_and_breaks_no_map(officer: Client, city: City) -> None:
    bow_tie = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    damaged = {
        "140302": {"type": "Polygon"},
        "140303": {"type": "Point", "coordinates": [113, 37]},
        "140311": {},
    }
    for code, geometry in {**damaged, "140321": area(), "140322": bow_tie}.items():
        Region.objects.filter(pk=code).update(geometry=geometry)
    shown = officer.get("/boundary.geojson").json()["features"]
    assert [f["properties"]["code"] for f in shown] == ["140321", "140322"]


def test_the_map_begins_with_all_of_the_boundaries_else_the_stations_else_china(
    city: City, objects: Objects
) -> None:
    (west, south), (east, north) = bounds()
    assert west < 113.6 < east
    assert south < 37.8 < north
    Site.objects.all().delete()
    assert bounds() == ((73.33, 3.4), (135.09, 53.57))
    Region.objects.filter(pk="140321").update(geometry=area())
    Region.objects.filter(pk="140322").update(geometry=area(1.0))
    assert bounds() == ((113, 37), (115, 38))


def test_the_ground_is_the_counties_not_the_townships_or_neighbours(city: City, objects: Objects) -> None:
    Region.objects.create(code="140321100", name="冠山镇", geometry=area())
    Region.objects.create(code="130121", name="井陉县", geometry=area(1.0))
    assert '"140321100"' in ground().text  # better than nothing
    Region.objects.filter(pk="140321").update(geometry=area())
    assert ground().text.count('"code"') == 1
    assert '"140321"' in ground().text


def test_a_page_hands_its_filters_to_its_layer(city: City) -> None:
    request = RequestFactory().get("/s/x/", {"county": "140322"})
    request.user = city.person("dispatcher", "140300")
    told = Template("{% layered_map 'x' 'emitters' fit=True %}").render(Context({"request": request}))
    assert "/map/layers/emitters.json?county=140322" in told
    assert "cases.json" not in told
    whole = Template("{% layered_map 'centre' %}").render(Context({"request": request}))
    assert all(f"/map/layers/{key}.json" in whole for key in map_layers.every_layer())
    assert "county" not in whole
