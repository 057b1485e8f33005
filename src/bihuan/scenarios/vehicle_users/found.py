"""Rows that show something become findings: one for each target and local day."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain import checks

UNIT, GATE = "vehicle_user", "gate"
"""What findings are about."""
MINUTE = timedelta(minutes=1)
MOST_PLATES = 12
Worded = Callable[[Mapping[str, Any]], tuple[str, Mapping[str, Any]]]
PLATES = pl.col("plate").filter(pl.col("plate") != "").unique(maintain_order=True)


def days(rows: pl.DataFrame, by: str, *aggregated: pl.Expr, **named: pl.Expr) -> pl.DataFrame:
    """Rows with `day` -> one for each `by` and day: start, until, n, vehicles, plates, and what is aggregated."""
    return rows.sort("start").group_by(by, "day", maintain_order=True).agg(
        *aggregated, **named, n=pl.len().cast(pl.Int64), vehicles=PLATES.len().cast(pl.Int64), plates=PLATES.head(MOST_PLATES).str.join(" "),
        until=pl.col("start").last() + MINUTE, start=pl.col("start").first(),
    )  # fmt: skip


def shares(rows: pl.DataFrame, by: str, wrong: pl.Expr) -> pl.DataFrame:
    """Rows with `day` -> of each `by` and day those that are wrong (as `days`), of how many (`of`), and their `share`."""
    whole = rows.group_by(by, "day").agg(of=pl.len().cast(pl.Int64))
    some = days(rows.filter(wrong.fill_null(value=False)), by).join(whole, on=[by, "day"])
    return some.with_columns(share=pl.col("n") / pl.col("of"))


def findings(rows: pl.DataFrame, kind: str, now: datetime, worded: Worded, size: str = "n", unit: str = "") -> pl.DataFrame:  # fmt: skip
    """FINDINGS of rows with start and until; none begins or ends later than now. The key is the column `unit` or `site`.

    worded: title and evidence of a row; plates are added to the evidence. size: the column of the magnitude, in `unit`.
    """
    key = "unit" if kind == UNIT else "site"
    return checks.findings(
        _row(row, kind, key, now, worded, size, unit) for row in rows.iter_rows(named=True)
    )


def _row(row: dict[str, Any], kind: str, key: str, now: datetime, worded: Worded, size: str, unit: str) -> dict[str, Any]:  # fmt: skip
    title, evidence = worded(row)
    told = dict(evidence)
    if row.get("plates"):
        told["号牌"] = row["plates"]
    start = min(row["start"], now - MINUTE)
    span = (start, max(start + MINUTE, min(row["until"], now)))
    return checks.finding((kind, row[key]), span, title, told, magnitude=float(row[size]), unit=unit)


def percent(share: float) -> str:
    """As titles tell it."""
    return f"{share * 100:.0f}%"
