"""The checks of this scenario: black again after it was accepted, a round that did not come, a target date that is over."""

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.standards.surface_water.black_odorous import Grade
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.black_waters.words import GRADES

BODIES = pl.Schema(
    {
        "body": pl.String(),
        "there": pl.Boolean(),
        "since": pl.Date(),
        "accepted": pl.Date(),
        "due": pl.Date(),
    }
)
"""there: a round is asked for (more than found). since: first day in the register. accepted: of bodies that were; due: of those that were not."""
ROUNDS = pl.Schema(
    {
        "body": pl.String(),
        "round": pl.Date(),
        "until": pl.Date(),
        "points": pl.UInt32(),
        "judged": pl.UInt32(),
        "black": pl.UInt32(),
        "heavy": pl.UInt32(),
        "grade": pl.Int8(),
        "whole": pl.Boolean(),
    }
)
"""Rounds from their first day to their last, judged (`judging.Judged.rounds`)."""
QUARTER = pl.Schema({"begin": pl.Date(), "end": pl.Date(), "now": INSTANT})
"""One row: the newest quarter that is over and in which a round was due, from its first day to the first after it; the moment of the check."""
GUIDE = "城市黑臭水体整治工作指南（2015）；深入打好城市黑臭水体治理攻坚战实施方案（2022，条款待核）"
DAY = timedelta(days=1)


def _finding(
    body: str, start: datetime, until: datetime, title: str, evidence: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return finding(("black_water", body), (start, until), title, evidence, **more)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CST)


@check("black_water.relapse", title="黑臭水体反弹", basis=GUIDE, severity="serious", looks_at="rounds")
def relapse(
    bodies: pl.DataFrame, rounds: pl.DataFrame, quarter: pl.DataFrame, *, least_points: int = 1
) -> pl.DataFrame:
    """A whole round that began after the body was accepted has `least_points` or more black points; a round that is not whole says nothing.

    BODIES, ROUNDS, QUARTER. Returns FINDINGS, one for each run of black rounds without a good one between, from the first day of the
    first to the end of the last; magnitude = black points of the worst.
    """
    after = rounds.filter("whole", pl.col("judged") > 0).join(bodies, on="body").sort("body", "round")
    after = after.filter(pl.col("round") > pl.col("accepted"))
    black = (pl.col("black") >= least_points) & (pl.col("grade") > 0)
    runs = after.with_columns(run=black.rle_id().over("body")).filter(black)
    found = runs.group_by("body", "run", maintain_order=True).agg(
        pl.col("round").first(), pl.col("until", "accepted").last(), pl.col("judged", "black", "grade").max(), n=pl.len(), last=pl.col("round").last()
    )  # fmt: skip
    return findings(_again(row) for row in found.to_dicts())


def _again(row: dict[str, Any]) -> dict[str, Any]:
    start, until = _midnight(row["round"]), _midnight(row["until"] + DAY)
    word = GRADES[Grade(row["grade"])]
    title = f"{row['accepted']} 初见成效后再次{word}，{row['judged']} 个测点中 {row['black']} 个黑臭"
    said = {"级别": word, "黑臭测点数": row["black"], "评价测点数": row["judged"], "监测轮次": row["n"], "最近一轮": f"{row['last']} 至 {row['until']}"}  # fmt: skip
    return _finding(row["body"], start, until, title, said, magnitude=float(row["black"]), unit="个")


@check("black_water.late", title="黑臭水体监测逾期", basis=GUIDE, severity="moderate", looks_at="rounds")
def late(
    bodies: pl.DataFrame, rounds: pl.DataFrame, quarter: pl.DataFrame, *, grace_days: int = 15
) -> pl.DataFrame:
    """No whole round ended in the newest quarter that is over, nor since, and `grace_days` are over too.

    Takes what `relapse` takes. Returns FINDINGS from the end of the quarter to now, its name as item; magnitude = days since its end.
    """
    begin, end, now = quarter.row(0)
    days = (now.astimezone(CST).date() - end).days
    if days < grace_days:
        return findings(iter(()))
    done = rounds.filter("whole", pl.col("until") >= begin)
    there = pl.col("there") & (pl.col("since").is_null() | (pl.col("since") <= begin))
    missed = bodies.filter(there).join(done, on="body", how="anti")
    number, newest = (
        begin.month // 3 + 1,
        dict(rounds.group_by("body").agg(pl.col("until").max()).iter_rows()),
    )
    about: dict[str, Any] = {"item": f"{begin.year}q{number}", "magnitude": float(days), "unit": "天"}
    title = f"{begin.year} 年第 {number} 季度没有完整的一轮监测"
    return findings(
        _finding(body, _midnight(end), now, title, {"最近监测": str(newest.get(body) or "没有")}, **about)
        for body in missed["body"]
    )


@check("black_water.overdue", title="黑臭水体治理超期", basis=GUIDE, severity="moderate", looks_at="rounds")
def overdue(
    bodies: pl.DataFrame, rounds: pl.DataFrame, quarter: pl.DataFrame, *, grace_days: int = 0
) -> pl.DataFrame:
    """The day until which a body is to be put right is over by more than `grace_days`, and it was not accepted.

    Takes what `relapse` takes. Returns FINDINGS from the day after it to now; magnitude = days over.
    """
    now: datetime = quarter["now"][0]
    today = now.astimezone(CST).date()
    over = bodies.with_columns(days=(pl.lit(today) - pl.col("due")).dt.total_days())
    rows = over.filter(pl.col("days") > grace_days).select("body", "due", "days").iter_rows()
    return findings(
        _finding(
            body,
            _midnight(due + DAY),
            now,
            f"应于 {due} 前完成治理，还没有完成",
            {"期限": str(due)},
            magnitude=float(days),
            unit="天",
        )
        for body, due, days in rows
    )


CHECKS = (relapse, late, overdue)
