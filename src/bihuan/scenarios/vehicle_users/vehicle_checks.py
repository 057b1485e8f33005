"""The checks of vehicles and loads: plates in two places, stages and numbers that cannot be, weights, who never leaves, and how the bar was lifted."""

from datetime import date, timedelta

import polars as pl

from bihuan.domain.checks import check
from bihuan.domain.places.geodesy import distance
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles import plates as written
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.ledger import LIGHT_KG
from bihuan.domain.vehicles.stages import ELECTRIC, STAGES, possible_from
from bihuan.domain.vehicles.vin import read_vin
from bihuan.scenarios.vehicle_users.found import UNIT, days, findings, percent, shares
from bihuan.scenarios.vehicle_users.tables import Gates

RULE = "HJ 1321-2023（条款待核）"
OURS = "HJ 1321-2023（条款待核）；自有方法"
PLATE, STAGE, LOAD, LEDGER, SIDE = "plate", "stage", "load", "ledger", "side"
GROUP = {name: fuel.group for name, fuel in FUELS.items()}


def _told(gates: Gates, rows: pl.DataFrame, words: str) -> pl.DataFrame:
    """FINDINGS of days; `words` holds {n} and {vehicles}; magnitude = passages."""
    return findings(
        rows,
        UNIT,
        gates.now,
        lambda r: (words.format(n=r["n"], vehicles=r["vehicles"]), {"车辆数": r["vehicles"]}),
        unit="辆次",
    )


@check(
    "gate.clone",
    title="疑似套牌：同一号牌先后出现的两处赶不到",
    basis=OURS,
    severity="serious",
    looks_at="gates",
    facet=PLATE,
)
def clone(gates: Gates, *, speed: float = 120.0, least_km: float = 5.0) -> pl.DataFrame:
    """A plate at gates of two units `least_km` or more apart, faster than `speed` [km/h] as the crow flies. Clocks that are wrong are told apart by their own check.

    Returns FINDINGS, one for each of the units and day; magnitude = passages.
    """
    seen = gates.went.filter(pl.col("plate") != "", pl.col("lon").is_not_null()).sort("plate", "start")
    keys = ("unit", "site", "start", "lon", "lat")
    pairs = seen.with_columns(pl.col(c).shift().over("plate").alias(f"last_{c}") for c in keys)
    pairs = pairs.filter(pl.col("unit") != pl.col("last_unit"), pl.col("start") - pl.col("last_start") < timedelta(hours=3))  # fmt: skip
    if pairs.is_empty():
        return findings(days(pairs, "unit"), UNIT, gates.now, lambda r: ("", r))
    places = pairs.select("last_lon", "last_lat", "lon", "lat").iter_rows()
    km = pl.Series("km", [distance((a, b), (c, d)) / 1000 for a, b, c, d in places])
    hours = (pl.col("start") - pl.col("last_start")).dt.total_seconds() / 3600
    fast = pairs.with_columns(km).filter(pl.col("km") >= least_km, pl.col("km") > speed * hours)
    both = pl.concat([fast, fast.with_columns(unit="last_unit", start="last_start", site="last_site")])
    return _told(gates, days(both, "unit"), "号牌在相距很远的两处先后出现，路上时间不够，{n} 辆次")


@check(
    "gate.two_gates",
    title="同一号牌同时过两个门",
    basis=OURS,
    severity="moderate",
    looks_at="gates",
    facet=PLATE,
)
def two_gates(gates: Gates, *, seconds: float = 60.0) -> pl.DataFrame:
    """A plate at two gates of one unit in the same direction within `seconds`. Returns FINDINGS; magnitude = passages."""
    seen = gates.went.filter(pl.col("plate") != "").sort("unit", "plate", "start")
    keys = ("unit", "plate", "direction")
    same = pl.all_horizontal(pl.col(c) == pl.col(c).shift() for c in keys)
    twice = same & (pl.col("site") != pl.col("site").shift()) & (pl.col("start").diff() <= timedelta(seconds=seconds))  # fmt: skip
    return _told(gates, days(seen.filter(twice), "unit"), "号牌在一分钟内同向过两个门 {n} 辆次")


@check(
    "gate.stage_above",
    title="上报排放阶段高于车辆名录",
    basis=RULE,
    severity="serious",
    looks_at="gates",
    facet=STAGE,
)
def stage_above(gates: Gates, *, least_vehicles: int = 1) -> pl.DataFrame:
    """Vehicles told with a higher stage than the list of vehicles has (or as electric ones). Returns FINDINGS; magnitude = passages."""
    order = [*STAGES, ELECTRIC]
    told, listed = (
        pl.col(c).replace_strict(order, range(len(order)), default=None) for c in ("stage", "listed_stage")
    )
    rows = days(gates.went.filter(told > listed), "unit").filter(pl.col("vehicles") >= least_vehicles)
    return _told(gates, rows, "{vehicles} 辆车上报的排放阶段高于车辆名录，{n} 辆次")


