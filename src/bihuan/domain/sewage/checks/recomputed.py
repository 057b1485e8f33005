"""The logger's own hours, days and amounts against what its records give; calibration that is none."""

from datetime import timedelta

import polars as pl

from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    findings,
    hours_long,
    local_day,
    normal,
    number,
    runs,
    with_outlet,
)
from bihuan.domain.sewage.checks.frames import FLOW, minutes_of
from bihuan.domain.sewage.hours import kg_per_hour
from bihuan.domain.sewage.tables import POLLUTANTS, Sewers
from bihuan.domain.timeaxis import HOUR

DAY = timedelta(days=1)
DEVIATION = 100 * (pl.col("said") - pl.col("right")) / pl.col("right")
ABSENT = ("C", "M")


def _off(found: pl.DataFrame, what: str, unit: str, least: int) -> pl.DataFrame:
    title = pl.format(
        f"{{}}{what} {{}} {unit}，复算 {{}}，相差 {{}} %，持续 [hours] 小时",
        LABEL, number("said", 3), number("right", 3), number(DEVIATION),
    )  # fmt: skip
    return findings(
        found.filter(pl.col("n") >= least), title=title, magnitude=DEVIATION.abs(), unit="%",
        evidence={what: "said", "复算": "right", "偏差": DEVIATION, "时段数": "n"},
    )  # fmt: skip


def hour_mean(sewers: Sewers, *, tolerance: float = 0.05, least_hours: int = 2) -> pl.DataFrame:
    """The logger's hour differs by `tolerance` from the mean of its minutes and from the hour's sample, `least_hours` in a row.

    Source: HJ 212 (an hour is made of its minutes); both ways of making it are accepted. Returns FINDINGS; magnitude =
    deviation [%].
    """
    every = minutes_of(sewers, POLLUTANTS, flowing=False)
    means = every.group_by(*KEY, pl.col("start").dt.truncate("1h")).agg(
        right=pl.col("value").mean(), seen=pl.col("step").sum()
    )
    sampled = pl.concat(
        sewers.hours.filter(f"valid_{p}").select("site", "start", item=pl.lit(p), sample=p)
        for p in POLLUTANTS
    )
    said = pl.concat(
        sewers.logged_hours.filter(normal(p)).select("site", "start", item=pl.lit(p), said=p)
        for p in POLLUTANTS
    ).drop_nulls()
    rows = said.join(means.filter(pl.col("seen") >= timedelta(minutes=55)), on=[*KEY, "start"]).join(
        sampled, on=[*KEY, "start"]
    )

    def away(column: str) -> pl.Expr:
        return (pl.col("said") - pl.col(column)).abs() > tolerance * pl.col(column).abs() + 0.01

    off = rows.filter(away("right"), away("sample")).with_columns(step=pl.lit(HOUR))
    return _off(runs(off, pl.col("said", "right").mean(), bridge=HOUR), "上报小时值", "mg/L", least_hours)


def day_mean(sewers: Sewers, *, tolerance: float = 0.08, least_hours: int = 18) -> pl.DataFrame:
    """The logger's daily mean differs by `tolerance` from its own valid hours, weighted with the flow and plain.

    Source: HJ 356-2019 chapter 7 (weighted mean). Returns FINDINGS; magnitude = deviation [%].
    """
    flow = pl.col(FLOW)
    pieces = []
    for p in POLLUTANTS:
        good = sewers.logged_hours.filter(normal(p), pl.col(p).is_not_null())
        made = good.group_by("site", local_day()).agg(
            right=(pl.col(p) * flow).sum() / flow.sum(), plain=pl.col(p).mean(), hours=pl.len()
        )
        said = sewers.logged_days.select("site", "start", item=pl.lit(p), said=p).drop_nulls()
        pieces.append(said.join(made, on=["site", "start"]))
    rows = pl.concat(pieces).filter(pl.col("hours") >= least_hours, pl.col("right").is_finite())
    off = [
        (pl.col("said") - pl.col(c)).abs() > tolerance * pl.col(c).abs() + 0.02 for c in ("right", "plain")
    ]
    found = runs(rows.filter(*off).with_columns(step=pl.lit(DAY)), pl.col("said", "right").mean())
    return _off(found, "上报日均值", "mg/L", 1)


