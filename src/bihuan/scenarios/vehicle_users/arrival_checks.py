"""The checks of what comes: gates that are silent, weighbridges that count what no gate saw, records that come late, clocks, photos."""

from datetime import timedelta

import polars as pl

from bihuan.domain.checks import check
from bihuan.domain.outages import explained, explained_time, joined
from bihuan.scenarios.vehicle_users.found import GATE, MINUTE, UNIT, days, findings, percent, shares
from bihuan.scenarios.vehicle_users.tables import Gates

RULE = "HJ 1321-2023（条款待核）"
OURS = "HJ 1321-2023（条款待核）；自有方法"
ARRIVAL, CLOCK, PHOTO = "arrival", "clock", "photo"
GONE = ("gate.silent", "gate.alert_silent", "gate.blind")
HALF_HOUR = timedelta(minutes=30)


@check("gate.silent", title="门禁没有数据", basis=OURS, severity="moderate", looks_at="gates", facet=ARRIVAL, explained_by=("gate.alert_silent",), cause="line")  # fmt: skip
def silent(gates: Gates, *, hours: float = 26.0, least_daily: float = 5.0) -> pl.DataFrame:
    """No passage at a unit for more than `hours` though it has `least_daily` or more a day; what our own outages explain does not count. Returns FINDINGS; magnitude = hours."""
    ends = gates.units.select("unit", start=pl.lit(gates.now, pl.Datetime("us", "UTC")))
    real = gates.passing.filter(pl.col("start") <= gates.now).select("unit", "start")
    busy = real.group_by("unit").agg(
        daily=pl.len() / pl.max_horizontal(pl.col("start").dt.date().n_unique(), 1),
    ).filter(pl.col("daily") >= least_daily)  # fmt: skip
    ordered = pl.concat([real, ends]).join(busy, on="unit", how="semi").sort("unit", "start")
    gaps = ordered.with_columns(since=pl.col("start").shift().over("unit")).drop_nulls("since")
    length = pl.col("start") - pl.col("since")
    gone = explained_time(pl.col("since"), pl.col("start"), joined(gates.outages))
    rows = gaps.with_columns(
        hours=length.dt.total_minutes() / 60, lost=(length - gone).dt.total_minutes() / 60
    )
    rows = rows.filter(pl.col("lost") > hours).select("unit", "hours", start="since", until="start")
    return findings(
        rows, UNIT, gates.now, lambda _r: ("连续 [hours] 小时没有过车记录", {}), size="hours", unit="h"
    )


@check(
    "gate.blind",
    title="地磅有数而门禁没有记录",
    basis=OURS,
    severity="serious",
    looks_at="gates",
    facet=ARRIVAL,
)
def blind(gates: Gates, *, least: int = 3, near_minutes: int = 30) -> pl.DataFrame:
    """`least` or more weighings of a unit in a row, each without a passage of the unit within `near_minutes` before or after it: the trucks took a way that is not watched.

    A weighing is a record without a direction that has a gross weight. What our own outages touch does not count. Returns FINDINGS; magnitude = weighings.
    """
    weighed = gates.rows.filter(pl.col("direction").is_null(), pl.col("gross_kg").is_not_null()).sort("start")
    seen = gates.passing.select("unit", near="start").sort("near").with_columns(start=pl.col("near"))
    for name, way in (("before", "backward"), ("behind", "forward")):
        found = weighed.join_asof(seen, on="start", by="unit", strategy=way, check_sortedness=False)  # type: ignore[arg-type]
        weighed = weighed.with_columns(found["near"].alias(name))
    near = timedelta(minutes=near_minutes)
    alone = ((pl.col("start") - pl.col("before") > near).fill_null(value=True)) & ((pl.col("behind") - pl.col("start") > near).fill_null(value=True))  # fmt: skip
    unseen = weighed.filter(alone, ~explained("start", joined(gates.outages)))
    rows = days(unseen, "unit", pl.col("net_kg").sum()).filter(pl.col("n") >= least)
    return findings(
        rows,
        UNIT,
        gates.now,
        lambda r: (
            f"地磅过磅 {r['n']} 次，同时段门禁没有记录",
            {"净重合计 (t)": round(r["net_kg"] / 1000, 1)},
        ),
        unit="次",
    )


