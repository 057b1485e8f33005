"""How grades, items and what is lacking are called: in Chinese, told in the language of the reader where they are shown."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from bihuan.domain.standards.surface_water.black_odorous import Grade
from bihuan.english import Written, told

ITEM_NAMES: Mapping[str, str] = {"sd": "透明度", "do": "溶解氧", "orp": "氧化还原电位", "nh3n": "氨氮"}
NAMES: Mapping[str, str] = {"depth": "水深", **ITEM_NAMES}
UNITS: Mapping[str, str] = {"sd": "cm", "do": "mg/L", "orp": "mV", "nh3n": "mg/L", "depth": "cm"}
GRADES: Mapping[Grade | None, str] = {
    None: "未评价",
    Grade.NONE: "不黑臭",
    Grade.LIGHT: "轻度黑臭",
    Grade.HEAVY: "重度黑臭",
}
TONES: Mapping[Grade | None, str] = {None: "dim", Grade.NONE: "good", Grade.LIGHT: "warn", Grade.HEAVY: "bad"}


def lacking_at(name: str, times: Mapping[str, int]) -> Iterator[str]:
    """Sentences on a point: `times` each item was measured, of those that were measured too seldom; one where all are alike."""
    if len(set(times.values())) == 1 and len(times) > 1:
        yield _seldom(name, *set(times.values()))
    else:
        yield from (_seldom(name + ITEM_NAMES[item], n) for item, n in times.items())


def _seldom(what: str, times: int) -> str:
    return f"{what}只测 {times} 次" if times else f"{what}未测"


def together(sentences: Iterable[str]) -> Written:
    """Sentences one after the other, each told in the language of the reader."""
    return Written(_("；").join(map(told, sentences)))
