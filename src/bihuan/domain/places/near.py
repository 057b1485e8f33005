"""What lies near, and what is probably entered twice; for tens of thousands of objects, never each with each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, pairwise, product
from math import cos, radians

from bihuan.domain.places.coordinates import Place
from bihuan.domain.places.geodesy import distance
from bihuan.domain.places.names import ALIKE, Read, alike, read_name
from bihuan.domain.places.shapes import METRES_PER_DEGREE

NEAR = 300.0
"""Two objects with similar names that are not farther apart [m] are probably one."""
MOVED = 1000.0
"""Two objects with the same name may be farther apart [m]: coordinates of two systems differ by up to 700 m."""
CROWD = 20_000
"""Pairs of one cell that are compared letter by letter; in a larger crowd only same names are found."""
FARTHEST = 60.0
"""Up to this latitude a cell is as wide as it should be; China ends at 54 degrees."""
Numbers = tuple[int, int]


@dataclass(frozen=True)
class Named:
    """An object with a name at a place (WGS-84, degrees)."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Pair:
    """Two objects, by their numbers in the list, that are probably the same: how far apart [m], how alike (0 to 1)."""

    one: int
    other: int
    metres: float
    alike: float


def duplicates(objects: Sequence[Named], near: float = NEAR, moved: float = MOVED) -> list[Pair]:
    """Pairs that are probably the same, the surest first: similar names within `near`, same names within `moved`."""
    names = [read_name(each.name) for each in objects]
    found = {*_same(objects, names, moved), *_similar(objects, names, near)}
    pairs = (_pair(objects, names, one, other) for one, other in found)
    sure = [p for p in pairs if p.metres <= (moved if p.alike == 1 else near)]
    return sorted(sure, key=lambda p: (-p.alike, p.metres, p.one, p.other))


def _pair(objects: Sequence[Named], names: Sequence[Read], one: int, other: int) -> Pair:
    first, second = objects[one], objects[other]
    apart = distance((first.lon, first.lat), (second.lon, second.lat))
    return Pair(one, other, apart, alike(names[one], names[other]))


def _same(objects: Sequence[Named], names: Sequence[Read], metres: float) -> Iterator[Numbers]:
    """Objects of one name in neighbouring cells; of a crowd of one name each with the next."""
    by_name = defaultdict(list)
    for i, name in enumerate(names):
        by_name[name.plain].append(i)
    for group in by_name.values():
        for here, around in _cells(objects, group, metres) if len(group) > 1 else ():
            few = _number(here, around) <= CROWD
            yield from _pairs(here, around) if few else pairwise(sorted(here))


def _similar(objects: Sequence[Named], names: Sequence[Read], metres: float) -> Iterator[Numbers]:
    """Objects of similar names in neighbouring cells; only names with the same marks can be similar."""
    by_marks = defaultdict(list)
    for i, name in enumerate(names):
        by_marks[name.marks].append(i)
    for group in by_marks.values():
        for here, around in _cells(objects, group, metres):
            if _number(here, around) <= CROWD:
                yield from (p for p in _pairs(here, around) if alike(names[p[0]], names[p[1]]) >= ALIKE)


def _number(here: Sequence[int], around: Sequence[int]) -> int:
    return len(here) * (len(here) - 1) // 2 + len(here) * len(around)


def _pairs(here: Sequence[int], around: Sequence[int]) -> Iterator[Numbers]:
    yield from ((min(p), max(p)) for p in chain(combinations(here, 2), product(here, around)))


def _cells(
    objects: Sequence[Named], group: Sequence[int], metres: float
) -> Iterator[tuple[list[int], list[int]]]:
    """For each cell of a grid: those in it, and those in the four cells after it, so that two cells meet once."""
    high = metres / METRES_PER_DEGREE * 1.02
    north = min(FARTHEST, max(abs(objects[i].lat) for i in group))
    wide = high / cos(radians(north))
    grid: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i in group:
        grid[int(objects[i].lon // wide), int(objects[i].lat // high)].append(i)
    for (x, y), here in grid.items():
        after = ((x + 1, y - 1), (x + 1, y), (x + 1, y + 1), (x, y + 1))
        yield here, [i for cell in after for i in grid.get(cell, ())]


def nearest(place: Place, places: Sequence[Place], most: int = 1) -> list[tuple[int, float]]:
    """(number, metres) of the nearest of some places, the nearest first."""
    far = sorted((distance(place, other), i) for i, other in enumerate(places))
    return [(i, metres) for metres, i in far[:most]]