@check("gate.late", title="过车记录迟报", basis=RULE, severity="minor", looks_at="gates", facet=ARRIVAL, explained_by=("gate.clock_behind",))  # fmt: skip
def late(gates: Gates, *, minutes: float = 60.0, share: float = 0.2, least: int = 10) -> pl.DataFrame:
    """Of a day's records of a unit more than `share`, and `least` or more, came later than `minutes`. What our own outages explain does not count. Returns FINDINGS; magnitude = share [%]."""
    slow = (pl.col("received") - pl.col("start")) > timedelta(minutes=minutes)
    rows = shares(gates.rows, "unit", slow & ~explained("start", joined(gates.outages)))
    rows = rows.filter(pl.col("n") >= least, pl.col("share") > share).with_columns(size=100 * pl.col("share"))
    return findings(
        rows.drop("plates"),
        UNIT,
        gates.now,
        lambda r: (f"{r['n']} 条过车记录迟报，占当天 {percent(r['share'])}", {"当天记录": r["of"]}),
        size="size",
        unit="%",
    )


@check("gate.upload_share", title="上传率低于要求", basis=RULE, severity="minor", looks_at="gates", explained_by=(*GONE, "gate.no_out"))  # fmt: skip
def upload_share(gates: Gates, *, share: float = 0.95, least_visits: int = 50, rest_hours: int = 72) -> pl.DataFrame:  # fmt: skip
    """Of the ways in and out that the visits of the days looked at ask for, less than `share` came; visits of the last `rest_hours` may go on, and of the first they may have begun before. From `least_visits` on.

    Returns FINDINGS; magnitude = share [%].
    """
    known = gates.visits.with_columns(start=pl.coalesce("in_at", "out_at"))
    done = known.filter(
        pl.col("start") < gates.now - timedelta(hours=rest_hours), pl.col("start") > gates.since + timedelta(hours=12)
    )  # fmt: skip
    sums = done.group_by("unit").agg(
        of=pl.len().cast(pl.Int64), start=pl.col("start").min(), until=pl.col("start").max() + MINUTE,
        share=(pl.col("in_at").is_not_null().sum() + pl.col("out_at").is_not_null().sum()) / (2 * pl.len()),
    )  # fmt: skip
    rows = sums.filter(pl.col("of") >= least_visits, pl.col("share") < share).with_columns(size=100 * pl.col("share"))  # fmt: skip
    return findings(
        rows.sort("unit"),
        UNIT,
        gates.now,
        lambda r: (f"进出记录上传率 {r['share'] * 100:.1f}%，低于要求", {"车次": r["of"]}),
        size="size",
        unit="%",
    )


@check(
    "gate.clock_ahead", title="门禁时钟偏快", basis=OURS, severity="moderate", looks_at="gates", facet=CLOCK
)
def clock_ahead(gates: Gates, *, minutes: float = 3.0, least: int = 5) -> pl.DataFrame:
    """`least` or more records of a gate and day came more than `minutes` before their own time. Returns FINDINGS; magnitude = median lead [min]."""
    lead = (pl.col("start") - pl.col("received")).dt.total_seconds() / 60
    ahead = gates.rows.with_columns(lead=lead).filter(pl.col("lead") > minutes)
    rows = days(ahead, "site", pl.col("lead").median()).filter(pl.col("n") >= least)
    return findings(
        rows.drop("plates"),
        GATE,
        gates.now,
        lambda r: (f"{r['n']} 条记录的时间比到达时间快，中位数 {r['lead']:.0f} 分钟", {}),
        size="lead",
        unit="min",
    )


@check(
    "gate.clock_behind", title="门禁时钟偏慢", basis=OURS, severity="moderate", looks_at="gates", facet=CLOCK
)
def clock_behind(gates: Gates, *, minutes: float = 15.0, spread: float = 15.0, least: int = 10) -> pl.DataFrame:  # fmt: skip
    """Of a gate and day even the soonest of `least` or more records came more than `minutes` behind their own time, and all within `spread` minutes: a clock, not a line. Returns FINDINGS; magnitude = median lag [min]."""
    lag = (pl.col("received") - pl.col("start")).dt.total_seconds() / 60
    told = gates.rows.filter(~explained("start", joined(gates.outages))).with_columns(lag=lag)
    rows = days(
        told, "site", pl.col("lag").quantile(0.05), most=pl.col("lag").quantile(0.9), middle=pl.col("lag").median()
    ).filter(pl.col("n") >= least, pl.col("lag") > minutes, pl.col("most") - pl.col("lag") <= spread)  # fmt: skip
    return findings(
        rows.drop("plates"),
        GATE,
        gates.now,
        lambda r: (f"记录的时间比到达时间慢，中位数 {r['middle']:.0f} 分钟", {"当天记录": r["n"]}),
        size="middle",
        unit="min",
    )


