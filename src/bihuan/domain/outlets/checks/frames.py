"""Shared by the checks of outlets: what is judged, runs of periods, numbers and times as text, findings.

Long frame: site, item, start, value, step [duration that a row stands for]; sorted by item, site, start.
A row in a marked period (标记) or with a flag other than normal is not in it: marked data are no evidence of what the
process does.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import polars as pl

from bihuan.domain.checks import FINDINGS, with_titles
from bihuan.domain.outlets import limits as limits_in_force
from bihuan.domain.outlets.items import LABELS, UNITS
from bihuan.domain.outlets.tables import Watched
from bihuan.domain.timeaxis import HOUR, local_date

KEY = ("site", "item")


LENGTHS = {"小时": "[hours]", "天": "[days]"}
"""By the unit of a length: what tells the length of a run in a title (domain.checks.worded)."""


KEPT_VALUES = 72


BEFORE = 96
"""Rows that `usual_before` looks back at most [h]."""


LABEL = pl.col("item").replace_strict(LABELS, default="")


UNIT = pl.col("item").replace_strict(UNITS, default="")


LOCAL = timedelta(hours=8)


def number(value: str | pl.Expr, decimals: int = 1) -> pl.Expr:
    """A number as text, without a trailing .0; a dash where there is none."""
    expr = pl.col(value) if isinstance(value, str) else value
    return expr.cast(pl.Float64).round(decimals).cast(pl.String).str.strip_suffix(".0").fill_null("—")


def moment(column: str) -> pl.Expr:
    """An instant as local text: 11月25日 07:12."""
    return (pl.col(column) + LOCAL).dt.strftime("%-m月%-d日 %H:%M")


def local_day(column: str = "start") -> pl.Expr:
    """UTC instant at which the local day of an instant begins."""
    return (pl.col(column) + LOCAL).dt.truncate("1d") - LOCAL


def outside(rows: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """Rows (site, start) whose start no mark of their site covers."""
    if marks.is_empty():
        return rows
    ends = marks.sort("site", "start").select(
        "site", _from="start", _until=pl.col("until").cum_max().over("site")
    )
    joined = rows.sort("site", "start").join_asof(
        ends, left_on="start", right_on="_from", by="site", check_sortedness=False
    )
    free = pl.col("_until").is_null() | (pl.col("start") >= pl.col("_until"))
    return joined.filter(free).drop("_from", "_until")


def with_outlet(rows: pl.DataFrame, watched: Watched, *columns: str) -> pl.DataFrame:
    """Adds columns of the outlet; rows of unknown outlets are left out."""
    return rows.join(watched.outlets.select("site", *columns), on="site")


def long(wide: pl.DataFrame, values: Mapping[str, pl.Expr], *more: str) -> pl.DataFrame:
    """Wide rows -> long frame with one row per item that has a value; `more` columns are kept."""
    site, start = pl.col("site"), pl.col("start")
    back = (site < site.shift()) | ((site == site.shift()) & (start < start.shift()))
    picked = wide.lazy().select("site", "start", "step", *more, **{f"_{i}": v for i, v in values.items()})
    ordered = picked.sort("site", "start") if wide.select(back.any()).item() else picked
    pieces = [
        ordered.select("site", pl.lit(i).alias("item"), "start", "step", *more, value=f"_{i}") for i in values
    ]
    return pl.concat(pieces).filter(pl.col("value").is_not_null()).collect()


def normal(item: str) -> pl.Expr:
    """The flag of a quantity says normal: N, or none (loggers of 2005 send none)."""
    flag = pl.col(f"{item}_flag")
    return flag.is_null() | (flag == "N")


def complete_hours(watched: Watched) -> pl.DataFrame:
    """Unmarked hours of the platform that are over."""
    return watched.hours.filter(pl.col("mark").is_null(), pl.col("start") + HOUR <= watched.as_of)


def hourly(watched: Watched) -> pl.DataFrame:
    """The limits that judge an hour."""
    return watched.limits.filter(pl.col("period") == "hour")


def with_limit(rows: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Adds `limit` and `basis`: the strictest limit in force on the local date of each row; rows without are dropped."""
    return limits_in_force.with_limit(rows.with_columns(date=local_date()), limits).drop("date")


