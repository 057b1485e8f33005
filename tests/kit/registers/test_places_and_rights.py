"""Where objects of a file lie and who may write them: boundaries of regions and counties, systems of maps, paths of rights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bihuan.domain.places.coordinates import System, wgs84_to_gcj02
from bihuan.kit.registers.likeness import warn_of_doubles
from bihuan.kit.registers.plan import Row
from bihuan.kit.registers.positions import Positions
from bihuan.kit.registers.rights import FEW, Places, Rights
from bihuan.registry.models import Emitter, Measure, Organisation, Region, Site
from bihuan.registry.outlines import Outlines
from tests.kit.registers.world import MEASURES, REGIONS, SITES, UNITS
from tests.people import City, person

MINE, OTHER, TOP = "140321", "140322", "140300"


def square(west: float, south: float, side: float = 1.0) -> dict[str, Any]:
    corners = [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [corners]}


def inside(outlines: Outlines, code: str, lon: float, lat: float) -> bool:
    outline = outlines.of(code)
    assert outline is not None
    return outline.metres_outside({"type": "Point", "coordinates": [lon, lat]}) == 0


def test_a_place_is_held_against_the_smallest_region_around_that_has_a_boundary(city: City) -> None:
    Region.objects.filter(pk=TOP).update(geometry=square(113, 37, 2))
    Region.objects.filter(pk=MINE).update(geometry=square(113, 37))
    town = Region.objects.create(code="140321101", name="冠山镇", parent_id=MINE)
    outlines = Outlines()
    for code in (MINE, town.pk):
        assert inside(outlines, code, 113.5, 37.5)
        assert not inside(outlines, code, 114.5, 38.5)
    assert inside(outlines, OTHER, 114.5, 38.5)  # its own is not known: that of the city
    for unknown in (None, "", "999999"):
        assert outlines.of(unknown) is None


def test_without_any_boundary_nothing_is_held_against_one(city: City) -> None:
    assert Outlines().of(MINE) is None


def read(values: dict[str, Any], after: tuple[str, ...] = ("lon", "lat")) -> Row:
    target = Site(
        code="S1", name="站", region_id=MINE, lon=values.get("lon") or 0, lat=values.get("lat") or 0
    )
    return Row(2, ("S1",), values, target=target, after={name: values.get(name) for name in after})


@pytest.mark.parametrize(("east", "refused"), [(0.0, False), (0.011, False), (0.012, True)])
def test_a_place_may_lie_a_kilometre_outside_of_a_boundary_that_is_drawn_coarsely(
    city: City, east: float, refused: bool
) -> None:
    """At 37.5° north 0.0113° of longitude are 1000 m."""
    Region.objects.filter(pk=MINE).update(geometry=square(113, 37))
    row = read({"lon": 114 + east, "lat": 37.5})
    Positions(SITES, System.WGS84).check(row)
    assert bool(row.problems) is refused
    if refused:
        (problem,) = row.problems
        assert problem.name == "lon"
        assert problem.why.startswith("在平定县边界以外 10")


def test_a_place_that_is_not_touched_is_not_asked_about_again(city: City) -> None:
    Region.objects.filter(pk=MINE).update(geometry=square(100, 30))
    row = read({"lon": 114.0, "lat": 37.5}, after=("name",))
    Positions(SITES, System.WGS84).check(row)
    assert row.problems == []
    moved = read({"lon": 114.0, "lat": 37.5}, after=("region",))
    Positions(SITES, System.WGS84).check(moved)
    assert len(moved.problems) == 1


@pytest.mark.parametrize(
    ("lon", "lat", "why"), [(37.5, 113.5, "写反了"), (0.0, 0.0, "在中国以外"), (1135.0, 37.5, "不在地球上")]
)
def test_a_place_that_cannot_be_is_refused_before_any_boundary(
    city: City, lon: float, lat: float, why: str
) -> None:
    row = read({"lon": lon, "lat": lat})
    Positions(SITES, System.WGS84).check(row)
    assert [why in p.why for p in row.problems] == [True]


def test_a_place_of_a_map_service_is_turned_into_wgs84_once(db: None) -> None:
    lon, lat = wgs84_to_gcj02(113.5, 37.5)
    row = read({"lon": lon, "lat": lat})
    Positions(SITES, System.GCJ02).place(row)
    assert (row.values["lon"], row.values["lat"]) == (
        pytest.approx(113.5, abs=1e-6),
        pytest.approx(37.5, abs=1e-6),
    )
    as_it_is = read({"lon": lon, "lat": lat})
    Positions(SITES, System.WGS84).place(as_it_is)
    assert (as_it_is.values["lon"], as_it_is.values["lat"]) == (lon, lat)


def test_a_place_follows_from_a_shape_unless_it_is_given(db: None) -> None:
    positions = Positions(SITES, System.WGS84)
    area = read({"geometry": square(113, 37), "lon": None, "lat": None})
    positions.place(area)
    assert (area.values["lon"], area.values["lat"]) == (pytest.approx(113.5), pytest.approx(37.5))
    own = read({"geometry": square(113, 37), "lon": 113.1, "lat": 37.1})
    positions.place(own)
    assert (own.values["lon"], own.values["lat"]) == (113.1, 37.1)
    assert positions.follows_shape({"geometry": "{}"})
    assert not positions.follows_shape({"geometry": "  "})
    assert not Positions(UNITS, System.WGS84).follows_shape({"geometry": "{}"})


def test_a_shape_that_crosses_itself_is_mended_with_a_warning_and_one_that_is_none_refused(db: None) -> None:
    bow = {"type": "Polygon", "coordinates": [[[113, 37], [114, 38], [114, 37], [113, 38], [113, 37]]]}
    row = read({"geometry": bow, "lon": None, "lat": None})
    Positions(SITES, System.WGS84).place(row)
    assert row.problems == []
    assert [w.startswith("图形已修正") for w in row.warnings] == [True]
    empty = read({"geometry": {"type": "Polygon", "coordinates": []}, "lon": None, "lat": None})
    Positions(SITES, System.WGS84).place(empty)
    assert [p.name for p in empty.problems] == ["geometry"]


def station(code: str, region: str) -> Site:
    return Site(code=code, name=code, region_id=region, rank="national", lon=113.5, lat=37.5)


def test_where_an_object_belongs_is_read_along_the_paths_of_its_model(
    city: City, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    assert Places(SITES, [station("A", MINE)]).of(station("A", MINE))[0] == MINE
    assert Places(REGIONS, [city.regions[MINE]]).of(city.regions[MINE])[0] == MINE
    unit = city.governments[MINE]
    assert Places(UNITS, [unit]).of(unit) == (MINE, unit.pk)
    emitter = Emitter.objects.create(
        code="E1", name="厂", kind="plant", region=city.regions[MINE], organisation=unit, industry="水泥", grade="C", lon=113.5, lat=37.8
    )  # fmt: skip
    rows = [Measure(emitter=emitter, level="red", text=str(n)) for n in range(FEW + 50)]
    with django_assert_max_num_queries(2):  # however many there are
        places = Places(MEASURES, rows)
    assert {places.of(row) for row in rows} == {(MINE, unit.pk)}


def test_the_operator_writes_everywhere_and_a_person_where_the_post_covers(city: City) -> None:
    here, there = (MINE, None), (OTHER, None)
    assert Rights(SITES, None).cover(here)
    assert Rights(SITES, None).cover((None, None))
    chief, all_of_it = city.person("chief", MINE), city.person("chief", TOP)
    assert [Rights(SITES, chief).cover(p) for p in (here, there)] == [True, False]
    assert [Rights(SITES, all_of_it).cover(p) for p in (here, there, ("999999", None))] == [True] * 3
    ranger = city.person("ranger", MINE)
    assert not Rights(SITES, ranger).cover(here)
    assert not Rights(SITES, person("nobody")).cover(here)


def test_posts_of_all_counties_are_none_of_the_city(city: City) -> None:
    everywhere = person(
        "all", *(("chief", region, None) for code, region in city.regions.items() if code != TOP)
    )
    assert Rights(SITES, everywhere).cover((MINE, None))
    assert not Rights(SITES, everywhere).cover((TOP, None))
    assert not Rights(SITES, everywhere).cover(("130100", None))


def new(number: int, code: str, name: str, lon: float, lat: float = 37.5) -> Row:
    target = Site(code=code, name=name, region_id=MINE, lon=lon, lat=lat)
    return Row(number, (code,), {"code": code, "name": name}, target=target, new=True)


def test_what_is_near_under_a_similar_name_is_named_with_its_distance(city: City, data_dir: Path) -> None:
    """0.001° of longitude at 37.5° north are 88 m."""
    Site.objects.create(
        code="OLD", name="桃北中学", region=city.regions[MINE], rank="national", lon=113.5, lat=37.5
    )
    rows = [
        new(2, "A", "桃北中学站", 113.501), new(3, "B", "开发区", 113.501), new(4, "C", "桃北中学", 113.6),
        new(5, "D", "白羊墅", 113.7), new(6, "E", "白羊墅", 113.7001),
    ]  # fmt: skip
    warn_of_doubles(SITES, rows)
    said = {row.number: row.warnings for row in rows}
    assert said[2] == ["可能与OLD 桃北中学重复：相距 88 m，名称相近"]
    assert said[3] == said[4] == said[5] == []
    assert said[6] == ["可能与第 5 行 白羊墅重复：相距 9 m，名称相近"]


def test_what_is_registered_already_or_lies_nowhere_is_no_double(city: City) -> None:
    Site.objects.create(
        code="OLD", name="桃北中学", region=city.regions[MINE], rank="national", lon=113.5, lat=37.5
    )
    changed = new(2, "A", "桃北中学", 113.5)
    changed.new, changed.after = False, {"name": "桃北中学"}
    warn_of_doubles(SITES, [changed])
    assert changed.warnings == []
    unit = Row(2, ("局",), {"name": "局"}, target=Organisation(name="局"), new=True)
    warn_of_doubles(UNITS, [unit])
    assert unit.warnings == []
