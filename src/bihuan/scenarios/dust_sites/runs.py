"""Consecutive rows become one finding."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import FINDINGS, with_titles

HOUR = timedelta(hours=1)


def runs(
    rows: pl.DataFrame, by: Sequence[str], *aggregated: pl.Expr, step: timedelta = HOUR, bridge: int = 0
) -> pl.DataFrame:
    """Rows by `by` and start -> one row for each stretch without a gap (of more than `bridge` steps): by, start, until, n, and what is aggregated."""
    ordered = rows.sort(*by, "start")
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift()) for c in by)
    near = pl.col("start").diff() <= step * (1 + bridge)
    told = ordered.with_columns(_run=(~(same & near).fill_null(value=False)).cum_sum())
    return (
        told.group_by("_run", maintain_order=True)
        .agg(
            *(pl.col(c).first() for c in by),
            pl.col("start").first(),
            *aggregated,
            until=pl.col("start").last() + step,
            n=pl.len().cast(pl.Int64),
        )
        .drop("_run")
    )


def finding(
    about: tuple[str, str],
    span: tuple[datetime, datetime],
    title: str,
    evidence: Mapping[str, Any],
    **more: Any,
) -> dict[str, Any]:
    """A row of FINDINGS; its title may leave the length of its time open."""
    return {
        "target_kind": about[0], "target": about[1], "start": span[0], "until": span[1], "item": "", "magnitude": None, "unit": "",
        "title": title, "evidence": json.dumps(evidence, ensure_ascii=False), **more,
    }  # fmt: skip


def table(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """FINDINGS of some rows."""
    plain = {name: kind for name, kind in FINDINGS.items() if name != "phrase"}
    found = pl.DataFrame(list(rows), schema=plain, orient="row")
    return with_titles(found).select(list(FINDINGS)).cast(FINDINGS).sort("target", "start", "item")


def shown(value: float | None) -> str:
    """µg/m³ as a title tells it."""
    return "—" if value is None else f"{value:.0f}"
