"""What a layer is asked: for which moment, what lies in the box, and what the map takes for granted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bihuan.kit.layers import TONES, WORLD, Box, Keyed, Layer, Mark, View, no_note
from bihuan.registry.models import Emitter
from tests.people import City

NOW = datetime(2024, 6, 1, 4, tzinfo=UTC)
BOX = Box(113.0, 37.0, 114.0, 38.0)


def view(**given: Any) -> View:
    return View(person=None, now=NOW, **given)  # type: ignore[arg-type]  # nobody is asked for


def test_a_view_is_of_now_unless_another_moment_is_asked_for() -> None:
    assert view().moment == NOW
    assert view(at=NOW - timedelta(days=1)).moment == NOW - timedelta(days=1)


@pytest.mark.parametrize(("share", "wider"), [(0.5, Box(112.5, 36.5, 114.5, 38.5)), (0.0, BOX), (1.0, Box(112.0, 36.0, 115.0, 39.0))])  # fmt: skip
def test_a_rim_around_the_box_is_a_share_of_it_at_each_side(share: float, wider: Box) -> None:
    assert BOX.wider(share) == wider


@pytest.fixture
def emitters(city: City) -> None:
    """One in the middle, one at each corner of the box, one outside, one without a place where a row may have none."""
    places = {
        "in": (113.5, 37.5),
        "sw": (113.0, 37.0),
        "ne": (114.0, 38.0),
        "west": (112.99, 37.5),
        "north": (113.5, 38.01),
    }
    for code, (lon, lat) in places.items():
        Emitter.objects.create(
            code=code, name=code, kind="plant", region=city.regions["140321"], industry="水泥", grade="C", lon=lon, lat=lat
        )  # fmt: skip


def codes(asked: View, **names: str) -> list[str]:
    return sorted(asked.inside(Emitter.objects.all(), **names).values_list("pk", flat=True))


@pytest.mark.usefixtures("emitters")
def test_the_edges_of_the_box_lie_in_it() -> None:
    assert codes(view(box=BOX)) == ["in", "ne", "sw"]
    assert codes(view(box=WORLD)) == codes(view()) == ["in", "ne", "north", "sw", "west"]
    assert codes(view(box=Box(0, 0, 1, 1))) == []


@pytest.mark.usefixtures("emitters")
def test_the_place_may_stand_in_other_columns() -> None:
    """Latitude for longitude: nothing in China lies there."""
    assert codes(view(box=BOX), lon="lat", lat="lon") == []
    assert codes(view(box=Box(37, 113, 38, 114)), lon="lat", lat="lon") == ["in", "ne", "sw"]


def test_tones_go_from_calm_to_worst_without_a_double() -> None:
    assert len(set(TONES)) == len(TONES)
    ranks = {tone: rank for rank, tone in enumerate(TONES)}
    assert ranks["dim"] < ranks["good"] < ranks[""] < ranks["accent"] < ranks["warn"] < ranks["bad"]
    levels = [ranks[f"lv{n}"] for n in range(7)]
    assert levels == sorted(levels)
    assert max(ranks, key=lambda tone: ranks[tone]) == "lv6"


def test_a_layer_that_says_no_more_is_a_dot_in_the_middle_of_the_list_and_shown() -> None:
    layer = Layer(
        "x",
        "层",
        lambda _: [Keyed(1, 113.5, 37.5)],
        lambda _, rows: [Mark(r.lon, r.lat, "名", "行") for r in rows],
    )
    assert (layer.sign, layer.shown, layer.timed, layer.place, layer.opens) == ("dot", True, False, 50, "")
    assert layer.note(view()) == no_note(view()) == ""
    (mark,) = layer.marks(view(), layer.rows(view()))
    assert (mark.tone, mark.text, mark.stale, mark.simulated, mark.shape) == ("", "", "", False, None)
    assert Keyed(1, 113.5, 37.5).tone == ""
