"""Reaches on the map: red where something is overdue, yellow where something is open."""

from bihuan.kit.layers import View
from bihuan.scenarios.river_chiefs.layers import LAYER
from bihuan.scenarios.river_chiefs.tests.world import Water, make_river


def tones(water: Water, region: str = "140321") -> dict[str, str]:
    view = View(water.city.person("chief", region), water.field.at)
    return {spot.pk: spot.tone for spot in LAYER.rows(view)}


def test_a_reach_is_coloured_by_what_is_wrong_there_and_by_late_duties(water: Water) -> None:
    make_river(water.city, "Q")
    water.walk(5)
    assert tones(water) == {"R-1": "good", "Q-1": "good"}
    water.find()
    assert tones(water) == {"R-1": "warn", "Q-1": "good"}
    water.at(18)
    assert tones(water) == {"R-1": "bad", "Q-1": "good"}
    assert tones(water, "140322") == {"R-1": "good", "Q-1": "good"}
    view = View(water.city.person("chief"), water.field.at)
    card = next(m for m in LAYER.marks(view, LAYER.rows(view)) if m.tone == "bad")
    assert card.line == "未销号问题 0 件，超期巡河职责 1 项"
    assert card.shape is not None
    assert card.url.endswith("/rivers/R/")
