"""Where a place lies along a river."""

import pytest

from bihuan.domain.places.geodesy import distance
from bihuan.domain.places.lines import nearest_line

WEST_EAST = {"type": "LineString", "coordinates": [[113.0, 38.0], [113.2, 38.0]]}
SOUTH = {"type": "LineString", "coordinates": [[113.0, 37.95], [113.2, 37.95]]}
TWO_PARTS = {
    "type": "MultiLineString",
    "coordinates": [[[113.1, 38.0], [113.2, 38.0]], [[113.0, 38.0], [113.1, 38.0]]],
}


def test_a_quarter_down_the_nearer_river_and_so_many_metres_off() -> None:
    found = nearest_line((113.05, 37.99), {"a": WEST_EAST, "b": SOUTH}, within=5_000)
    assert found is not None
    assert (found.line, found.share) == ("a", pytest.approx(0.25, abs=1e-6))
    assert found.metres == pytest.approx(distance((113.05, 37.99), (113.05, 38.0)), rel=0.005)


def test_nothing_within_reach() -> None:
    assert nearest_line((113.05, 37.9), {"a": WEST_EAST}, within=2_000) is None
    assert nearest_line((113.05, 37.9), {}, within=2_000) is None


def test_parts_that_join_are_one_line() -> None:
    found = nearest_line((113.05, 37.99), {"a": TWO_PARTS}, within=5_000)
    assert found is not None
    assert found.share == pytest.approx(0.25, abs=1e-6)