@check(
    "gate.stage_date",
    title="排放阶段与登记日期不符",
    basis=OURS,
    severity="moderate",
    looks_at="gates",
    facet=STAGE,
)
def stage_date(gates: Gates, *, early_years: int = 2, least_vehicles: int = 1) -> pl.DataFrame:
    """Vehicles told with a stage that was asked of nobody until more than `early_years` after their registration (a hint, stages.csv). Returns FINDINGS; magnitude = passages."""
    went = gates.went.filter(pl.col("registered").is_not_null(), pl.col("stage").is_in(STAGES))
    kinds = went.select("stage", "fuel", "permitted_kg").unique(maintain_order=True)
    since = [_possible(stage, fuel, kg, early_years) for stage, fuel, kg in kinds.iter_rows()]
    dated = went.join(kinds.with_columns(pl.Series("possible", since, pl.Date)), on=["stage", "fuel", "permitted_kg"], nulls_equal=True)  # fmt: skip
    wrong = dated.filter(pl.col("registered").str.to_date(strict=False) < pl.col("possible"))
    rows = days(wrong, "unit").filter(pl.col("vehicles") >= least_vehicles)
    return _told(gates, rows, "{vehicles} 辆车的排放阶段早于其实施多年（按登记日期推断），{n} 辆次")


def _possible(stage: str, fuel: str | None, permitted_kg: float | None, early_years: int) -> date | None:
    if fuel not in FUELS:
        return None
    return possible_from(stage, fuel, heavy=permitted_kg is None or permitted_kg > LIGHT_KG, early_years=early_years)  # fmt: skip


@check(
    "gate.fuel", title="上报燃料与车辆名录不符", basis=RULE, severity="serious", looks_at="gates", facet=STAGE
)
def fuel(gates: Gates, *, least_vehicles: int = 1) -> pl.DataFrame:
    """Vehicles told with a fuel of another kind than the list of vehicles has. Returns FINDINGS; magnitude = passages."""
    told, listed = (pl.col(c).replace_strict(GROUP, default=None) for c in ("fuel", "listed_fuel"))
    rows = days(gates.went.filter(told != listed), "unit").filter(pl.col("vehicles") >= least_vehicles)
    return _told(gates, rows, "{vehicles} 辆车上报的燃料与车辆名录不符，{n} 辆次")


def _share(gates: Gates, wrong: pl.Expr, share: float, least: int, words: str, rows: pl.DataFrame | None = None) -> pl.DataFrame:  # fmt: skip
    """FINDINGS of days on which a share is wrong; magnitude = share [%]."""
    some = shares(gates.passing if rows is None else rows, "unit", wrong)
    some = some.filter(pl.col("n") >= least, pl.col("share") > share).with_columns(size=100 * pl.col("share"))
    return findings(
        some,
        UNIT,
        gates.now,
        lambda r: (words.format(n=r["n"], share=percent(r["share"])), {"当天记录": r["of"]}),
        size="size",
        unit="%",
    )


@check("gate.vin_wrong", title="车辆识别代号错误多", basis="GB 16735-2019；HJ 1321-2023（条款待核）", severity="minor", looks_at="gates", facet=LEDGER)  # fmt: skip
def vin_wrong(gates: Gates, *, share: float = 0.1, least: int = 5) -> pl.DataFrame:
    """More than `share` of a day's passages that tell a VIN, and `least` or more, tell one whose form or check digit is wrong. Returns FINDINGS; magnitude = share [%]."""
    told = gates.passing.filter(pl.col("vin").fill_null("") != "")
    known = told.select("vin").unique(maintain_order=True)
    bad = [vin for vin in known["vin"] if read_vin(vin)[1]]
    wrong = pl.col("vin").is_in(bad)
    return _share(gates, wrong, share, least, "{n} 条记录的车辆识别代号不对，占 {share}", told)


@check(
    "gate.vin_shared",
    title="一个车辆识别代号多个号牌",
    basis=OURS,
    severity="moderate",
    looks_at="gates",
    facet=LEDGER,
)
def vin_shared(gates: Gates, *, least_plates: int = 3) -> pl.DataFrame:
    """On a day at a unit one VIN was told for `least_plates` or more plates. Returns FINDINGS; magnitude = passages."""
    told = gates.passing.filter(pl.col("vin").fill_null("") != "", pl.col("plate") != "")
    many = told.filter(pl.col("plate").n_unique().over("unit", "day", "vin") >= least_plates)
    return _told(gates, days(many, "unit"), "{vehicles} 个号牌报同一车辆识别代号，{n} 辆次")


