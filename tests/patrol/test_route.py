"""The route of a day: every stop once, short, as the crow flies."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.patrol.route import MOST, route
from bihuan.domain.places.geodesy import distance
from tests.patrol.made import EAST, LAT, LON, NORTH

PLACE = st.tuples(st.integers(-9000, 9000), st.integers(-9000, 9000)).map(
    lambda p: (LON + p[0] / EAST, LAT + p[1] / NORTH)
)


@given(PLACE, st.lists(PLACE, max_size=12))
@settings(max_examples=50, deadline=None)
def test_every_stop_comes_once_and_the_legs_are_those_between_them(
    start: tuple[float, float], stops: list[tuple[float, float]]
) -> None:
    found = route(start, stops)
    assert sorted(found.order) == list(range(len(stops)))
    way = [start, *(stops[i] for i in found.order)]
    legs = [distance(a, b) for a, b in pairwise(way)]
    assert list(found.legs) == pytest.approx(legs, rel=0.005, abs=1)


@given(PLACE, st.lists(PLACE, min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_a_small_route_is_little_longer_than_the_shortest(
    start: tuple[float, float], stops: list[tuple[float, float]]
) -> None:
    shortest = min(
        sum(distance(a, b) for a, b in zip((start, *p), p, strict=False)) for p in permutations(stops)
    )
    assert route(start, stops).metres <= shortest * 1.25 + 5


def test_stops_on_a_line_are_walked_along_it() -> None:
    stops = [(LON + x, LAT) for x in (0.03, 0.01, 0.04, 0.02)]
    assert route((LON, LAT), stops).order == (1, 3, 0, 2)


def test_too_many_stops_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        route((LON, LAT), [(LON, LAT)] * (MOST + 1))