@check(
    "gate.photo_repeat", title="照片重复使用", basis=OURS, severity="serious", looks_at="gates", facet=PHOTO
)
def photo_repeat(gates: Gates, *, least: int = 3) -> pl.DataFrame:
    """`least` or more passages of a unit and day bring one and the same picture. Returns FINDINGS; magnitude = passages."""
    sent = gates.passing.filter(pl.col("photo_sum").fill_null("") != "")
    same = sent.filter(pl.len().over("unit", "day", "photo_sum") >= least)
    return findings(
        days(same, "unit"),
        UNIT,
        gates.now,
        lambda r: (f"{r['n']} 条过车记录用了同一张照片", {"车辆数": r["vehicles"]}),
        unit="条",
    )


@check("gate.photo_missing", title="缺照片", basis=RULE, severity="minor", looks_at="gates", facet=PHOTO)
def photo_missing(gates: Gates, *, share: float = 0.1, least: int = 5) -> pl.DataFrame:
    """More than `share` of a day's passages of a unit, and `least` or more, bring no picture. Returns FINDINGS; magnitude = share [%]."""
    none = (pl.col("photos").fill_null("") == "") & (pl.col("photo_sum").fill_null("") == "")
    rows = shares(gates.passing, "unit", none).filter(pl.col("n") >= least, pl.col("share") > share)
    return findings(
        rows.drop("plates").with_columns(size=100 * pl.col("share")),
        UNIT,
        gates.now,
        lambda r: (f"{r['n']} 条过车记录没有照片，占当天 {percent(r['share'])}", {"当天记录": r["of"]}),
        size="size",
        unit="%",
    )


@check("gate.photo_hour", title="照片不是这一时刻的", basis=OURS, severity="moderate", looks_at="gates", facet=PHOTO, explained_by=("gate.clock_ahead", "gate.clock_behind"))  # fmt: skip
def photo_hour(gates: Gates, *, minutes: float = 30.0, least: int = 3) -> pl.DataFrame:
    """`least` or more passages of a unit and day bring a picture that says to be taken more than `minutes` before or after them. Returns FINDINGS; magnitude = passages."""
    off = (pl.col("photo_time") - pl.col("start")).abs() > timedelta(minutes=minutes)
    rows = days(gates.passing.filter(off), "unit").filter(pl.col("n") >= least)
    return findings(
        rows,
        UNIT,
        gates.now,
        lambda r: (f"{r['n']} 条过车记录的照片不是这一时刻拍的", {"车辆数": r["vehicles"]}),
        unit="条",
    )


@check("gate.unknown_gate", title="门禁未登记", basis=RULE, severity="minor", looks_at="gates")
def unknown_gate(gates: Gates, *, least: int = 1) -> pl.DataFrame:
    """`least` or more records of a unit and day name a gate that is not registered. Returns FINDINGS; magnitude = records."""
    strange = gates.rows.join(gates.gates.select("site"), on="site", how="anti")
    rows = days(strange, "unit", pl.col("site").unique().sort().str.join(" ")).filter(pl.col("n") >= least)
    return findings(
        rows.drop("plates"),
        UNIT,
        gates.now,
        lambda r: (f"{r['n']} 条记录来自未登记的门禁", {"门禁": r["site"]}),
        unit="条",
    )


@check("gate.doubled", title="同一过车重复报送", basis=OURS, severity="minor", looks_at="gates")
def doubled(gates: Gates, *, least: int = 5) -> pl.DataFrame:
    """`least` or more records of a gate and day tell the same plate, direction and second under different numbers, or one number for different times. Returns FINDINGS; magnitude = records."""
    plated = pl.col("plate") != ""
    twice = plated & (
        pl.struct("site", "plate", "direction", pl.col("start").dt.truncate("1s")).is_duplicated()
    )
    number = pl.struct("site", "number").is_duplicated()
    rows = days(gates.passing.filter(twice | number), "site").filter(pl.col("n") >= least)
    return findings(
        rows,
        GATE,
        gates.now,
        lambda r: (f"{r['n']} 条记录重号或重复", {"车辆数": r["vehicles"]}),
        unit="条",
    )


CHECKS = (
    silent, blind, late, upload_share, clock_ahead, clock_behind, photo_repeat, photo_missing, photo_hour, unknown_gate, doubled,
)  # fmt: skip
