"""The checks of this scenario: water out of an outfall that nobody allowed, a relapse after acceptance, a plan whose day is over."""

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.outfalls.reading import FLOW, LIMITED
from bihuan.scenarios.outfalls.transitions import TREATED

OUTFALLS = pl.Schema(
    {"site": pl.String(), "unlicensed": pl.Boolean(), "stage": pl.String(), "accepted": INSTANT}
    | dict.fromkeys(LIMITED, pl.Float64())
)
"""unlicensed: it needs an approval or a record, and has none. accepted: when the work was, null where it was registered so.
By quantity its limit [mg/L]."""
SEEN = pl.Schema({"site": pl.String(), "at": INSTANT, "discharging": pl.Boolean(), "wrong": pl.String()})
"""What inspections saw; wrong: what speaks for a relapse, empty for nothing."""
DATES = pl.Schema(
    {"site": pl.String(), "item": pl.String(), "task": pl.String(), "day": pl.Date(), "now": INSTANT}
)
"""Deadlines and milestones that are not done, of plans in force."""
RULES = "国办函〔2022〕17号；入河排污口监督管理办法（生态环境部令第35号）"
HOUR = timedelta(hours=1)


def _finding(
    site: str, start: datetime, until: datetime, title: str, evidence: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return finding(("outfall", site), (start, until), title, evidence, **more)


def _shown(at: datetime) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}"


@check(
    "outfall.unlicensed",
    title="未经审批或登记的排污口在排水",
    basis=RULES,
    severity="serious",
    looks_at="outfalls",
    raises=True,
)
def unlicensed(
    outfalls: pl.DataFrame,
    seen: pl.DataFrame,
    values: pl.DataFrame,
    dates: pl.DataFrame,
    *,
    least_seen: int = 1,
) -> pl.DataFrame:
    """An outfall that needs an approval or a record, has none, and was seen to discharge `least_seen` times, by people or by a flow above nothing.

    OUTFALLS, SEEN, COLUMNS of `reading`, DATES. Returns FINDINGS, one for each outfall; magnitude = times.
    """
    flows = values.filter(pl.col("quantity") == FLOW, pl.col("value") > 0).select("site", at="start")
    water = pl.concat([seen.filter("discharging").select("site", "at"), flows])
    water = water.join(outfalls.filter("unlicensed"), on="site", how="semi")
    times = water.group_by("site").agg(first=pl.col("at").min(), last=pl.col("at").max(), n=pl.len())
    return findings(
        _finding(
            site, first, last + HOUR, f"没有审批或登记文号，{n} 次有水排出，最近 {_shown(last)}", {"次数": n, "最近": _shown(last)},
            magnitude=float(n), unit="次",
        )
        for site, first, last, n in times.filter(pl.col("n") >= least_seen).iter_rows()
    )  # fmt: skip


@check(
    "outfall.relapse",
    title="销号后的排污口反弹",
    basis=RULES,
    severity="serious",
    looks_at="outfalls",
    raises=True,
)
def relapse(
    outfalls: pl.DataFrame,
    seen: pl.DataFrame,
    values: pl.DataFrame,
    dates: pl.DataFrame,
    *,
    least_values: int = 1,
) -> pl.DataFrame:
    """After acceptance: an inspection saw it open, foul or with new water, or `least_values` values of an item are above its limit.

    Takes what `unlicensed` takes. Returns FINDINGS, one for each outfall and item, empty for what was seen; magnitude = the
    highest multiple of the limit beyond it.
    """
    done = outfalls.filter(pl.col("stage").is_in(list(TREATED)))
    after = pl.col("accepted").is_null() | (pl.col("at") > pl.col("accepted"))
    found = seen.filter(pl.col("wrong") != "").join(done, on="site").filter(after)
    bad = (
        found.sort("at")
        .group_by("site")
        .agg(first=pl.col("at").first(), last=pl.col("at").last(), wrong=pl.col("wrong").last())
    )
    limits = done.unpivot(
        list(LIMITED), index=["site", "accepted"], variable_name="quantity", value_name="limit"
    )
    beyond = (
        values.rename({"start": "at"})
        .join(limits, on=["site", "quantity"])
        .filter(after, pl.col("value") > pl.col("limit"))
    )
    high = beyond.group_by("site", "quantity", "limit").agg(
        first=pl.col("at").min(), last=pl.col("at").max(), worst=pl.col("value").max(), n=pl.len()
    )
    return findings(
        row for rows in (map(_seen_again, bad.rows()), map(_too_much, high.filter(pl.col("n") >= least_values).rows())) for row in rows
    )  # fmt: skip


def _seen_again(row: tuple[str, datetime, datetime, str]) -> dict[str, Any]:
    site, first, last, wrong = row
    evidence = {"检查时间": _shown(last), "结果": wrong}
    return _finding(site, first, last + HOUR, f"销号后检查发现{wrong}", evidence)


def _too_much(row: tuple[str, str, float, datetime, datetime, float, int]) -> dict[str, Any]:
    site, code, limit, first, last, worst, n = row
    quantity = LONG[code]
    title = f"销号后{quantity.chinese} {n} 次超过限值 {limit:.6g} {quantity.unit}，最高 {worst:.6g} {quantity.unit}"
    evidence = {"最高": worst, "限值": limit, "次数": n, "最近": _shown(last)}
    return _finding(
        site, first, last + HOUR, title, evidence, item=code, magnitude=worst / limit - 1, unit="倍"
    )


@check("outfall.late", title="排污口整治超期", basis=RULES, severity="moderate", looks_at="outfalls")
def late(
    outfalls: pl.DataFrame,
    seen: pl.DataFrame,
    values: pl.DataFrame,
    dates: pl.DataFrame,
    *,
    grace_days: int = 0,
) -> pl.DataFrame:
    """A plan's deadline, or a milestone of it that is not done, is over by more than `grace_days` whole days.

    Takes what `unlicensed` takes. Returns FINDINGS, one for each deadline and milestone; magnitude = days over.
    """
    today = pl.col("now").dt.convert_time_zone("Asia/Shanghai").dt.date()
    over = dates.with_columns(days=(today - pl.col("day")).dt.total_days()).filter(
        pl.col("days") > grace_days
    )
    return findings(_over(*row) for row in over.iter_rows())


def _over(site: str, item: str, task: str, day: date, now: datetime, days: int) -> dict[str, Any]:
    start = datetime.combine(day + timedelta(days=1), time(), CST)
    title = f"{task}应于 {day} 前完成，还没有完成"
    return _finding(
        site,
        start,
        now,
        title,
        {"时间节点": task, "期限": str(day)},
        item=item,
        magnitude=float(days),
        unit="天",
    )


CHECKS = (unlicensed, relapse, late)