def without_value(slots: pl.DataFrame, hours: pl.DataFrame, items: Iterable[str]) -> pl.DataFrame:
    """Of slots (site, item, start, ...) those whose hour is neither valid nor one of a stop (flag F), or is not there."""
    known = [
        hours.filter(pl.col(f"valid_{i}") | (pl.col(f"{i}_flag") == "F").fill_null(False)).select(
            "site", "start", item=pl.lit(i)
        )
        for i in items
    ]
    return slots.join(pl.concat(known), on=[*KEY, "start"], how="anti")


def usual_before(value: str, share: float, least: int, by: Sequence[str]) -> pl.Expr:
    """The `share` quantile of the rows before this one, null until `least` of them are there. rows: hours, sorted by `by`, start.

    What is odd is measured by what came before: the end of an odd time does not make the usual one look odd.
    """
    earlier = pl.col(value).rolling_quantile(share, window_size=BEFORE, min_samples=least)
    return earlier.shift().over(by)


def runs(
    rows: pl.DataFrame,
    *aggregations: pl.Expr,
    by: Sequence[str] = KEY,
    bridge: timedelta = timedelta(0),
    same: Sequence[str] = (),
) -> pl.DataFrame:
    """Rows that follow each other -> one row: the columns of `by`, start, until (exclusive), n, `aggregations`.

    Gaps up to `bridge` are bridged; a change in a column of `same` ends a run. rows: `by`, start, step.
    """
    rows = rows.sort(*by, "start")
    alike = [pl.col(c).eq_missing(pl.col(c).shift()) for c in (*by, *same)]
    near = pl.col("start").diff() <= pl.col("step").shift() + bridge
    run = (~pl.all_horizontal(*alike, near).fill_null(False)).cum_sum()
    until = (pl.col("start") + pl.col("step")).max().alias("until")
    grouped = rows.with_columns(_run=run).group_by("_run", maintain_order=True)
    return grouped.agg(
        *(pl.col(c).first() for c in by),
        until,
        pl.len().cast(pl.Int64).alias("n"),
        *aggregations,
        pl.col("start").first(),
    ).drop("_run")


def lasting(least: timedelta) -> pl.Expr:
    """Runs from their start to their end at least so long."""
    return pl.col("until") - pl.col("start") >= least


def hours_long() -> pl.Expr:
    """Length of a run [h]."""
    return (pl.col("until") - pl.col("start")).dt.total_minutes() / 60


def kept(column: str = "value") -> pl.Expr:
    """The first values of a run, for its evidence."""
    return pl.col(column).head(KEPT_VALUES).round(3).alias(f"{column}s")


def findings(
    rows: pl.DataFrame,
    *,
    title: pl.Expr,
    magnitude: pl.Expr,
    unit: str,
    evidence: Mapping[str, str | pl.Expr],
) -> pl.DataFrame:
    """Rows (site, start, until, perhaps item) -> FINDINGS; `evidence` maps the name that people read to a number.

    What tells the length of a run is left open in `title` (domain.checks.worded).
    """
    numbers = [(pl.col(v) if isinstance(v, str) else v).alias(name) for name, v in evidence.items()]
    found = rows.select(
        target_kind=pl.lit("outlet"),
        target="site",
        start="start",
        until="until",
        item="item" if "item" in rows.columns else pl.lit(""),
        magnitude=magnitude.cast(pl.Float64).round(3),
        unit=pl.lit(unit),
        title=title,
        evidence=pl.struct(numbers).struct.json_encode(),
    )
    return with_titles(found).cast(FINDINGS).sort("target", "start", "item")