def amount(sewers: Sewers, *, tolerance: float = 0.05, least_hours: int = 3) -> pl.DataFrame:
    """The logger's hourly amount differs by `tolerance` from its own concentration x flow, `least_hours` in a row.

    Source: HJ 356-2019 (amount = concentration x flow; clause not checked). Returns FINDINGS; magnitude = deviation [%].
    """
    pieces = [
        sewers.logged_hours.filter(normal(p), normal(FLOW)).select(
            "site", "start", item=pl.lit(p), said=f"{p}_kg", right=kg_per_hour(pl.col(p), pl.col(FLOW))
        )
        for p in POLLUTANTS
    ]
    rows = pl.concat(pieces).drop_nulls().with_columns(step=pl.lit(HOUR))
    off = (pl.col("said") - pl.col("right")).abs() > tolerance * pl.col("right").abs() + 2e-3
    return _off(
        runs(rows.filter(off), pl.col("said", "right").sum(), bridge=HOUR), "上报排放量", "kg", least_hours
    )


def _absent(sewers: Sewers, flags: tuple[str, ...]) -> pl.DataFrame:
    """Minutes in which a pollutant has one of the flags, with `step`."""
    said = pl.any_horizontal(pl.col(f"{p}_flag").is_in(flags) for p in POLLUTANTS)
    rows = with_outlet(sewers.minutes.filter(said), sewers, "interval")
    return rows.with_columns(step=pl.duration(minutes=pl.col("interval")))


def no_standard(sewers: Sewers, *, least_minutes: int = 90, least_values: int = 3) -> pl.DataFrame:
    """A calibration (flag C) of `least_minutes` in which a pollutant goes on to bring `least_values` different results.

    A standard gives one value or two; what changes with every sample is the sewage. Source: published cases (calibration
    over bad water); own thresholds. Returns FINDINGS; magnitude = length [h].
    """
    rows = _absent(sewers, ("C",))
    pieces = [
        rows.filter(pl.col(f"{p}_flag") == "C", pl.col(p).is_not_null()).select(
            "site", "start", "step", item=pl.lit(p), value=p
        )
        for p in POLLUTANTS
    ]
    found = runs(
        pl.concat(pieces),
        pl.col("value").n_unique().alias("different"),
        pl.col("value").max(),
        bridge=timedelta(minutes=10),
    ).filter(
        pl.col("until") - pl.col("start") >= timedelta(minutes=least_minutes),
        pl.col("different") >= least_values,
    )
    title = pl.format(
        "标识“校准”的 [hours] 小时内{}出现 {} 个不同结果（最高 {} mg/L），不是标液",
        LABEL,
        "different",
        number("value", 2),
    )
    return findings(
        found,
        title=title,
        magnitude=hours_long(),
        unit="h",
        evidence={"不同结果": "different", "最高": "value", "记录数": "n"},
    )


def too_long(sewers: Sewers, *, most_hours: float = 4.0) -> pl.DataFrame:
    """Calibration and maintenance (flags C and M) take more than `most_hours` of a day.

    Source: HJ 355-2019, maintenance (clause not checked); own threshold. Returns FINDINGS; magnitude = hours.
    """
    days = (
        _absent(sewers, ABSENT)
        .group_by("site", local_day())
        .agg(hours=pl.col("step").sum().dt.total_minutes() / 60)
    )
    found = days.filter(pl.col("hours") > most_hours).with_columns(until=pl.col("start") + DAY)
    title = pl.format(f"一天内校准和维护共 {{}} 小时，超过 {most_hours:g} 小时", number("hours"))
    return findings(found, title=title, magnitude=pl.col("hours"), unit="h", evidence={"小时": "hours"})
