"""The check of this scenario: a period ended in which a chief patrolled too seldom; one finding for each chief and period."""

import json
from datetime import datetime, time, timedelta

import polars as pl

from bihuan.domain.checks import FINDINGS, check
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.river_chiefs.counting import counted, days_done
from bihuan.scenarios.river_chiefs.duties import frame_of, held_on, served_of, spans_of
from bihuan.scenarios.river_chiefs.rules import key_of
from bihuan.scenarios.river_chiefs.walks import walks_since

PAST = pl.Schema(
    {
        "duty": pl.String(),
        "chief": pl.String(),
        "reach": pl.String(),
        "label": pl.String(),
        "start": pl.Date(),
        "until": pl.Date(),
        "needed": pl.Int64(),
        "done": pl.Int64(),
        "ended_days": pl.Int64(),
    }
)
"""A duty in a period that ended `ended_days` ago; chief: which duties are of one person; reach: its name."""
KEPT_DAYS = 14
"""How long after its end a missed period is told: what is older was told, or was before the platform began."""


@check(
    "river_chief.missed",
    title="河长巡河次数不足",
    basis="《关于全面推行河长制的意见》（厅字〔2016〕42号）；次数按本地巡河制度设定",
    severity="minor",
    looks_at="patrols",
)
def missed(past: pl.DataFrame, *, grace_days: int = 2) -> pl.DataFrame:
    """A period in which a chief did not patrol every reach as often as demanded, `grace_days` after its end: tracks of places without signal come late.

    past: PAST. Returns FINDINGS, one for each chief and period, about the first duty of the chief that lacks; magnitude = how many
    patrols lack over all reaches.
    """
    lacking = past.filter(
        pl.col("done") < pl.col("needed"),
        pl.col("ended_days") >= grace_days,
        pl.col("ended_days") < KEPT_DAYS,
    )
    rows = [
        _finding(group.sort("duty"))
        for _key, group in lacking.group_by("chief", "label", maintain_order=True)
    ]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row").sort("target", "start", "item")


def _finding(rows: pl.DataFrame) -> dict[str, object]:
    """A finding of the last day of the period: adjoining periods are matters of their own."""
    first = rows.row(0, named=True)
    last = first["until"] - timedelta(days=1)
    needed, done = int(rows["needed"].sum()), int(rows["done"].sum())
    each = {r["reach"]: f"{r['done']} / {r['needed']}" for r in rows.iter_rows(named=True)}
    return {
        "target_kind": "river_duty",
        "target": first["duty"],
        "start": datetime.combine(last, time(), CST),
        "until": datetime.combine(first["until"], time(), CST),
        "item": first["label"],
        "magnitude": float(needed - done),
        "unit": "次",
        "title": f"{first['start']:%Y-%m-%d} 至 {last:%Y-%m-%d} 应巡河 {needed} 次，实巡 {done} 次",
        "evidence": json.dumps({"周期": first["label"], **each}, ensure_ascii=False),
        "phrase": None,
    }


CHECKS = (missed,)


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame]:
    """PAST: the last whole period of every duty whose patrols can be counted, as of a moment."""
    today = now.astimezone(CST).date()
    duties = list(held_on(today))
    if not duties:
        return (pl.DataFrame(schema=PAST),)
    frame, served = frame_of(duties), served_of(duties)
    spans = spans_of(today, {key_of(d) for d in duties}).filter(
        pl.col("until") <= today, pl.col("until") > today - look_back
    )
    if spans.is_empty():
        return (pl.DataFrame(schema=PAST),)
    walks = walks_since(datetime.combine(min(spans["start"]), time(), CST))
    told = counted(frame.join(served, "duty", "semi"), days_done(frame, served, walks), spans)
    known = pl.DataFrame(
        [(d.pk, d.chief, d.reach.name) for d in duties], ["duty", "chief", "reach"], orient="row"
    )
    ended = pl.lit(today) - pl.col("until")
    return (told.join(known, "duty").with_columns(ended_days=ended.dt.total_days()).select(PAST.names()),)
