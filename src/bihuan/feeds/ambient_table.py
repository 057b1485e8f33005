"""The ambient table: one row per site and hour, `time` = END of the hour in China Standard Time."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.domain.quantities import BY_LABEL, BY_NAME, ITEM_NAMES, WEATHER_NAMES
from bihuan.domain.timeaxis import labels_from_starts
from bihuan.feeds.gather import gather
from bihuan.feeds.mapping import ColumnMapping, Target, read_piece, refuse_doubled
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.reasons import Reason

NAME = "ambient"
SITES = ("site", "station")
NEEDED = frozenset({"time", *SITES})
CO_LOOKS_LIKE_UG = 50.0
FEWEST_FOR_UNIT = 12  # a real spike of 90 mg/m³ in a short file is no wrong unit


def fits(columns: list[str]) -> bool:
    """Whether these column names are an ambient table's."""
    return "time" in columns and bool(set(SITES) & set(columns)) and bool(set(BY_LABEL) & set(columns))


def _mapping(file: str, columns: list[str]) -> ColumnMapping:
    has = some_names(columns, 8)
    site = next((name for name in SITES if name in columns), "")
    if not site:
        raise Unreadable(Reason("no_column", file=file, column="site", has=has))
    if "time" not in columns:
        raise Unreadable(Reason("no_column", file=file, column="time", has=has))
    quantities = {c: Target(BY_LABEL[c].name) for c in columns if c in BY_LABEL}
    if not quantities:
        raise Unreadable(Reason("none_of_columns", file=file, columns=", ".join(BY_LABEL)))
    return ColumnMapping(site, ("time",), quantities)


def _co_in_micrograms(path: Path) -> bool:
    """CO of a whole file around hundreds is surely in µg/m³, not in the table's mg/m³."""
    first = next(table_pieces(path, NEEDED)).frame["CO"]
    values = first.cast(pl.Float64, strict=False).fill_nan(None).drop_nulls()
    if len(values) < FEWEST_FOR_UNIT:
        return False
    median = values.filter(values > 0).median()
    return isinstance(median, float) and median > CO_LOOKS_LIKE_UG


def _co_refusal(path: Path) -> Refusal:
    return Refusal(path.name, 1, "CO", "", Reason("co_in_micrograms", limit=CO_LOOKS_LIKE_UG))


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece; rows carry `#row`, NaN = refused value ("not delivered"). Raises Unreadable."""
    columns = columns_of(path, NEEDED)
    mapping = _mapping(path.name, columns)
    refuse_doubled(path.name, columns, mapping.used)
    ignored = tuple(c for c in columns if c not in mapping.used)
    if "CO" in columns and _co_in_micrograms(path):
        yield Reading(pl.DataFrame(), (_co_refusal(path),), ignored)
        others = {c: t for c, t in mapping.quantities.items() if c != "CO"}
        mapping = ColumnMapping(mapping.site, mapping.time, others)
    for piece in table_pieces(path, NEEDED):
        yield read_piece(path.name, piece, mapping, ignored)


def read(path: Path) -> Reading:
    """The whole file: one row per site and hour, refused values null. Raises Unreadable.

    Rows that say the same twice are taken once; rows that contradict each other are refused, all of them.
    """
    return gather(path.name, batches(path))


def as_table(rows: pl.LazyFrame) -> pl.DataFrame:
    """The inside shape -> the ambient table of files: by site and time; weather only where there is any."""
    have = rows.collect_schema().names()
    names = [n for n in (*ITEM_NAMES, *WEATHER_NAMES) if n in have]
    table = rows.select("site", labels_from_starts().alias("time"), *names).collect().sort("site", "time")
    kept = [n for n in names if n in ITEM_NAMES or table[n].count()]
    return table.select("site", "time", *[pl.col(n).alias(BY_NAME[n].label) for n in kept])
