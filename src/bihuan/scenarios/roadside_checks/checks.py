"""The checks of vehicles: who exceeds again, who smokes, and what terminals on board show."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.timeaxis import CST, day_start
from bihuan.domain.vehicles.roadside.sensing import repeated
from bihuan.scenarios.roadside_checks.registers import VEHICLE
from bihuan.scenarios.roadside_checks.tables import Road

SENSING = "HJ 845-2017；大气污染防治法第五十三条（2026-08-15 起见生态环境法典，条款待核）"
TERMINALS = "GB 17691-2018 附录 Q（条款待核）；自有方法"
NAMES = {"opacity": "不透光烟度", "ringelmann": "林格曼黑度", "no": "NO"}
UNITS = {"opacity": "%", "ringelmann": "级", "no": "ppm"}
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@check(
    "roadside.repeat",
    title="遥感监测重复超标",
    basis=SENSING,
    severity="serious",
    looks_at="road",
    facet="exhaust",
)
def repeat(road: Road) -> pl.DataFrame:
    """A vehicle of the city's list with two valid records in a row over the limit of the same item within six months (HJ 845-2017; manifest.toml).

    Returns FINDINGS; magnitude = the highest value of the last of them.
    """
    rows = repeated(
        road.sensed.filter("known"), times=road.again.times, last=road.again.last, months=road.again.months
    )
    newest = rows.unique(["plate", "colour", "item"], keep="last", maintain_order=True)
    return findings(_repeat(r) for r in newest.iter_rows(named=True))


def _repeat(r: dict[str, Any]) -> dict[str, Any]:
    item = r["item"]
    title = f"遥感监测 {NAMES[item]} {r['n']} 次超标，最近一次 {r[item]:g} {UNITS[item]}"
    evidence = {
        "点位": r["site"], "最近一次": f"{r['start'].astimezone(CST):%Y-%m-%d %H:%M}", "第一次": f"{r['first'].astimezone(CST):%Y-%m-%d %H:%M}",
        "比功率": r["vsp"], "车速": r["speed"],
    }  # fmt: skip
    return finding(
        (VEHICLE, f"{r['plate']} {r['colour']}"), (r["first"], r["start"] + MINUTE), title, evidence, item=item, magnitude=r[item], unit=UNITS[item],
    )  # fmt: skip


@check("roadside.smoke", title="黑烟车", basis=SENSING, severity="moderate", looks_at="road", facet="exhaust")
def smoke(road: Road) -> pl.DataFrame:
    """A vehicle of the city's list whose black smoke a person has confirmed on a picture. Returns FINDINGS; magnitude = Ringelmann grade, null where none is said."""
    rows = road.smoke.filter(pl.col("plate") != "").join(
        road.vehicles.select("plate", "colour"), on=["plate", "colour"], how="semi"
    )
    return findings(
        finding(
            (VEHICLE, f"{r['plate']} {r['colour']}"), (r["at"], r["at"] + MINUTE), f"{r['place']}抓拍到冒黑烟，经审核确认", {"抓拍编号": r["number"], "林格曼黑度": r["ringelmann"]},
            item="smoke", magnitude=r["ringelmann"], unit="级",
        ) for r in rows.iter_rows(named=True)
    )  # fmt: skip


def _days(road: Road, rows: pl.DataFrame) -> Iterable[dict[str, Any]]:
    """Days of terminals whose vehicle is known, with its `key` and `span`."""
    for r in rows.join(road.keys, left_on="site", right_on="vin").sort("key", "day").iter_rows(named=True):
        yield {**r, "span": (day_start(r["day"]), day_start(r["day"] + DAY))}


@check(
    "roadside.reagent_empty",
    title="无尿素行驶",
    basis=TERMINALS,
    severity="serious",
    looks_at="road",
    facet="terminal",
)
def reagent_empty(road: Road, *, minutes: int = 30) -> pl.DataFrame:
    """A day on which a vehicle drove `minutes` or more with an empty tank of reagent (2 % or less; own method). Returns FINDINGS; magnitude = minutes."""
    rows = road.days.filter(pl.col("empty") >= minutes)
    return findings(
        finding((VEHICLE, r["key"]), r["span"], f"反应剂余量为空行驶 {r['empty']} 分钟", {"行驶": r["driving"], "里程": r["km"]}, item="reagent", magnitude=float(r["empty"]), unit="min")
        for r in _days(road, rows)
    )  # fmt: skip


