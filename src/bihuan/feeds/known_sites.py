"""Only sites that are known: others are refused, each with the names that are most like it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from difflib import get_close_matches

import polars as pl

from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Reading, Refusal
from bihuan.reasons import Reason

UNKNOWN = "unknown_section"
MOST, LIKE = 3, 0.4
"""How many names are offered, and from which likeness on (ours)."""


def only_known(reading: Reading, file: str, names: Mapping[str, str]) -> Reading:
    """The reading with the sites that its names mean, without rows of other names, each of its records refused once; as it is where there are no names."""
    if not names or "site" not in reading.rows.columns:
        return reading
    good = pl.col("site").is_in(list(names))
    others = reading.rows.filter(~good).select(ROW, "site").unique().sort(ROW)
    why = {site: _why(site, names) for site in others["site"].unique()}
    refused = [Refusal(file, row, reading.place, site, why[site]) for row, site in others.iter_rows()]
    told = tuple(sorted((*reading.refused, *refused), key=lambda refusal: refusal.row))
    rows = reading.rows.filter(good).with_columns(pl.col("site").replace(names))
    return replace(reading, rows=rows, refused=told)


def _why(site: str, names: Collection[str]) -> Reason:
    """With the names that are most like it, as a whole or without the province."""
    short = {name.rpartition("·")[2]: name for name in sorted(names, reverse=True)}
    like = get_close_matches(site.rpartition("·")[2], short, MOST, LIKE)
    found = list(dict.fromkeys(short[name] for name in like))
    return Reason("unknown_section", like=", ".join(found)) if found else Reason("unknown_section_unlike")
