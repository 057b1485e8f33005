"""The checks of days under an order: who was let in though barred, who came in though turned away, and gates that are broken just then."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from bihuan.domain.checks import check
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.domain.vehicles.decisions import HEAVY_KG, Barred, Pass
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.stages import STAGES
from bihuan.scenarios.vehicle_users.found import UNIT, days, findings, percent
from bihuan.scenarios.vehicle_users.tables import Gates

RULE = "重污染天气重点行业移动源应急管理技术指南（2021，条款待核）；HJ 1321-2023（条款待核）"
OURS = "HJ 1321-2023（条款待核）；自有方法"
ORDER = "order"
HEAVY_FUELS = ("diesel", "natural_gas", "lpg")
LIGHT_PLATES = ("blue", "green")
BY_CENTRE = ("centre", "file")
PASSES = pl.Schema({"plate": pl.String(), "at": pl.String(), "valid_from": INSTANT, "valid_until": INSTANT})
"""Exceptions; at: the unit that one holds for, empty: all."""


def barred_passages(gates: Gates) -> pl.DataFrame:
    """Of those under an order the vehicles of a stage that it bars, without those that held an exception."""
    rows = gates.rules.barred
    bars = pl.any_horizontal(pl.lit(value=False), *(_bars(row, _followed(row, rows)) for row in rows))
    barred = gates.under_order.filter(bars).unique(["site", "start", "number"])
    return barred.join(_excepted(barred, gates.rules.passes), on=["site", "start", "number"], how="anti")


def _excepted(rows: pl.DataFrame, passes: Sequence[Pass]) -> pl.DataFrame:
    """Those of vehicles that held an exception there and then."""
    held = pl.DataFrame([(p.plate, p.unit, p.since, p.until) for p in passes], PASSES, orient="row")
    here = (pl.col("at") == "") | (pl.col("at") == pl.col("unit"))
    return rows.join(held, on="plate").filter(pl.col("start").is_between("valid_from", "valid_until"), here)


def _followed(row: Barred, rows: Sequence[Barred]) -> date:
    """From when on a later row of the same rule stands in the place of this one."""
    return min(
        (r.since for r in rows if (r.rule, r.level) == (row.rule, row.level) and r.since > row.since),
        default=date.max,
    )


def _bars(row: Barred, followed: date) -> pl.Expr:
    """Does a row of the dated table bar a passage under `level`? A vehicle of which nobody knows whether it is heavy counts as one."""
    fuels = [name for name, fuel in FUELS.items() if fuel.group in row.groups]
    light = (
        (pl.col("permitted_kg") <= HEAVY_KG)
        .fill_null(pl.col("colour").is_in(LIGHT_PLATES))
        .fill_null(value=False)
    )
    stages = [stage for stage in STAGES if int(stage) <= row.stage]
    return (
        (pl.col("level") == row.level)
        & (pl.col("day") >= row.since)
        & (pl.col("day") < followed)
        & pl.col("true_stage").is_in(stages)
        & pl.col("true_fuel").is_in(fuels)
        & (~light if row.heavy else pl.lit(value=True))
    )


@check(
    "gate.barred_in",
    title="预警期间放行禁止车辆",
    basis=RULE,
    severity="serious",
    looks_at="gates",
    facet=ORDER,
)
def barred_in(gates: Gates, *, least: int = 1) -> pl.DataFrame:
    """Under an order `least` or more vehicles of a stage that it bars went in, and no rule of ours let them. Units of grade A and guaranteed ones are not bound.

    Returns FINDINGS, one for each unit and day; magnitude = passages.
    """
    ruled = pl.col("rule").fill_null("").ne("") & pl.col("decided_by").is_in(BY_CENTRE)
    rows = days(barred_passages(gates).filter(~ruled), "unit").filter(pl.col("n") >= least)
    return findings(
        rows,
        UNIT,
        gates.now,
        lambda r: (f"预警期间放行禁止进入的车辆 {r['n']} 辆次", {"车辆数": r["vehicles"]}),
        unit="辆次",
    )


@check(
    "gate.denied_in", title="被拒车辆随后进入", basis=RULE, severity="serious", looks_at="gates", facet=ORDER
)  # fmt: skip
def denied_in(gates: Gates, *, within_hours: float = 3.0, least: int = 1) -> pl.DataFrame:
    """A vehicle that was turned away at a gate of a unit went in there within `within_hours`, by whatever gate, in no case by a rule of ours, while the order ran.

    Returns FINDINGS, one for each unit and day; magnitude = passages.
    """
    denied = gates.passing.filter(pl.col("allowed") == 0, pl.col("plate") != "")
    turned = denied.select("unit", "plate", denied_at="start", denied_site="site")
    ruled = pl.col("rule").fill_null("").ne("") & pl.col("decided_by").is_in(BY_CENTRE)
    ins = barred_passages(gates).filter(~ruled, pl.col("plate") != "")
    wait = pl.col("start") - pl.col("denied_at")
    again = ins.join(turned, on=["unit", "plate"]).filter(
        wait > timedelta(0), wait <= timedelta(hours=within_hours)
    )
    rows = days(again.unique(["site", "start", "number"]), "unit", pl.col("site").unique().sort().str.join(" ")).filter(pl.col("n") >= least)  # fmt: skip
    return findings(
        rows,
        UNIT,
        gates.now,
        lambda r: (f"被拒车辆随后进入 {r['n']} 辆次", {"车辆数": r["vehicles"], "进入的门": r["site"]}),
        unit="辆次",
    )


def _usual(gates: Gates, *what: pl.Expr) -> pl.DataFrame:
    """unit, usual: passages on the mean of whole days without an order."""
    today = gates.now.astimezone(CST).date()
    first = gates.since.astimezone(CST).date()
    free = gates.passing.filter(*what, pl.col("day") < today, pl.col("day") > first).join(
        gates.ordered_days, on=["unit", "day"], how="anti"
    )
    return (
        free.group_by("unit", "day").len().group_by("unit").agg(usual=pl.col("len").median(), free=pl.len())
    )


@check("gate.alert_silent", title="门禁只在预警日没有数据", basis=OURS, severity="serious", looks_at="gates", facet="arrival")  # fmt: skip
def alert_silent(
    gates: Gates, *, share: float = 0.1, least_daily: int = 10, least_days: int = 2, from_hour: int = 18
) -> pl.DataFrame:
    """On a day under an order a unit tells less than `share` of its usual day, which has `least_daily` passages or more, of `least_days` days without an order.

    A day is judged from `from_hour` on; one on which we could not receive for three hours or more is not. Returns FINDINGS; magnitude = usual passages.
    """
    now = gates.now.astimezone(CST)
    over = gates.ordered_days.filter((pl.col("day") < now.date()) | (pl.lit(now.hour >= from_hour) & (pl.col("day") == now.date())))  # fmt: skip
    over = over.filter(pl.col("day") > gates.since.astimezone(CST).date())
    counts = gates.passing.group_by("unit", "day").agg(n=pl.len().cast(pl.Int64))
    seen = over.join(counts, on=["unit", "day"], how="left").with_columns(pl.col("n").fill_null(0))
    low = seen.join(_usual(gates), on="unit").filter(
        pl.col("usual") >= least_daily, pl.col("free") >= least_days, pl.col("n") < share * pl.col("usual")
    )
    begin = pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC")  # fmt: skip
    rows = low.with_columns(start=begin, until=begin.dt.offset_by("24h")).filter(~_we_were_down(gates))
    return findings(
        rows,
        UNIT,
        gates.now,
        lambda r: (
            f"预警日只有 {r['n']} 条过车记录，平日 {r['usual']:.0f} 条",
            {"平日天数": r["free"]},
        ),
        size="usual",
        unit="条",
    )


def _we_were_down(gates: Gates, hours: float = 3.0) -> pl.Expr:
    """Could we not receive for so long of a span?"""
    parts = [
        (
            pl.min_horizontal("until", pl.lit(end)) - pl.max_horizontal("start", pl.lit(since))
        ).dt.total_minutes()
        / 60
        >= hours
        for since, end in gates.outages.iter_rows()
    ]
    return pl.any_horizontal(pl.lit(value=False), *parts)


@check(
    "gate.not_fewer",
    title="预警日车辆没有减少",
    basis=RULE,
    severity="moderate",
    looks_at="gates",
    facet=ORDER,
)
def not_fewer(
    gates: Gates, *, share: float = 0.95, least_daily: int = 20, least_days: int = 2
) -> pl.DataFrame:
    """On a whole day under an order as many vehicles that burn fuel went in as on a usual day (`share` of it or more). Returns FINDINGS; magnitude = share of the usual day [%]."""
    burning = pl.col("fuel").is_in(HEAVY_FUELS) & (pl.col("direction") == "in") & pl.col("allowed").fill_null(1).ne(0)  # fmt: skip
    today = gates.now.astimezone(CST).date()
    ran = gates.passing.filter(burning, pl.col("day") < today).join(
        gates.ordered_days, on=["unit", "day"], how="semi"
    )
    rows = days(ran, "unit").join(_usual(gates, burning), on="unit")
    rows = rows.with_columns(share=100 * pl.col("n") / pl.col("usual")).filter(
        pl.col("usual") >= least_daily, pl.col("free") >= least_days, pl.col("share") >= 100 * share
    )
    return findings(
        rows.drop("plates"),
        UNIT,
        gates.now,
        lambda r: (
            f"预警日燃油燃气车辆进入 {r['n']} 辆次，为平日的 {percent(r['share'] / 100)}",
            {"平日辆次": r["usual"]},
        ),
        size="share",
        unit="%",
    )


CHECKS = (barred_in, denied_in, alert_silent, not_fewer)
