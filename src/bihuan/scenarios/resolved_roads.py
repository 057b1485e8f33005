"""The road segments of all lines of business, by their code."""

from datetime import date

from bihuan.registry.models import Person
from bihuan.scenarios.resolved import every_scenario
from bihuan.scenarios.roads import Road, Roads


def _asked() -> list[Roads]:
    return [s.roads for s in every_scenario().values() if s.roads is not None]


def given(day: date) -> dict[str, Road]:
    """All that are there on a day; of two with one code that of the first line of business."""
    return {road.code: road for one in reversed(_asked()) for road in one.given(day)}


def seen(person: Person, day: date) -> dict[str, Road]:
    """Those of them that a person may see."""
    codes = {code for one in _asked() for code in one.seen(person)}
    return {code: road for code, road in given(day).items() if code in codes}


def known(code: str) -> bool:
    """Is it the code of a road segment, in use or ended?"""
    return any(one.knows(code) for one in _asked())
