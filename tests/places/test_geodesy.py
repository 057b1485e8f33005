"""Metres and square metres, against PROJ's geodesics (Karney 2013), an implementation that is not ours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import shape

from bihuan.domain.places.geodesy import area, distance, length

ELLIPSOID = Geod(ellps="WGS84")
starts = st.tuples(st.floats(74, 134), st.floats(4, 53))
steps = st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))


@given(starts, steps)
def test_distances_agree_with_geodesics_to_a_ten_thousandth(
    start: tuple[float, float], step: tuple[float, float]
) -> None:
    end = (start[0] + step[0], start[1] + step[1])
    assert distance(start, end) == pytest.approx(ELLIPSOID.inv(*start, *end)[2], rel=1e-4, abs=0.001)


def test_a_metre_is_a_metre() -> None:
    # The meridian's radius at 45 degrees is 6 367 382 m: a thousandth of a degree is 111.13 m.
    assert distance((113, 44.9995), (113, 45.0005)) == pytest.approx(111.13, abs=0.01)


def test_the_date_line_is_no_way_around_the_world() -> None:
    assert distance((179.999, 50), (-179.999, 50)) == pytest.approx(
        ELLIPSOID.inv(179.999, 50, -179.999, 50)[2]
    )


def test_a_line_is_as_long_as_its_parts() -> None:
    line = {"type": "LineString", "coordinates": [[113.0, 37.8], [113.1, 37.9], [113.2, 37.9]]}
    both = {"type": "MultiLineString", "coordinates": [line["coordinates"], line["coordinates"]]}
    truth = ELLIPSOID.geometry_length(shape(line))
    assert length(line) == pytest.approx(truth, rel=1e-5)
    assert length(both) == pytest.approx(2 * truth, rel=1e-5)
    assert length({"type": "Point", "coordinates": [113, 37]}) == 0


def square(west: float, south: float, side: float) -> list[list[float]]:
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    return [[west + x * side, south + y * side] for x, y in corners]


@given(starts, st.floats(0.0005, 0.2))
def test_areas_agree_with_geodesics_to_a_thousandth(start: tuple[float, float], side: float) -> None:
    field = {"type": "Polygon", "coordinates": [square(*start, side)]}
    truth = abs(ELLIPSOID.geometry_area_perimeter(shape(field))[0])
    assert area(field) == pytest.approx(truth, rel=1e-3)


def test_holes_are_no_area_and_parts_add_up() -> None:
    outer, hole = square(113, 37, 0.1), square(113.02, 37.02, 0.05)
    whole, without = ({"type": "Polygon", "coordinates": rings} for rings in ([outer], [outer, hole]))
    inner: dict[str, Any] = {"type": "Polygon", "coordinates": [hole]}
    assert area(without) == pytest.approx(area(whole) - area(inner))
    together = {"type": "MultiPolygon", "coordinates": [[outer], [square(114, 37, 0.1)]]}
    assert area(together) == pytest.approx(2 * area(whole))
    assert area({"type": "GeometryCollection", "geometries": [whole, inner]}) > area(whole)


def test_the_way_round_does_not_matter() -> None:
    ring = square(113, 37, 0.1)
    assert area({"type": "Polygon", "coordinates": [ring[::-1]]}) == area(
        {"type": "Polygon", "coordinates": [ring]}
    )
