"""What the map gathers: nothing is lost, signs do not cover each other, the worst is seen from afar."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bihuan.kit.clusters import APART, CLOSEST, TOGETHER, gathered, pixels
from bihuan.kit.layers import TONES


class Place(NamedTuple):
    lon: float
    lat: float
    tone: str = ""


def city(number: int, seed: int = 1) -> list[Place]:
    """Places spread over a city, with a crowd in its middle."""
    draw = np.random.default_rng(seed)
    wide = draw.uniform([113.0, 37.6], [114.0, 38.4], (number // 2, 2))
    crowd = draw.normal([113.58, 37.86], 0.02, (number - number // 2, 2))
    return [Place(float(x), float(y)) for x, y in np.concatenate([wide, crowd])]


def drawn(seed: int, number: int, spread: float) -> list[Place]:
    """Places of every tone around a middle."""
    draw = np.random.default_rng(seed)
    at = draw.normal([113.5, 37.8], spread, (number, 2))
    return [Place(float(x), float(y), TONES[draw.integers(len(TONES))]) for x, y in at]


places = st.builds(drawn, st.integers(0, 2**32), st.integers(TOGETHER + 1, 600), st.floats(0.001, 0.5))


@given(places, st.floats(3, 17.9))
def test_nothing_is_lost_and_nothing_shown_twice(spots: list[Place], zoom: float) -> None:
    single, clusters = gathered(spots, zoom)
    assert len(single) + sum(c.count for c in clusters) == len(spots)
    assert all(c.count > 1 for c in clusters)
    assert set(single) <= set(spots)


@given(places, st.floats(3, 17.9))
def test_the_worst_of_all_is_seen_at_every_zoom(spots: list[Place], zoom: float) -> None:
    single, clusters = gathered(spots, zoom)
    worst = max(spots, key=lambda s: TONES.index(s.tone)).tone
    assert worst in {*(s.tone for s in single), *(c.tone for c in clusters)}


def test_the_sign_of_a_cluster_lies_among_its_objects() -> None:
    for cluster in gathered(city(5000), 10)[1]:
        assert cluster.box.west <= cluster.lon <= cluster.box.east
        assert cluster.box.south <= cluster.lat <= cluster.box.north


def test_clusters_stand_far_enough_apart_to_be_read() -> None:
    _, clusters = gathered(city(5000), 10)
    assert len(clusters) > 20
    x, y = pixels(np.array([c.lon for c in clusters]), np.array([c.lat for c in clusters]), 10)
    distances = [np.hypot(x[i] - x[j], y[i] - y[j]) for i, j in combinations(range(len(x)), 2)]
    # a group that took in a neighbour has its middle moved a little towards it
    assert np.quantile(distances, 0.001) > APART / 2


def test_coming_closer_opens_clusters_until_every_object_stands_alone() -> None:
    spots = city(3000)
    shown = [sum(c.count for c in gathered(spots, zoom)[1]) for zoom in (8, 10, 12, 14, 16, CLOSEST)]
    assert shown == sorted(shown, reverse=True)
    assert (shown[0], shown[-1]) == (3000, 0)


def test_few_objects_are_never_gathered() -> None:
    same = [Place(113.5, 37.8)] * TOGETHER
    assert gathered(same, 5) == (same, [])
    assert len(gathered([*same, Place(113.5, 37.8)], 5)[1]) == 1


def test_pixels_are_those_of_web_maps() -> None:
    # EPSG:3857 (IOGP guidance note 7-2, 3.5.1): the middle of the world is pixel 128 at zoom 0, its edges 0 and 256.
    x, y = pixels(np.array([0.0, -180.0, 180.0]), np.array([0.0, 85.0511287798, -85.0511287798]), 0)
    assert np.allclose(x, [128, 0, 256])
    assert np.allclose(y, [128, 0, 256], atol=0.01)