@check("gate.plate_form", title="号牌写法或颜色不对的多", basis="GA 36-2018；HJ 1321-2023（条款待核）", severity="minor", looks_at="gates", facet=LEDGER)  # fmt: skip
def plate_form(gates: Gates, *, share: float = 0.1, least: int = 5) -> pl.DataFrame:
    """More than `share` of a day's passages, and `least` or more, have a plate of no form or none of that colour. Returns FINDINGS; magnitude = share [%]."""
    named = gates.passing.select("plate_sent", "colour").unique(maintain_order=True)
    odd = [
        bool({written.FORM, written.COLOUR} & set(written.read_plate(p, c).noted))
        for p, c in named.iter_rows()
    ]
    told = gates.passing.join(named.with_columns(odd=pl.Series(odd, dtype=pl.Boolean)), on=["plate_sent", "colour"], nulls_equal=True)  # fmt: skip
    return _share(gates, pl.col("odd"), share, least, "{n} 条记录的号牌写法或颜色不对，占 {share}", told)


@check("gate.no_plate", title="无号牌的多", basis=OURS, severity="moderate", looks_at="gates", facet=LEDGER)
def no_plate(gates: Gates, *, share: float = 0.15, least: int = 5) -> pl.DataFrame:
    """More than `share` of a day's passages, and `least` or more, have no plate. Returns FINDINGS; magnitude = share [%]."""
    return _share(gates, pl.col("plate") == "", share, least, "{n} 条记录没有号牌，占 {share}")


