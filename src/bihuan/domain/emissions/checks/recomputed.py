"""The logger's own numbers worked out again: conversion, amounts, hourly and daily means."""

from datetime import timedelta

import polars as pl

from bihuan.domain.emissions.checks.frames import at_reference, hours_of
from bihuan.domain.emissions.conversion import kg_per_hour, standard_dry_flow
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks
from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    complete_hours,
    findings,
    local_day,
    normal,
    number,
    outside,
    runs,
    with_outlet,
)
from bihuan.domain.timeaxis import HOUR

DIGIT = 0.05
"""Half of the last digit of a number with one decimal, as loggers send them."""


DEVIATION = pl.when(pl.col("right") != 0).then(100 * (pl.col("said") / pl.col("right") - 1))
"""Deviation of what was said from what is right [%]; null where that is 0."""


def _stack(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """Pieces (site, item, start, said, right, off) -> those that are off, with `step` of an hour."""
    return pl.concat(pieces).filter("off").with_columns(step=pl.lit(HOUR))


def _differ(rows: pl.DataFrame, what: str, right: str, unit: str, *, least_hours: int = 1) -> pl.DataFrame:
    """Hours whose number is off -> FINDINGS; magnitude = mean deviation of what was said [%]."""
    found = runs(rows, pl.col("said", "right").mean()).filter(pl.col("n") >= least_hours)
    sign = pl.when(pl.col("said") < pl.col("right")).then(pl.lit("偏低")).otherwise(pl.lit("偏高"))
    title = pl.format(
        f"{{}}{what} {{}} {unit}，{right} {{}}，{{}} {{}} %，持续 [hours] 小时",
        LABEL, number("said", 2), number("right", 2), sign, number(DEVIATION.abs()),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=DEVIATION.abs(), unit="%",
        evidence={what: "said", right: "right", "偏差": DEVIATION, "小时数": "n"},
    )  # fmt: skip


def conversion(
    stacks: Stacks, *, tolerance: float = 0.01, most_o2: float = 19.0, least_hours: int = 2
) -> pl.DataFrame:
    """The logger's converted minutes differ from C x (21 - ref) / (21 - O2) by `tolerance` plus its rounding.

    In half of the minutes of an hour, for `least_hours`; O2 above `most_o2` is left out; with O2 below the reference
    the measured value itself is right too (some rules forbid to convert downwards). Source: GB limits, conversion to
    reference oxygen. Returns FINDINGS; magnitude = mean deviation [%, without sign].
    """
    wide = outside(with_outlet(stacks.minutes, stacks, "interval", "ref_o2", "process"), stacks.marks)
    wide = wide.filter(pl.col("ref_o2").is_not_null(), normal("o2"), pl.col("o2") < most_o2)
    reach, left = 21 - pl.col("ref_o2"), 21 - pl.col("o2")
    pieces = []
    for p in POLLUTANTS:
        right = at_reference(p)
        slack = tolerance * right.abs() + DIGIT * (1 + reach / left + right.abs() / left)
        said = pl.col(f"{p}_zs")
        as_measured = (pl.col("o2") < pl.col("ref_o2")) & ((said - pl.col(p)).abs() <= slack)
        minutes = wide.filter(normal(p)).select(
            "site",
            "start",
            "interval",
            said=said,
            right=right,
            off=((said - right).abs() > slack) & ~as_measured,
        )
        hours = minutes.group_by("site", pl.lit(p).alias("item"), pl.col("start").dt.truncate("1h")).agg(
            pl.col("said", "right").mean(), off=pl.col("off").mean() >= 0.5, seen=pl.col("interval").sum()
        )
        pieces.append(hours.filter(pl.col("seen") >= 30).drop("seen"))
    return _differ(_stack(pieces), "上报折算值", "复算", "mg/m³", least_hours=least_hours)


def flow(
    stacks: Stacks, *, air_kpa: float = 97.0, tolerance: float = 0.2, least_hours: int = 2
) -> pl.DataFrame:
    """Flow differs by `tolerance` from velocity x area, brought to dry gas at standard state.

    The air's pressure is not sent and taken as `air_kpa` (sea level to about 800 m: 92 to 101, within the tolerance).
    Source: HJ 75-2017, flow in dry standard state (clause not checked). Returns FINDINGS; magnitude = mean deviation [%, without sign].
    """
    hours = hours_of(stacks, ("flow",)).join(stacks.outlets.select("site", "duct_area"), on="site")
    right = standard_dry_flow(
        pl.col("velocity"),
        pl.col("duct_area"),
        pl.col("temp"),
        pl.col("pressure"),
        pl.col("humidity"),
        pl.lit(air_kpa),
    )
    rows = hours.filter(pl.col("velocity") >= 2).select(
        "site", "start", item=pl.lit("flow"), said="flow", right=right,
        off=(pl.col("flow") - right).abs() > tolerance * right,
    )  # fmt: skip
    return _differ(_stack([rows]), "小时均值", "由流速复算", "m³/h", least_hours=least_hours)


def _full_hours(stacks: Stacks) -> pl.DataFrame:
    """The logger's hours beside the platform's (`_own`) that have all their minutes, unmarked."""
    return stacks.logged_hours.join(complete_hours(stacks), on=["site", "start"], suffix="_own")


def amount(stacks: Stacks, *, tolerance: float = 0.05, least_hours: int = 2) -> pl.DataFrame:
    """The logger's hourly amount differs from its dry concentration x its flow x 1e-6 by `tolerance` plus rounding.

    Only whole hours (58 valid minutes). The converted concentration may not be used for amounts. Source: HJ 75-2017,
    emission amount G = C x Q x 1e-6 (clause not checked). Returns FINDINGS; magnitude = mean deviation [%, without sign].
    """
    hours = _full_hours(stacks)
    pieces = []
    for p in POLLUTANTS:
        right = kg_per_hour(pl.col(p), pl.col("flow"))
        said = pl.col(f"{p}_kg")
        slack = tolerance * right + kg_per_hour(pl.lit(DIGIT), pl.col("flow")) + 0.005
        whole = (pl.col(f"n_{p}") >= 58) & normal(p) & normal("flow")
        pieces.append(
            hours.filter(whole).select(
                "site", "start", item=pl.lit(p), said=said, right=right, off=(said - right).abs() > slack
            )
        )
    return _differ(_stack(pieces), "小时排放量", "浓度×流量为", "kg", least_hours=least_hours)


def hour_mean(stacks: Stacks, *, tolerance: float = 0.02, least: float = 0.2) -> pl.DataFrame:
    """The logger's hourly mean differs from the mean of its own minutes by `tolerance` and `least` mg/m³.

    Only whole hours (58 valid minutes). Source: HJ 76-2017, hourly data from minutes (clause not checked); HJ 212. Returns
    FINDINGS; magnitude = mean deviation [%, without sign].
    """
    hours = _full_hours(stacks)
    pieces = []
    for p in POLLUTANTS:
        said, right = pl.col(p), pl.col(f"{p}_own")
        off = (said - right).abs() > tolerance * right.abs() + least
        whole = (pl.col(f"n_{p}") >= 58) & normal(p)
        pieces.append(
            hours.filter(whole).select("site", "start", item=pl.lit(p), said=said, right=right, off=off)
        )
    return _differ(_stack(pieces), "上报小时均值", "分钟平均", "mg/m³")


def _days(stacks: Stacks, what: dict[str, pl.Expr]) -> pl.DataFrame:
    """The logger's days beside what its hours give: site, item, start, until, said, right, hours (valid ones)."""
    pieces = []
    for p, expr in what.items():
        good = stacks.logged_hours.filter(normal(p))
        hours = good.group_by("site", local_day()).agg(right=expr, hours=pl.len().cast(pl.Int64))
        column = expr.meta.root_names()[0]
        days = stacks.logged_days.select("site", "start", item=pl.lit(p), said=pl.col(column))
        pieces.append(days.join(hours, on=["site", "start"]))
    return pl.concat(pieces).with_columns(until=pl.col("start") + timedelta(days=1)).sort(*KEY, "start")


def _day_findings(days: pl.DataFrame, what: str, right: str, unit: str) -> pl.DataFrame:
    title = pl.format(
        f"{{}}{what} {{}} {unit}，{right} {{}}（{{}} 个有效小时），相差 {{}} %",
        LABEL, number("said", 2), number("right", 2), "hours", number(DEVIATION),
    )  # fmt: skip
    return findings(
        days, title=title, magnitude=DEVIATION.abs(), unit="%",
        evidence={what: "said", right: "right", "有效小时": "hours", "偏差": DEVIATION},
    )  # fmt: skip


def day_mean(
    stacks: Stacks, *, tolerance: float = 0.05, least: float = 0.2, least_hours: int = 20
) -> pl.DataFrame:
    """The logger's daily mean differs from the mean of its own valid hours by `tolerance` and `least` mg/m³.

    Source: HJ 75-2017 (valid day: 20 hours). Returns FINDINGS; magnitude = deviation [%].
    """
    days = _days(stacks, {p: pl.col(p).mean() for p in POLLUTANTS}).filter(pl.col("hours") >= least_hours)
    off = (pl.col("said") - pl.col("right")).abs() > tolerance * pl.col("right").abs() + least
    return _day_findings(days.filter(off), "上报日均值", "小时平均", "mg/m³")


def day_amount(stacks: Stacks, *, tolerance: float = 0.02) -> pl.DataFrame:
    """The logger's daily amount differs from the sum of its 24 valid hours by `tolerance` and 0.1 kg.

    With fewer valid hours it is compared too, but then it can only be too small.
    Source: HJ 75-2017 (the day's amount is the sum of the hours', not a mean x 24; clause not checked). Returns FINDINGS;
    magnitude = deviation [%].
    """
    days = _days(stacks, {p: pl.col(f"{p}_kg").sum() for p in POLLUTANTS})
    slack = tolerance * pl.col("right").abs() + 0.1
    more = (pl.col("said") - pl.col("right") > slack) & (pl.col("hours") == 24)
    off = more | (pl.col("right") - pl.col("said") > slack)
    return _day_findings(days.filter(off), "上报日排放量", "小时合计", "kg")
