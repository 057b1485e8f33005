"""What every map lies on: the boundaries of the counties inside the own city, what stands in for them, and the box around."""

import json
from typing import Any

import pytest

from bihuan.domain.places.coordinates import CHINA
from bihuan.registry.models import Region, Site
from bihuan.web.map_ground import ROOM, around, bounds, ground
from tests.people import City

HERE = ((113.0, 37.0), (114.0, 38.0))
pytestmark = pytest.mark.django_db


def area(west: float = 113.0, south: float = 37.0, side: float = 1.0) -> dict[str, Any]:
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def drawn(code: str, shape: Any) -> None:
    Region.objects.filter(pk=code).update(geometry=shape)


def station(city: City, code: str, lon: float, lat: float, **changes: Any) -> None:
    fields = {"name": code, "rank": "national", "region": city.regions["140321"], "evaluated": True}
    Site.objects.create(code=code, lon=lon, lat=lat, **fields | changes)


def names() -> list[str]:
    return sorted(f["properties"]["name"] for f in json.loads(ground().text)["features"])


def box(found: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(corner) for corner in found)


def test_counties_are_drawn_and_not_the_city_around_them(city: City) -> None:
    drawn("140300", area(112.0, 36.0, 3.0))
    drawn("140321", area())
    drawn("140322", area(114.0))
    assert names() == ["平定县", "盂县"]
    assert box(bounds()) == ((113.0, 37.0), (115.0, 38.0))


def test_a_county_of_another_city_is_not_drawn_where_the_own_has_some(city: City) -> None:
    Region.objects.create(code="140105", name="小店区", parent_id="140000", geometry=area(112.0))
    drawn("140321", area())
    assert names() == ["平定县"]
    drawn("140321", None)
    assert names() == ["小店区"], "better than nothing"


def test_where_no_county_has_a_boundary_the_citys_is_drawn(city: City) -> None:
    drawn("140300", area())
    assert names() == ["阳泉市"]
    assert box(bounds()) == HERE


def test_a_boundary_that_is_damaged_is_left_out_and_the_others_stand(city: City) -> None:
    drawn("140321", area())
    for damaged in ({"type": "Polygon"}, {"type": "Nonsense", "coordinates": []}, {"type": "Polygon", "coordinates": [[[1, 2]]]}):  # fmt: skip
        drawn("140322", damaged)
        assert names() == ["平定县"], damaged


def test_a_point_is_no_boundary(city: City) -> None:
    drawn("140321", {"type": "Point", "coordinates": [113.6, 37.8]})
    assert names() == []


def test_a_boundary_that_changes_is_drawn_anew(city: City) -> None:
    drawn("140321", area())
    before = ground().text
    drawn("140321", area(side=0.5))
    assert ground().text != before
    assert box(bounds()) == ((113.0, 37.0), (113.5, 37.5))


def test_without_boundaries_the_evaluated_stations_are_in_the_box_with_some_room(city: City) -> None:
    station(city, "A", 113.2, 37.2)
    station(city, "B", 113.9, 37.6)
    station(city, "C", 120.0, 40.0, evaluated=False)
    (west, south), (east, north) = bounds()
    assert (west, south, east, north) == pytest.approx((113.2 - ROOM, 37.2 - ROOM, 113.9 + ROOM, 37.6 + ROOM))


def test_with_nothing_registered_all_of_china_is_shown() -> None:
    assert ground().box is None
    assert tuple(v for corner in bounds() for v in corner) == tuple(CHINA)


def test_the_map_of_a_place_shows_its_region_and_reaches_the_place_itself(city: City) -> None:
    drawn("140321", area())
    assert box(around((113.5, 37.5), "140321")) == HERE
    assert box(around((114.5, 37.5), "140321")) == ((113.0, 37.0), (114.5, 38.0))


def test_a_township_without_a_boundary_shows_its_county(city: City) -> None:
    Region.objects.create(code="140321100", name="冠山镇", parent_id="140321")
    drawn("140321", area())
    assert box(around((113.5, 37.5), "140321100")) == HERE
    drawn("140321100", area(113.2, 37.2, 0.2))
    assert box(around((113.3, 37.3), "140321100"))[0] == (113.2, 37.2)


def test_where_no_boundary_is_known_there_is_room_around_the_place(city: City) -> None:
    (west, south), (east, north) = around((113.5, 37.5), "140321")
    assert (west, south, east, north) == pytest.approx((113.5 - ROOM, 37.5 - ROOM, 113.5 + ROOM, 37.5 + ROOM))
