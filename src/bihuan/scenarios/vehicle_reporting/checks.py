"""Checks of our own reporting: they name faults of ours, and hold nothing against a station.

They carry no cause `centre`: with it, whatever falls silent in the city while a queue is long would be laid at our door.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.timeaxis import INSTANT, day_start
from bihuan.domain.vehicles.upward.messages import KINDS

BASIS = "移动源三级联网：每日对账（条款待核）；阈值自有方法"
Row = tuple[str, tuple[datetime, datetime], str, dict[str, int], float, str]
"""Kind, start and end, title, evidence, magnitude, unit."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUEUE = pl.Schema({"kind": pl.String(), "n": pl.Int64(), "oldest": INSTANT})
"""What waits, by kind; oldest: when the first of it came into the outbox."""
DAYS = pl.Schema({"kind": pl.String(), "day": pl.Date(), "ours": pl.Int64(), "theirs": pl.Int64(), "lost": pl.Int64(), "extra": pl.Int64()})  # fmt: skip
"""Days compared; theirs is null where the platform above did not say; lost: of ours that it lacks without a reason, or has an older version of."""
ANSWERED = pl.Schema({"kind": pl.String(), "taken": pl.Int64(), "refused": pl.Int64(), "since": INSTANT})
"""Messages that were settled lately: taken, and those of them that wait to be mended."""


@dataclass(frozen=True)
class Reporting:
    """What the checks look at; city: its code, empty where there is none."""

    city: str
    now: datetime
    queue: pl.DataFrame
    days: pl.DataFrame
    answered: pl.DataFrame


@check("reporting.queue", title="上报积压", basis=BASIS, severity="moderate", looks_at="reporting")
def queue(reporting: Reporting, *, hours: float = 24.0) -> pl.DataFrame:
    """Records of a kind have waited to be sent for `hours` or longer. Source: own method. Returns FINDINGS (about the city); magnitude = age of the oldest [h]."""
    late = reporting.queue.filter(
        pl.lit(reporting.now, INSTANT) - pl.col("oldest") >= pl.duration(seconds=round(hours * 3600))
    )
    return _about(reporting, (_waits(reporting, r) for r in late.iter_rows(named=True)))


def _waits(reporting: Reporting, r: Mapping[str, Any]) -> Row:
    age = (reporting.now - r["oldest"]) / HOUR
    title = f"{KINDS[r['kind']]}积压 {r['n']} 条，最早一条已等 {age:.0f} 小时"
    return r["kind"], (r["oldest"], reporting.now), title, {"待发送": r["n"]}, age, "h"


@check("reporting.days", title="对账不一致", basis=BASIS, severity="moderate", looks_at="reporting")
def days(reporting: Reporting, *, least: int = 1, after: int = 2) -> pl.DataFrame:
    """A day, `after` days or longer ago, of which the platform above lacks `least` records or more without a reason that we know, or has so many that we have not.

    A day of which it did not say anything is not judged. Source: daily reconciliation (clause to be checked). Returns FINDINGS (about the city); magnitude = records.
    """
    rows = reporting.days.filter(pl.col("theirs").is_not_null()).group_by("kind", "day").agg(pl.col("ours", "theirs", "lost", "extra").sum())  # fmt: skip
    wrong = rows.filter(pl.col("lost") + pl.col("extra") >= least).sort("kind", "day")
    old = [r for r in wrong.iter_rows(named=True) if day_start(r["day"]) + (after + 1) * DAY <= reporting.now]
    return _about(reporting, map(_differs, old))


def _differs(r: Mapping[str, Any]) -> Row:
    title = f"{KINDS[r['kind']]} [start_day] 对账不一致：上级缺 {r['lost']} 条，多 {r['extra']} 条"
    span = (day_start(r["day"]), day_start(r["day"]) + DAY)
    return (
        r["kind"],
        span,
        title,
        {"本平台": r["ours"], "上级平台": r["theirs"]},
        float(r["lost"] + r["extra"]),
        "条",
    )


@check("reporting.refused", title="上报退回比例高", basis=BASIS, severity="moderate", looks_at="reporting")
def refused(reporting: Reporting, *, share: float = 5.0, least: int = 50) -> pl.DataFrame:
    """Of `least` or more records of a kind that were answered lately, `share` % or more came back to be mended. Source: own method.

    Returns FINDINGS (about the city); magnitude = share [%].
    """
    every = pl.col("taken") + pl.col("refused")
    rows = reporting.answered.with_columns(every=every, share=pl.col("refused") / every * 100)
    high = rows.filter(pl.col("every") >= least, pl.col("share") >= share)
    return _about(reporting, (_came_back(reporting, r) for r in high.iter_rows(named=True)))


def _came_back(reporting: Reporting, r: Mapping[str, Any]) -> Row:
    title = f"{KINDS[r['kind']]}近日上报 {r['every']} 条，退回 {r['refused']} 条（{r['share']:.1f}%）"
    return (
        r["kind"],
        (r["since"], reporting.now),
        title,
        {"已确认": r["taken"], "待更正": r["refused"]},
        r["share"],
        "%",
    )


def _about(reporting: Reporting, rows: Iterable[Row]) -> pl.DataFrame:
    """Findings about the city, one for each kind (and day); none without a city."""
    return findings(
        finding(("region", reporting.city), span, title, evidence, item=kind, magnitude=round(size, 1), unit=unit)
        for kind, span, title, evidence, size, unit in (rows if reporting.city else ())
    )  # fmt: skip


CHECKS = (queue, days, refused)
