"""Rows of the evaluation tables, made of the domain's functions; numbers are rounded as the standard publishes them."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import polars as pl

from bihuan.domain.quantities import BY_NAME, ITEM_NAMES, ITEMS
from bihuan.domain.standards import SHOWN, edition_on, half_even, level_of, levels, missing_items
from bihuan.domain.statistics import (
    all_valid,
    composite,
    period_values,
    published_days,
    ranking,
    same_period_last_year,
    span_values,
)
from bihuan.domain.statistics.periods import EVALUATED
from bihuan.scenarios.air.evaluation.places import Place
from bihuan.scenarios.air.evaluation.snapshot import Known
from bihuan.scenarios.air.evaluation.spans import Span

Row = dict[str, Any]
OLD, NEW = "GB3095-2012", "GB3095-2026"
BASES = {"date": "auto", "new": NEW}
LABELS = {EVALUATED[q.name]: {"co": "CO-95per", "o3": "O3-8h-90per"}.get(q.name, q.label) for q in ITEMS}
"""Statistic -> head of its column, in the order of the items."""

VALUES = ("pm25", "pm10", "so2", "no2", "co", "o3_8h")
BY_AQI = ("valid_days", "good_days", "heavy_days", "good_ratio")


def decimals(day: date, standard: str = "auto") -> dict[str, int]:
    """Decimals of every published statistic of a span that ends on `day`."""
    edition = edition_on(day, standard)
    found = {column: edition.decimals(item, statistic=True) for item, column in EVALUATED.items()}
    return found | {"composite": edition.decimals_index, "index": edition.decimals_index, "good_ratio": 1}


def day_decimals(day: date, standard: str = "auto") -> dict[str, int]:
    """Decimals of published daily values."""
    edition = edition_on(day, standard)
    return {v: edition.decimals(v, statistic=False) for v in VALUES}


def _lacking() -> pl.Expr:
    """Is one of the six items never measured there? Then an AQI or an index of the rest would mislead."""
    return pl.any_horizontal(pl.col(f"n_{v}") == 0 for v in VALUES)


def _honest(table: pl.DataFrame) -> pl.DataFrame:
    """Hide what would mislead: figures by AQI where an item is never measured, an index of items that lack days."""
    hidden = [c for c in table.columns if c.startswith(BY_AQI)]
    marked = table.with_columns(lacking=_lacking(), full=all_valid())
    shown = marked.with_columns(pl.when(~pl.col("lacking")).then(c).alias(c) for c in hidden)
    return shown.with_columns(pl.when("full").then("composite").alias("composite"))


def _ranked(table: pl.DataFrame, kinds: dict[str, str]) -> pl.DataFrame:
    """Rank among places of the same kind with enough days; the cities by PM2.5 where a neighbour measures no more."""
    group = {key: "city" if kind == "neighbour" else kind for key, kind in kinds.items()}
    known = table.filter(pl.col("site").is_in(list(group)))
    parts = known.with_columns(
        group=pl.col("site").replace_strict(group, return_dtype=pl.String)
    ).partition_by("group")
    ranked = [_ranked_by(p, "pm25" if _few_items(p) else "composite") for p in parts]
    return pl.concat(ranked) if ranked else known


def _few_items(group: pl.DataFrame) -> bool:
    """Are these cities, of which one never measures all six items?"""
    return group["group"][0] == "city" and bool(group["lacking"].any())


def _ranked_by(group: pl.DataFrame, by: str) -> pl.DataFrame:
    valid = all_valid() if by == "composite" else pl.col("valid_pm25")
    return ranking(group, by, valid=valid).with_columns(ranked_by=pl.lit(by))


def span_rows(known: Known, places: list[Place], span: Span, standard: str) -> list[Row]:
    """A row per place: statistics, rank among all of its kind, change against the same days a year before.

    The ranked come first within each kind, then those that lack days, then those without data.
    """
    found = _span_table(known, span, standard)
    return _in_order([_row(p, found.get(p.key), span) for p in places], "values")


def _in_order(rows: list[Row], side: str) -> list[Row]:
    """By kind as they came, by rank within it; the unranked below."""
    kinds = list(dict.fromkeys(r["place"].kind for r in rows))

    def key(row: Row) -> tuple[int, bool, bool, int]:
        rank = (row[side] or {}).get("rank")
        return kinds.index(row["place"].kind), row[side] is None, rank is None, rank or 0

    return sorted(rows, key=key)


@lru_cache(maxsize=32)
def _span_table(known: Known, span: Span, standard: str) -> dict[str, Row]:
    table = _honest(same_period_last_year(known.days, span.first, span.last, standard))
    return {r["site"]: r for r in _ranked(table, known.kinds).iter_rows(named=True)}


def _row(place: Place, values: Row | None, span: Span) -> Row:
    row: Row = {"place": place, "values": values, "why_empty": "", "note": "", "unranked": ""}
    if values is None:
        return row | {"why_empty": "no_data" if place.measured else "no_station"}
    days = [values[f"n_{v}"] for v in VALUES if values[f"n_{v}"]]
    short = min(days, default=0)
    if span.needed and short < span.needed:
        row["note"] = f"{short}/{span.needed}"
    row["unranked"] = _unranked(values, span)
    return row | {"bars": _bars(values), "compared": values["pm25_before"] is not None}


def _unranked(values: Row, span: Span) -> str:
    """`15/31`: the valid days of the item that keeps a place out of the ranking; empty where it has a rank."""
    if values.get("rank", 0) is not None:
        return ""
    items = ("pm25",) if values["ranked_by"] == "pm25" else VALUES
    return f"{min(values[f'n_{v}'] for v in items)}/{(span.last - span.first).days + 1}"


def _bars(values: Row) -> list[Row]:
    """Single indices as small bars; the height is the share of 3 times the limit."""
    known = [(i, values[f"index_{i}"]) for i in ITEM_NAMES]
    return [
        {
            "label": BY_NAME[i].label,
            "index": x,
            "height": 0 if x is None else min(round(x / 3 * 24, 1), 24),
            "over": (x or 0) > 1,
        }
        for i, x in known
    ]


def both_rows(known: Known, places: list[Place], span: Span) -> list[Row]:
    """The same span on the standard of 2012 and of 2026, side by side, and the new limits with the old sum."""
    old, new = _basis_table(known, span, OLD), _basis_table(known, span, NEW)
    rows = [
        {
            "place": p,
            "old": old.get(p.key),
            "new": new.get(p.key),
            "measured": p.measured,
            "unranked": _unranked(new[p.key], span) if p.key in new else "",
        }
        for p in places
    ]
    return _in_order(rows, "new")


@lru_cache(maxsize=32)
def _basis_table(known: Known, span: Span, standard: str) -> dict[str, Row]:
    """Ranked statistics on one standard; `mixed` is its limits with the unweighted sum of 2013."""
    edition = edition_on(span.last, standard)
    mixed = half_even(composite(edition, hj663="HJ663-2013"), edition.decimals_index)
    table = _honest(span_values(known.days, span.first, span.last, standard)).with_columns(mixed=mixed)
    return {r["site"]: r for r in _ranked(table, known.kinds).iter_rows(named=True)}


def month_rows(days: pl.DataFrame, key: str, year: int, standard: str) -> list[Row]:
    """The months of a year of one place, with what makes a month invalid."""
    own = days.filter((pl.col("site") == key) & (pl.col("date").dt.year() == year))
    rows = []
    for r in _honest(period_values(own, "month", standard)).iter_rows(named=True):
        span = Span(
            r["start"], r["start"], (r["start"] + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        )
        rows.append(_row(Place(key, "", "", ""), {**r, "pm25_before": None}, span))
    return rows


def day_rows(days: pl.DataFrame, key: str, first: date, last: date, standard: str) -> list[Row]:
    """Published days of one place, newest first; `missing` names what a day lacks, which leaves no AQI up to 100."""
    own = days.filter((pl.col("site") == key) & pl.col("date").is_between(first, last))
    judged = published_days(own, standard, SHOWN).with_columns(missing=missing_items())
    return judged.sort("date", descending=True).to_dicts()


def calendar(
    days: pl.DataFrame, key: str, year: int, standard: str, last: date
) -> list[tuple[int, list[int | None]]]:
    """Month -> 31 cells with the day's AQI: None without one or with items missing, -1 for a day that does not exist or is still to come."""
    known = {r["date"]: r["aqi"] for r in day_rows(days, key, date(year, 1, 1), date(year, 12, 31), standard)}
    return [(month, [_cell(known, last, year, month, day) for day in range(1, 32)]) for month in range(1, 13)]


def _cell(known: dict[date, int | None], last: date, year: int, month: int, day: int) -> int | None:
    if day > monthrange(year, month)[1] or date(year, month, day) > last:
        return -1
    return known.get(date(year, month, day))


def level_counts(cells: list[tuple[int, list[int | None]]]) -> dict[int, int]:
    """Level -> days of the year so far."""
    levels = [level_of(a).level for _, row in cells for a in row if a is not None and a >= 0]
    return {level: levels.count(level) for level in range(1, 7)}


def category(level: int | None) -> str | None:
    """`四级 中度污染`, as reports name a level."""
    found = {x.level: f"{x.numeral} {x.category}" for x in levels()}
    return found.get(level) if level else None
