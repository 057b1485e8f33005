"""Long rows, one for each value: what all their readers have in common (times, the shape, doubled rows)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from bihuan.domain.periods import PERIODS, off_grid, start_of_end
from bihuan.domain.timeaxis import INSTANT
from bihuan.feeds.labels import FORMATS, OUT_OF_YEARS, YEARS
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Refusal
from bihuan.reasons import Reason

KEY = ["site", "quantity", "period", "start"]
SCHEMA: dict[str, pl.DataType] = {
    "site": pl.String(),
    "quantity": pl.String(),
    "period": pl.String(),
    "start": INSTANT,
    "value": pl.Float64(),
    "flag": pl.String(),
    ROW: pl.UInt32(),
}
"""Null value = delivered as empty. Rows of a file that says nothing of flags have no column `flag`."""
TIMES = (*FORMATS, "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")
FAULTS: Mapping[str, Reason] = {
    "no_moment": Reason("no_moment"),
    "no_begin": Reason("no_begin"),
    "out_of_years": OUT_OF_YEARS,
}
CONFLICT = Reason("long_conflict")


def utc(local: str) -> pl.Expr:
    """A column of naive China times as UTC instants."""
    return (pl.col(local).cast(pl.Datetime("us")) - pl.duration(hours=8)).dt.replace_time_zone("UTC")


def _by_period(periods: Sequence[str], of_one: dict[str, pl.Expr]) -> pl.Expr:
    return pl.coalesce([pl.when(pl.col("period") == p).then(of_one[p]) for p in periods])


def timed(
    file: str, frame: pl.DataFrame, times: pl.Series, raw: pl.Expr, column: str, *, end: bool = False
) -> tuple[pl.DataFrame, tuple[Refusal, ...]]:
    """Rows (with `period`) that have a good time, with `start`; refusals of the others.

    times: naive China times of the rows, null where the cell is none. raw: the cell as text. end: they name the periods' ends.
    """
    periods = [p for p in PERIODS if p in frame["period"]]
    table = frame.with_columns(times.alias("#time"), raw.alias("#raw"))
    if end and periods:
        begins = _by_period(periods, {p: start_of_end(p, "#time") for p in periods})
        table = table.with_columns(begins.alias("#time"))
    table = table.with_columns(utc("#time").alias("start")).with_columns(_fault(periods).alias("#fault"))
    bad = table.filter(pl.col("#fault").is_not_null()).select(ROW, "#raw", "#fault")
    refused = tuple(
        Refusal(file, row, column, text or "", FAULTS[fault]) for row, text, fault in bad.iter_rows()
    )
    return table.filter(pl.col("#fault").is_null()).drop("#time", "#raw", "#fault"), refused


def _fault(periods: Sequence[str]) -> pl.Expr:
    """What keeps a row's time from being one of its period, as a key of FAULTS; null where it is one."""
    wrong = _by_period(periods, {p: off_grid(p) for p in periods}) if periods else pl.lit(False)
    return (
        pl.when(pl.col("#time").is_null())
        .then(pl.lit("no_moment"))
        .when(~pl.col("#time").dt.year().is_between(*YEARS))
        .then(pl.lit("out_of_years"))
        .when(wrong)
        .then(pl.lit("no_begin"))
    )


@dataclass(frozen=True)
class Settled:
    """Rows with each key once, refusals of contradicting rows, how many rows repeated another, how many revised one."""

    rows: pl.DataFrame
    refused: tuple[Refusal, ...] = ()
    repeated: int = 0
    revised: int = 0


def settle(rows: pl.DataFrame, file: str, *, last_counts: bool = False) -> Settled:
    """Each key once. last_counts: the publisher revises further down in the file; then nothing contradicts."""
    said = [c for c in ("value", "flag") if c in rows.columns]
    ordered = rows.sort(*KEY, ROW)
    different = ordered.unique([*KEY, *said], keep="last" if last_counts else "first", maintain_order=True)
    repeated = rows.height - different.height
    if last_counts:
        once = different.unique(KEY, keep="last", maintain_order=True)
        return Settled(once, (), repeated, different.height - once.height)
    clash = different.filter(pl.struct(KEY).is_duplicated()).select(KEY).unique()
    if clash.is_empty():
        return Settled(different, (), repeated)
    bad = ordered.join(clash, on=KEY, how="semi").sort(ROW)
    local = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%dT%H:%M")
    shown = pl.concat_str("site", "quantity", "period", local, separator=" ")
    refused = tuple(Refusal(file, row, "", key, CONFLICT) for row, key in bad.select(ROW, shown).iter_rows())
    good = different.join(clash, on=KEY, how="anti", maintain_order="left")
    return Settled(good, refused, rows.height - good.height - bad.height)


def as_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Long rows as the plain long table of files: site, time (begin of the period, China time), code, value, period, flag."""
    time = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None).alias("time")
    names = [pl.col("site"), time, pl.col("quantity").alias("code"), pl.col("value", "period")]
    return rows.select(*names, *([pl.col("flag")] if "flag" in rows.columns else []))


def as_wide(rows: pl.DataFrame) -> pl.DataFrame:
    """Long rows with a column for each quantity, by site and start: for people to look at."""
    index = ["site", "period", "start"]
    return rows.pivot("quantity", index=index, values="value", aggregate_function="last").sort(index)