@check(
    "roadside.nox_without_urea",
    title="NOx 高而几乎不用尿素",
    basis=TERMINALS,
    severity="serious",
    looks_at="road",
    facet="terminal",
)
def nox_without_urea(
    road: Road, *, above: float = 500.0, warm: int = 60, km: float = 100.0, used: float = 0.5
) -> pl.DataFrame:
    """A day with a mean of NOx behind the warm catalyst `above` ppm over `warm` minutes, of `km` or more, on which less than `used` points of reagent per 100 km were used.

    Days on which the level of reagent is not known are not judged (own method). Returns FINDINGS; magnitude = mean [ppm].
    """
    per_100 = pl.col("used") / pl.col("km") * 100
    rows = road.days.filter(
        pl.col("nox") >= above,
        pl.col("warm") >= warm,
        pl.col("km") >= km,
        pl.col("reagents") >= warm,
        per_100 < used,
    )
    return findings(
        finding(
            (VEHICLE, r["key"]), r["span"], f"SCR 下游 NOx 平均 {r['nox']:.0f} ppm，行驶 {r['km']:.0f} km 只用尿素 {r['used']:.1f} 个百分点", {"热态行驶": r["warm"]},
            item="nox", magnitude=r["nox"], unit="ppm",
        ) for r in _days(road, rows)
    )  # fmt: skip


@check("roadside.lamp", title="故障灯长亮行驶", basis=TERMINALS, severity="moderate", looks_at="road", facet="terminal", explained_by=("roadside.reagent_empty",))  # fmt: skip
def lamp(road: Road, *, days: int = 3, share: float = 0.8) -> pl.DataFrame:
    """MIL lit in `share` of the minutes that tell it on `days` or more days in a row on which the vehicle drove (own method). Returns FINDINGS; magnitude = days."""
    drove = road.days.filter(pl.col("driving") > 0, pl.col("known_mil") > 0).sort("site", "day")
    lit = pl.col("mil") >= share * pl.col("known_mil")
    runs = drove.with_columns(lit=lit).with_columns(
        run=((pl.col("lit") != pl.col("lit").shift()) | (pl.col("site") != pl.col("site").shift())).fill_null(value=True).cum_sum()
    )  # fmt: skip
    rows = (
        runs.filter("lit")
        .group_by("site", "run")
        .agg(pl.col("day").first(), end=pl.col("day").last(), n=pl.len())
    )
    return findings(
        finding((VEHICLE, r["key"]), (r["span"][0], day_start(r["end"] + DAY)), f"故障灯连续 {r['n']} 个行驶日点亮", {}, item="mil", magnitude=float(r["n"]), unit="d")
        for r in _days(road, rows.filter(pl.col("n") >= days))
    )  # fmt: skip


@check("roadside.silent", title="终端失联而车辆在行驶", basis=TERMINALS, severity="moderate", looks_at="road")
def silent(road: Road, *, hours: float = 24.0, passages: int = 2) -> pl.DataFrame:
    """A vehicle that passed gates `passages` times or more from `hours` after the last minute that its terminal sent (own method). Returns FINDINGS; magnitude = hours since."""
    seen = road.seen.join(road.vehicles.select("plate", "colour", "vin"), on=["plate", "colour"]).filter(
        pl.col("vin") != ""
    )
    both = seen.join(road.last.select(vin="site", heard="start"), on="vin")
    late = both.filter(pl.col("start") >= pl.col("heard") + pl.duration(minutes=round(hours * 60)))
    rows = late.group_by("plate", "colour", "heard").agg(
        n=pl.len(), newest=pl.col("start").max(), gates=pl.col("site").unique().sort()
    )
    return findings(
        finding(
            (VEHICLE, f"{r['plate']} {r['colour']}"), (r["heard"], r["newest"] + MINUTE), f"终端 {r['heard'].astimezone(CST):%m-%d %H:%M} 起没有数据，此后过门禁 {r['n']} 次",
            {"门禁": r["gates"]}, item="terminal", magnitude=(r["newest"] - r["heard"]) / timedelta(hours=1), unit="h",
        ) for r in rows.filter(pl.col("n") >= passages).sort("plate").iter_rows(named=True)
    )  # fmt: skip


@check(
    "roadside.constant",
    title="终端数值恒定",
    basis=TERMINALS,
    severity="serious",
    looks_at="road",
    facet="terminal",
)
def constant(road: Road, *, minutes: int = 60, spread: float = 10.0) -> pl.DataFrame:
    """A day on which NOx or the filter's pressure had one single value in `minutes` or more of driving while the speed varied by `spread` km/h (standard deviation): simulated or bypassed (own method).

    Returns FINDINGS; magnitude = minutes.
    """
    varied = road.days.filter(pl.col("speed_spread") >= spread)
    said = []
    for item, name in (("nox", "NOx"), ("dpf", "DPF 压差")):
        rows = varied.filter(pl.col(f"{item}_values") == 1, pl.col(f"{item}_known") >= minutes)
        said += [
            finding((VEHICLE, r["key"]), r["span"], f"行驶中 {name} {r[f'{item}_known']} 分钟没有变化", {"车速标准差": round(r["speed_spread"], 1)}, item=item, magnitude=float(r[f"{item}_known"]), unit="min")
            for r in _days(road, rows)
        ]  # fmt: skip
    return findings(said)


CHECKS = (repeat, smoke, reagent_empty, nox_without_urea, lamp, silent, constant)
