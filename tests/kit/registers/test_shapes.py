"""Files of mapping programs fill a register: objects with their shape, and the boundaries of regions by code or name."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from bihuan.domain.places.coordinates import System
from bihuan.domain.places.geodesy import distance
from bihuan.kit.registers.actions import apply
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.table import BadTable
from bihuan.registry.models import Region, Site
from tests.feeds.geometry.made import IN_ZONE, ZONE, geojson, written, zipped
from tests.kit.registers.world import BUILDER, REGIONS, SITES, UNITS, imported, planned
from tests.people import City

pytestmark = pytest.mark.django_db
FIELDS = {"编码": "S1", "名称": "桃北中学", "区划": "140321", "级别": "国控", "备注": "x"}


def collection(path: Path, *told: tuple[dict[str, Any], dict[str, Any]]) -> Path:
    """Features of (properties, geometry)."""
    made = geojson(path, *(geometry for _, geometry in told))
    content = json.loads(made.read_text("utf-8"))
    for feature, (properties, _) in zip(content["features"], told, strict=True):
        feature["properties"] = properties
    made.write_text(json.dumps(content), "utf-8")
    return made


def area(west: float = 113.3, south: float = 37.6, side: float = 0.6) -> dict[str, Any]:
    return dict(shapely.geometry.mapping(shapely.box(west, south, west + side, south + side)))


def test_a_feature_becomes_an_object_with_its_shape_and_a_place_inside_it(city: City, data_dir: Path) -> None:
    plan = imported(SITES, collection(data_dir / "点.geojson", (FIELDS, area(113.5, 37.7, 0.1))))
    assert plan.report().ignored_columns == ["备注"]
    made = Site.objects.get(pk="S1")
    assert (made.name, made.region_id, made.geometry["type"]) == ("桃北中学", "140321", "Polygon")
    assert shapely.geometry.shape(made.geometry).contains(shapely.Point(made.lon, made.lat))


def test_a_zone_of_the_national_system_and_a_map_of_amap_end_at_the_same_place(
    city: City, data_dir: Path
) -> None:
    Region.objects.all().update(geometry=None)
    path = written(data_dir / "a.gpkg", IN_ZONE[:1], ["x"], crs=ZONE)
    with pytest.raises(BadTable, match="编码"):
        planned(SITES, path)  # it has no code: no row can be told
    told = collection(data_dir / "b.geojson", (FIELDS, {"type": "Point", "coordinates": [113.58, 37.86]}))
    apply(planned(SITES, told, system=System.GCJ02), BUILDER)
    made = Site.objects.get(pk="S1")
    assert 300 < distance((made.lon, made.lat), (113.58, 37.86)) < 800


def test_a_feature_that_is_refused_keeps_the_others_and_says_its_number(city: City, data_dir: Path) -> None:
    path = collection(
        data_dir / "a.geojson", (FIELDS, {"type": "Point", "coordinates": [37.8, 113.6]}),
        (FIELDS | {"编码": "S2"}, {"type": "Point", "coordinates": [113.6, 37.8]}),
    )  # fmt: skip
    plan = planned(SITES, path)
    assert plan.counts[Fate.NEW] == 1
    told = " ".join(str(refusal) for refusal in plan.report().refused)
    assert "写反了" in told
    assert "1" in told


def test_boundaries_find_their_regions_by_code_or_name_and_strangers_are_named(
    city: City, data_dir: Path
) -> None:
    path = collection(
        data_dir / "边界.geojson", ({"adcode": 140321.0, "name": "x"}, area(113.4)), ({"name": "盂县"}, area(113.0, 38.0)),
        ({"name": "长治县"}, area(112.0)), ({"name": "盂县"}, area(112.0)),
    )  # fmt: skip
    plan = imported(REGIONS, path)
    assert plan.counts[Fate.CHANGED] == 2
    with_shape = dict(Region.objects.exclude(geometry=None).values_list("pk", "geometry"))
    assert set(with_shape) == {"140321", "140322"}
    assert Region.objects.get(pk="140321").name == "平定县"
    told = " ".join(str(refusal) for refusal in plan.report().refused)
    assert "长治县" in told
    assert "两个边界" in told


def test_a_place_outside_the_new_boundary_is_refused(city: City, data_dir: Path) -> None:
    imported(REGIONS, collection(data_dir / "b.geojson", ({"code": "140321"}, area(113.4))))
    far = collection(data_dir / "a.geojson", (FIELDS, {"type": "Point", "coordinates": [112.5, 37.8]}))
    assert planned(SITES, far).counts.get(Fate.NEW, 0) == 0


def test_a_zipped_shapefile_and_a_choice_of_layers(city: City, data_dir: Path) -> None:
    (data_dir / "s").mkdir()
    for name in ("平定县", "盂县"):
        written(
            data_dir / "s" / f"{name}.shp", [shapely.box(113.3, 37.6, 114, 38)], [name], encoding="GB18030"
        )
    path = zipped(data_dir / "s", data_dir / "县.zip")
    with pytest.raises(BadTable, match=r"多个图层：.*选择其中一个图层"):
        planned(REGIONS, path)
    plan = planned(REGIONS, path, layer="盂县")
    apply(plan, BUILDER)
    assert plan.counts == {Fate.CHANGED: 1}
    assert Region.objects.get(pk="140322").geometry["type"] == "Polygon"


def test_a_register_without_shapes_says_so(city: City, data_dir: Path) -> None:
    with pytest.raises(BadTable, match="单位没有图形"):
        planned(UNITS, collection(data_dir / "a.geojson", (FIELDS, area())))


def test_a_file_that_is_damaged_says_so_with_its_name(city: City, data_dir: Path) -> None:
    path = data_dir / "坏.geojson"
    path.write_text("{")
    with pytest.raises(BadTable, match=r"坏\.geojson；文件损坏.*重新导出"):
        planned(SITES, path)
