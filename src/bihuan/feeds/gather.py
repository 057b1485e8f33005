"""Batches of one file -> one reading; doubled hours are settled here."""

from collections.abc import Iterable

import polars as pl

from bihuan.domain.quantities import BY_NAME
from bihuan.domain.timeaxis import labels_from_starts
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import SCHEMA, Reading, Refusal, Unreadable
from bihuan.reasons import Reason

KEY = ["site", "start"]
CONFLICT = Reason("conflict")


def said(rows: pl.DataFrame) -> pl.DataFrame:
    """Without the rows of which every value was refused."""
    names = [n for n in BY_NAME if n in rows.columns]
    if not names:
        return rows.clear()
    return rows.filter(pl.any_horizontal(pl.col(n).is_null() | pl.col(n).is_not_nan() for n in names))


def settle(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, tuple[Refusal, ...], int]:
    """Rows with each key once, refusals of contradicting rows, and how many rows repeated another."""
    ordered = rows.sort(*KEY, ROW)
    again = (pl.col("site") == pl.col("site").shift()) & (pl.col("start") == pl.col("start").shift())
    second = again.fill_null(value=False)
    doubled = ordered.select(second | second.shift(-1, fill_value=False)).to_series()
    if not doubled.any():
        return ordered, (), 0
    several = ordered.filter(doubled)
    values = [c for c in rows.columns if c not in (*KEY, ROW)]
    different = several.unique([*KEY, *values], keep="first", maintain_order=True)
    clash = different.filter(pl.struct(KEY).is_duplicated()).select(KEY).unique()
    bad = several.join(clash, on=KEY, how="semi").sort(ROW)
    refused = tuple(
        Refusal(file, row, "", f"{site} {label:%Y-%m-%dT%H:%M}", CONFLICT)
        for row, site, label in bad.select(ROW, "site", labels_from_starts()).iter_rows()
    )
    good = pl.concat([ordered.filter(~doubled), different.join(clash, on=KEY, how="anti")])
    return good, refused, rows.height - good.height - bad.height


def gather(file: str, readings: Iterable[Reading]) -> Reading:
    """All batches as one reading in the inside shape, refused values as null. Raises Unreadable."""
    parts = list(readings)
    if not sum(p.rows_in_file for p in parts):
        raise Unreadable(Reason("no_rows_below", file=file))
    frames = [p.rows for p in parts if p.rows.width]
    rows = pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema={**SCHEMA, ROW: pl.UInt32})
    rows, clashes, _ = settle(rows, file)
    values = [c for c in rows.columns if c not in (*KEY, ROW)]
    refused = tuple(r for p in parts for r in p.refused) + clashes
    return Reading(
        rows.drop(ROW).with_columns(pl.col(values).fill_nan(None)).sort(KEY),
        refused,
        parts[0].ignored_columns if parts else (),
        tuple(dict.fromkeys(n for p in parts for n in p.notes)),
        sum(p.rows_in_file for p in parts),
    )
