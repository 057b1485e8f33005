"""A round as its page shows it: points in order along the water, beside each the values of every item by day with their grades."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from bihuan.domain.standards.surface_water.black_odorous import Grade
from bihuan.scenarios.black_waters.bodies import Round
from bihuan.scenarios.black_waters.judging import Judged
from bihuan.scenarios.black_waters.models import Point
from bihuan.scenarios.black_waters.words import GRADES, ITEM_NAMES, NAMES, UNITS


@dataclass(frozen=True)
class Value:
    """One value of a day; grade None: the item is not judged (depth). below: the detection limit, of which the value is half."""

    day: date
    value: float
    grade: Grade | None
    below: bool = False

    @property
    def shown(self) -> str:
        """The value, or the detection limit that it is below."""
        return f"<{2 * self.value:.4g}" if self.below else f"{self.value:.4g}"

    @property
    def word(self) -> str:
        """Its grade in Chinese; empty for what is not judged."""
        return "" if self.grade is None else GRADES[self.grade]


@dataclass(frozen=True)
class Line:
    """A point of a round. cells: for each item the values by day; None for an item that is not judged there."""

    point: Point
    grade: Grade | None
    cells: tuple[tuple[Value, ...] | None, ...]

    @property
    def word(self) -> str:
        """The grade of the point in Chinese."""
        return GRADES[self.grade]


@dataclass(frozen=True)
class RoundTable:
    """One round with its lines; heads: (item, unit) of the columns."""

    round: Round
    lines: tuple[Line, ...]

    @property
    def heads(self) -> list[tuple[str, str]]:
        """What stands above the columns."""
        return [(name, UNITS[item]) for item, name in NAMES.items()]


def tables_of(found: Judged, rounds: Sequence[Round], points: Sequence[Point]) -> list[RoundTable]:
    """The tables of some rounds of one body. points: of the body, with those that are no longer in use."""
    by_code = {point.pk: point for point in points}
    values: dict[tuple[date, str], list[dict[str, Any]]] = defaultdict(list)
    for row in found.samples.sort("day").to_dicts():
        values[row["round"], row["point"]].append(row)
    made = []
    for one in rounds:
        rows = found.points.filter(pl.col("round") == one.first).select("point", "grade", "items").iter_rows()
        lines = tuple(
            Line(by_code[code], _grade(grade), _cells(values[one.first, code], items))
            for code, grade, items in rows
        )
        made.append(RoundTable(one, lines))
    return made


def _grade(value: int | None) -> Grade | None:
    return None if value is None else Grade(value)


def _cells(samples: Sequence[dict[str, Any]], items: Sequence[str]) -> tuple[tuple[Value, ...] | None, ...]:
    judged = (_values(samples, item) if item in items else None for item in ITEM_NAMES)
    return (_values(samples, "depth"), *judged)


def _values(samples: Sequence[dict[str, Any]], item: str) -> tuple[Value, ...]:
    return tuple(
        Value(s["day"], s[item], _grade(s.get(f"grade_{item}")), bool(s.get(f"below_{item}")))
        for s in samples
        if s[item] is not None
    )
