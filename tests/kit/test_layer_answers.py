"""What the map gets of a layer: signs and cards that say what a person must know, shapes no finer than the screen."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import cos, sin
from typing import Any, NamedTuple

from shapely.geometry import shape

from bihuan.kit.layer_answers import answer, pixel
from bihuan.kit.layers import Box, Layer, Mark, View
from bihuan.registry.models import Person

NOW = datetime(2019, 2, 25, tzinfo=UTC)


class Thing(NamedTuple):
    lon: float
    lat: float
    tone: str = ""


def view(**given: Any) -> View:
    return View(person=Person(), now=NOW, **given)


def layer(things: Sequence[Thing], **told: Any) -> Layer[Thing]:
    """A layer of these things, each with the same card."""

    def marks(view: View, shown: Sequence[Thing]) -> Iterator[Mark]:
        yield from (Mark(t.lon, t.lat, "断面", "Ⅳ类", "/x/", t.tone, **told) for t in shown)

    return Layer("sections", "断面", lambda view: things, marks, opens="打开断面")


def test_an_object_says_its_name_line_age_and_that_it_is_simulated() -> None:
    told = answer(layer([Thing(113.5, 37.8, "bad")], text="Ⅳ", stale="3 天前的数据", simulated=True), view())
    (feature,) = told["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [113.5, 37.8]}
    assert feature["properties"] == {
        "at": [113.5, 37.8], "name": "断面", "line": "Ⅳ类", "url": "/x/", "tone": "bad", "text": "Ⅳ",
        "stale": "3 天前的数据", "simulated": True,
    }  # fmt: skip
    assert (told["count"], told["gathered"], told["open"]) == (1, False, "打开断面")


def test_a_crowd_is_gathered_with_its_count_its_worst_tone_and_the_box_to_open() -> None:
    things = [Thing(113 + i / 10_000, 37.8, "bad" if i == 7 else "good") for i in range(300)]
    told = answer(layer(things), view(zoom=8))
    (feature,) = told["features"]
    assert feature["properties"]["count"] == told["count"] == 300
    assert feature["properties"]["tone"] == "bad"
    assert feature["properties"]["box"] == [[113, 37.8], [113.0299, 37.8]]
    assert told["gathered"]


def test_the_cards_of_gathered_objects_are_never_made() -> None:
    asked: list[int] = []

    def marks(view: View, shown: Sequence[Thing]) -> Iterator[Mark]:
        asked.append(len(shown))
        yield from (Mark(t.lon, t.lat, "a", "b") for t in shown)

    things = [*([Thing(113, 37)] * 5000), Thing(115, 39)]
    answer(Layer("k", "t", lambda view: things, marks), view(zoom=8))
    assert asked == [1]


def circle(corners: int) -> dict[str, Any]:
    turns = [i * 6.283185307 / corners for i in range(corners)]
    ring = [[113 + 0.2 * cos(t), 37 + 0.2 * sin(t)] for t in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def test_a_shape_is_no_finer_than_the_screen_and_sound_as_one_comes_closer() -> None:
    things = [Thing(113, 37)]
    sizes = []
    for zoom in (8, 11, 14, 18):
        (feature,) = answer(layer(things, shape=circle(2000)), view(zoom=zoom))["features"]
        drawn = shape(feature["geometry"])
        assert drawn.is_valid
        assert drawn.hausdorff_distance(shape(circle(2000))) < 2 * pixel(37, zoom) + 1e-6
        assert feature["properties"]["at"] == [113, 37]
        sizes.append(len(feature["geometry"]["coordinates"][0]))
    assert sizes == sorted(sizes)
    assert sizes[0] < 60 < 400 < sizes[-1]


def test_a_small_shape_and_one_without_a_zoom_stay_as_they_are() -> None:
    line = {"type": "LineString", "coordinates": [[113, 37], [113.0000001, 37], [114, 38]]}
    for zoom in (5, None):
        (feature,) = answer(layer([Thing(113, 37)], shape=line), view(zoom=zoom))["features"]
        assert feature["geometry"] == line


def test_the_answer_says_for_which_box_it_is_good() -> None:
    box = Box(113, 37, 114, 38)
    assert answer(layer([]), view(box=box))["box"] == [[113, 37], [114, 38]]
    assert answer(layer([]), view())["box"] == [[-180, -90], [180, 90]]
    assert box.wider(0.5) == Box(112.5, 36.5, 114.5, 38.5)
