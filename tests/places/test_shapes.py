"""Geometry is made sound or refused with its reason; signs stand on their object; regions know what lies outside."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import coverage_is_valid
from shapely.geometry import Point, shape

from bihuan.domain.places.coordinates import System, wgs84_to_gcj02
from bihuan.domain.places.faults import BadPlace, Why
from bihuan.domain.places.geodesy import area, distance
from bihuan.domain.places.shapes import Outline, in_wgs84, kind_of, sign_place, simpler, sound

SQUARE = {"type": "Polygon", "coordinates": [[[113, 37], [114, 37], [114, 38], [113, 38], [113, 37]]]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
HOOK = {"type": "Polygon", "coordinates": [[[0, 0], [3, 0], [3, 3], [0, 3], [0, 2.9], [2.9, 2.9], [2.9, 0.1], [0, 0.1], [0, 0]]]}  # fmt: skip


def refused(geometry: dict[str, Any]) -> Why:
    with pytest.raises(BadPlace) as found:
        sound(geometry)
    return found.value.fault.why


def test_a_sound_geometry_stays_and_loses_its_height() -> None:
    line = {"type": "LineString", "coordinates": [[113, 37, 800], [113.5, 37.5, 900]]}
    assert sound(line) == ({"type": "LineString", "coordinates": [[113, 37], [113.5, 37.5]]}, "")


def test_an_area_that_crosses_itself_is_mended_and_says_so() -> None:
    mended, why = sound(BOW_TIE)
    assert "Self-intersection" in why
    assert shape(mended).is_valid
    assert shape(mended).area == pytest.approx(2)  # two triangles of one each
    assert kind_of(mended) == "area"


def test_what_collapses_to_nothing_is_beyond_mending() -> None:
    flat = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0], [0, 0]]]}
    assert refused(flat) is Why.BEYOND_MENDING


@pytest.mark.parametrize(
    ("geometry", "why"),
    [
        ({"type": "Polygon", "coordinates": []}, Why.EMPTY_GEOMETRY),
        ({"type": "Point", "coordinates": [float("nan"), 37]}, Why.NOT_FINITE),
        ({"type": "Point", "coordinates": [float("inf"), 37]}, Why.NOT_FINITE),
        ({"type": "LineString", "coordinates": [[1, 1]]}, Why.BEYOND_MENDING),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, Why.BEYOND_MENDING),
        ({"type": "Point", "coordinates": ["x", "y"]}, Why.BEYOND_MENDING),
        ({"type": "Point"}, Why.BEYOND_MENDING),
        ({"type": "Point", "coordinates": 7}, Why.BEYOND_MENDING),
        ({"type": "GeometryCollection", "geometries": []}, Why.KIND_NOT_WANTED),
        ({"type": "Circle", "coordinates": [0, 0]}, Why.KIND_NOT_WANTED),
        ({}, Why.KIND_NOT_WANTED),
    ],
)
def test_what_is_no_geometry_says_why(geometry: dict[str, Any], why: Why) -> None:
    assert refused(geometry) is why


anything = st.recursive(
    st.none() | st.floats() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=4)
)


@given(st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "MultiLineString"]), anything)
def test_no_coordinates_whatever_end_in_a_crash(kind: str, coordinates: Any) -> None:
    try:
        found = sound({"type": kind, "coordinates": coordinates})[0]
    except BadPlace:
        return
    assert shape(found).is_valid


def test_the_sign_of_an_area_stands_inside_even_of_a_hook() -> None:
    assert shape(HOOK).contains(Point(sign_place(HOOK)))
    assert not shape(HOOK).contains(shape(HOOK).centroid)


def test_the_sign_of_a_line_stands_on_its_longest_part() -> None:
    lines = {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 0]], [[5, 0], [9, 0]]]}
    assert sign_place(lines) == (7.0, 0.0)
    assert sign_place({"type": "Point", "coordinates": [113.5, 37.5]}) == (113.5, 37.5)


@pytest.mark.parametrize(
    ("geometry", "metres"),
    [
        ({"type": "Point", "coordinates": [113.5, 37.5]}, 0),
        ({"type": "Point", "coordinates": [113.0, 37.5]}, 0),  # on the line
        ({"type": "Point", "coordinates": [112.99, 37.5]}, 883),  # 0.01 degrees of longitude at 37.5 N
        ({"type": "Point", "coordinates": [113.5, 38.01]}, 1110),  # 0.01 degrees of latitude
        ({"type": "LineString", "coordinates": [[113.5, 37.5], [113.6, 37.6]]}, 0),
        ({"type": "LineString", "coordinates": [[113.5, 37.9], [113.5, 38.01]]}, 1110),
        (
            {
                "type": "Polygon",
                "coordinates": [[[113.9, 37.4], [114.01, 37.4], [114.01, 37.5], [113.9, 37.4]]],
            },
            885,
        ),
    ],
)
def test_a_region_says_how_far_the_farthest_part_lies_outside(
    geometry: dict[str, Any], metres: float
) -> None:
    assert Outline(SQUARE).metres_outside(geometry) == pytest.approx(metres, rel=0.005)


def test_a_geometry_of_another_system_is_moved_point_by_point() -> None:
    line = {"type": "LineString", "coordinates": [[113.5, 37.5], [113.6, 37.6]]}
    moved = in_wgs84({**line, "coordinates": [wgs84_to_gcj02(*p) for p in line["coordinates"]]}, System.GCJ02)
    for one, other in zip(moved["coordinates"], line["coordinates"], strict=True):
        assert distance(one, other) < 0.1


def wavy(west: float) -> list[list[float]]:
    return [[west + 0.0004 * (i % 2), 37 + i / 1000] for i in range(1001)]


def test_simplified_neighbours_still_share_one_line() -> None:
    left = [*wavy(113.5), [113, 38], [113, 37], wavy(113.5)[0]]
    right = [*wavy(113.5), [114, 38], [114, 37], wavy(113.5)[0]]
    regions = {
        "a": {"type": "Polygon", "coordinates": [left]},
        "b": {"type": "Polygon", "coordinates": [right]},
    }
    small = simpler(regions, 200)
    assert coverage_is_valid([shape(g) for g in small.values()])
    for key, region in small.items():
        assert len(region["coordinates"][0]) < 120  # of 1004
        assert area(region) == pytest.approx(area(regions[key]), rel=0.001)
