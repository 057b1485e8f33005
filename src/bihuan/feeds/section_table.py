"""A table of surface-water values that a person hands to a command: every row and column stays, the items beside them as numbers.

Heads are those of the national release (Chinese with units, or English), or names, codes and Chinese names of the items of GB 3838-2002; a unit in a head is
converted. A result below the detection limit, `<0.01` or `0.01L`, stands for the limit.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import polars as pl

from bihuan.domain.quantities import LONG
from bihuan.domain.standards.surface_water import items
from bihuan.domain.units import factor, unit_of
from bihuan.feeds.lines import ROW
from bihuan.feeds.long.below import SMALLER, WITH_L
from bihuan.feeds.long.sections import CODES, NOT_MEASURED, WITH_UNIT
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Refusal, Unreadable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.feeds.values import numbers
from bihuan.reasons import Reason

KIND = ("kind", "断面类型")
NUMBERS_OF = "#"


@dataclass(frozen=True)
class SectionTable:
    """rows: all columns of the file, and `#<item>` with its numbers (null where there are none or they were refused)."""

    rows: pl.DataFrame
    refused: tuple[Refusal, ...]
    judged: tuple[str, ...]
    kind: str


def _words() -> dict[str, str]:
    """What heads may say of each item."""
    found: dict[str, str] = {}
    for item in items().values():
        found |= dict.fromkeys((item.name, item.code, item.chinese, item.short), item.name)
    by_code = {item.code: item.name for item in items().values()}
    return found | {word: by_code[code] for word, code in CODES.items() if code in by_code}


WORDS = _words()


def _items_of(columns: list[str]) -> dict[str, tuple[str, str | None]]:
    """By item: its column, and the unit in the head. The first column of an item counts."""
    found: dict[str, tuple[str, str | None]] = {}
    for column in columns:
        head = WITH_UNIT.match(column)
        name, unit = (head[1], head[2]) if head else (column, None)
        item = WORDS.get(name.strip())
        if item and item not in found:
            found[item] = (column, unit)
    return found


def read(path: Path) -> SectionTable:
    """The whole table. Raises Unreadable: no column is an item of GB 3838-2002, or the file cannot be read."""
    columns = columns_of(path)
    there = _items_of(columns)
    if not there:
        raise Unreadable(Reason("no_water_items", file=path.name, has=some_names(columns, 8)))
    pieces = list(table_pieces(path))
    rows = pl.concat([p.frame for p in pieces], how="vertical_relaxed")
    refused = [r for p in pieces for r in p.refused]
    for name, (column, unit) in there.items():
        numbered, bad = _numbers(path.name, rows, name, column, unit)
        rows = rows.with_columns(numbered.alias(f"{NUMBERS_OF}{name}"))
        refused += bad
    kind = next((k for k in KIND if k in columns), "")
    return SectionTable(rows.drop(ROW), tuple(refused), tuple(there), kind)


def _numbers(
    file: str, rows: pl.DataFrame, name: str, column: str, unit: str | None
) -> tuple[pl.Series, list[Refusal]]:
    """An item's numbers in the unit of the standard, null where there is none; refusals of the others."""
    item = items()[name]
    into = _factor(unit, item.unit)
    if into is None:
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, rows.height), [
            Refusal(file, 1, column, "", Reason("unit_of_field", unit=item.unit or "无量纲"))
        ]
    cells = rows.select(ROW, column)
    if cells.schema[column] == pl.String:
        text = pl.col(column).str.strip_chars()
        below = pl.coalesce(text.str.extract(SMALLER), text.str.extract(WITH_L))
        gone = text.is_in(NOT_MEASURED)
        cells = cells.with_columns(pl.when(gone).then(None).otherwise(pl.coalesce(below, text)).alias(column))
    found = numbers(cells, column, LONG[item.code].name, file, into)
    return found.values.fill_nan(None), list(found.refused)


def _factor(said: str | None, wanted: str) -> Fraction | None:
    if said is None or not said.strip():
        return Fraction(1)
    unit = unit_of(said)
    return None if unit is None else factor(unit, wanted)