@check("gate.no_out", title="只进不出", basis=OURS, severity="moderate", looks_at="gates", explained_by=("gate.silent", "gate.alert_silent", "gate.blind", "gate.no_plate", "gate.clock_ahead", "gate.clock_behind"))  # fmt: skip
def no_out(gates: Gates, *, hours: float = 72.0, share: float = 0.1, least: int = 5) -> pl.DataFrame:
    """More than `share` of the visits of a day, and `least` or more, have no way out: the vehicle came in again, or `hours` have passed. Returns FINDINGS; magnitude = vehicles."""
    ins = gates.visits.filter(pl.col("in_at").is_not_null()).sort("in_at").with_columns(
        again=pl.col("in_at").shift(-1).over("unit", "plate"), start=pl.col("in_at"), day=pl.col("in_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    )  # fmt: skip
    late = pl.lit(gates.now) - pl.col("in_at") > timedelta(hours=hours)
    stayed = pl.col("out_at").is_null() & (pl.col("again").is_not_null() | late)
    rows = shares(ins, "unit", stayed).filter(pl.col("n") >= least, pl.col("share") > share)
    return _told(gates, rows, "{vehicles} 辆车进入后没有离开的记录")


@check("gate.tare", title="皮重异常", basis=OURS, severity="moderate", looks_at="gates", facet=LOAD)
def tare(gates: Gates, *, above_kg: float = 1500.0, share: float = 0.08, least: int = 3) -> pl.DataFrame:
    """A vehicle's tare differs from the median of its `least` or more weighings by more than `above_kg` and `share`. Returns FINDINGS; magnitude = vehicles."""
    weighed = gates.rows.filter(pl.col("tare_kg") > 0, pl.col("plate") != "")
    usual = pl.col("tare_kg").median().over("plate")
    gap = (pl.col("tare_kg") - usual).abs()
    odd = weighed.filter(pl.len().over("plate") >= least, gap > above_kg, gap > share * usual)
    return _told(gates, days(odd, "unit"), "{vehicles} 辆车的皮重与平日差得多，{n} 次")


@check("gate.no_weight", title="有地磅而缺重量", basis=RULE, severity="minor", looks_at="gates", facet=LOAD)
def no_weight(gates: Gates, *, share: float = 0.5, least: int = 10) -> pl.DataFrame:
    """At gates with a weighbridge fewer than 1 - `share` of a day's ways out of trucks, of `least` or more, tell a net weight, on the way in neither. Returns FINDINGS; magnitude = share without [%]."""
    bridged = gates.went.filter(pl.col("weighbridge"), pl.col("plate") != "")
    weighed = bridged.filter(pl.col("net_kg").is_not_null()).select("unit", "day", "plate").unique()
    outs = bridged.filter(pl.col("direction") == "out", pl.col("vehicle_type").fill_null("").str.contains(r"^(?:H[1-4]|Q)"))  # fmt: skip
    told = outs.join(weighed.with_columns(has=pl.lit(value=True)), on=["unit", "day", "plate"], how="left")
    return _share(gates, pl.col("has").is_null(), share, least, "{n} 条出厂记录没有净重，占 {share}", told)


@check("gate.weights", title="重量不可信", basis=OURS, severity="moderate", looks_at="gates", facet=LOAD)
def weights(
    gates: Gates, *, tolerance_kg: float = 50.0, most_kg: float = 120_000.0, least: int = 3
) -> pl.DataFrame:
    """`least` or more records of a day with a net weight that is not gross less tare (beyond `tolerance_kg`), below zero, or a gross weight beyond `most_kg` or below 1 t (a wrong unit). Returns FINDINGS; magnitude = records."""
    gap = (pl.col("gross_kg") - pl.col("tare_kg") - pl.col("net_kg")).abs() > tolerance_kg
    odd = gap.fill_null(value=False) | (pl.col("net_kg") < 0) | (pl.col("gross_kg") > most_kg) | (pl.col("gross_kg") < 1000)  # fmt: skip
    return _told(
        gates, days(gates.rows.filter(odd), "unit").filter(pl.col("n") >= least), "{n} 条记录的重量不可信"
    )


@check("gate.manual", title="手动抬杆多", basis=OURS, severity="moderate", looks_at="gates")
def manual(gates: Gates, *, share: float = 0.05, least: int = 5) -> pl.DataFrame:
    """The bar was lifted by hand for more than `share` of a day's passages, and `least` or more. Returns FINDINGS; magnitude = share [%]."""
    return _share(gates, pl.col("opened") == "manual", share, least, "手动抬杆 {n} 次，占 {share}")


@check("gate.side_goods", title="货车走侧门", basis=OURS, severity="moderate", looks_at="gates", facet=SIDE, explained_by=("gate.denied_in", "gate.barred_in"))  # fmt: skip
def side_goods(gates: Gates, *, least: int = 3) -> pl.DataFrame:
    """`least` or more trucks of a day went through gates that are none for goods. Returns FINDINGS; magnitude = passages."""
    truck = (
        pl.col("vehicle_type").fill_null("").str.contains(r"^(?:H[12]|Q)") | pl.col("net_kg").is_not_null()
    )
    side = gates.went.filter(pl.col("kind").is_in(["side", "staff"]), truck)
    return _told(gates, days(side, "unit").filter(pl.col("n") >= least), "货车从侧门或员工通道进出 {n} 辆次")


@check("gate.night_burst", title="夜间集中进出", basis=OURS, severity="moderate", looks_at="gates")
def night_burst(gates: Gates, *, least: int = 10, times: float = 3.0, last_hour: int = 5) -> pl.DataFrame:
    """Between midnight and `last_hour` o'clock `least` or more vehicles came in, and `times` as many as in the usual night before. Returns FINDINGS; magnitude = passages."""
    ins = gates.went.filter(pl.col("direction") == "in", pl.col("hour") < last_hour)
    nights = days(ins, "unit")
    span = (gates.now.astimezone(CST).date() - gates.since.astimezone(CST).date()).days or 1
    others = nights.with_columns(usual=(pl.col("n").sum().over("unit") - pl.col("n")) / max(span - 1, 1))
    rows = others.filter(pl.col("n") >= least, pl.col("n") >= times * pl.col("usual"))
    return _told(gates, rows, "夜间进入 {n} 辆次，远多于平日")


@check(
    "gate.unlisted",
    title="不在车辆名录的重型车多",
    basis=OURS,
    severity="minor",
    looks_at="gates",
    facet=STAGE,
)
def unlisted(gates: Gates, *, share: float = 0.3, least: int = 20) -> pl.DataFrame:
    """More than `share` of a day's trucks, and `least` or more, stand on no list of vehicles; nothing where there is no list. Returns FINDINGS; magnitude = share [%]."""
    if gates.listed.is_empty():
        return findings(days(gates.went.head(0), "unit"), UNIT, gates.now, lambda r: ("", r))
    trucks = gates.went.filter(pl.col("plate") != "", pl.col("vehicle_type").fill_null("").str.contains(r"^(?:H[12]|Q)"))  # fmt: skip
    wrong = pl.col("listed_stage").is_null() & pl.col("listed_fuel").is_null()
    return _share(gates, wrong, share, least, "{n} 条记录的货车不在车辆名录，占 {share}", trucks)


CHECKS = (
    clone, two_gates, stage_above, stage_date, fuel, vin_wrong, vin_shared, plate_form, no_plate, no_out, tare, no_weight, weights, manual, side_goods,
    night_burst, unlisted,
)  # fmt: skip
