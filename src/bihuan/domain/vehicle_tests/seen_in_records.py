"""Suspects by the records of tests: times, places and people, results, software, what the cars' computers said, daily checks."""

from datetime import date

import polars as pl

from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicle_tests.limits import LEVELS, judged, limits_on
from bihuan.domain.vehicle_tests.tables import DAILY, DIESEL, METHODS, VALUES, suspects

FAMILY = {
    "overlap": "同一检测线检验时间重叠",
    "too_close": "同一检测线两次检验间隔过短",
    "two_places": "检验员同时在两处",
    "same_air": "环境参数长时间不变",
    "lottery": "不合格后换线换站即合格",
    "software": "检测软件版本变更",
    "calibration_clone": "不同厂家车辆的 CAL ID 与 CVN 相同",
    "same_obd": "多辆车读出同一 OBD VIN",
    "method_changed": "加载减速法改为自由加速法而无理由",
    "no_daily": "当日首检前缺少日常检查",
    "wrong_result": "数据超过限值而判为合格",
}
DAY = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.date()
LINE = ("site", "line")


def _before(name: str, over: tuple[str, ...]) -> pl.Expr:
    return pl.col(name).shift(1).over(over, order_by=["start", "test"])


def overlap(tests: pl.DataFrame, *, least_s: float = 10.0) -> pl.DataFrame:
    """A test that began `least_s` [s] or more before the one before it on its line had ended. size = seconds in common."""
    latest = pl.col("until").cum_max().shift(1).over(LINE, order_by=["start", "test"])
    rows = tests.with_columns(ended=latest, other=_before("test", LINE))
    common = (pl.min_horizontal("ended", "until") - pl.col("start")).dt.total_seconds().cast(pl.Float64)
    return suspects(
        rows.drop_nulls("ended").filter(common >= least_s), "overlap", other=pl.col("other"), size=common
    )


def too_close(tests: pl.DataFrame, *, least_s: float = 180.0) -> pl.DataFrame:
    """A test that began less than `least_s` [s] after the one before it on its line had ended, and does not overlap it. size = seconds between."""
    rows = tests.with_columns(ended=_before("until", LINE), other=_before("test", LINE))
    between = (pl.col("start") - pl.col("ended")).dt.total_seconds().cast(pl.Float64)
    return suspects(
        rows.filter(between >= 0, between < least_s), "too_close", other=pl.col("other"), size=between
    )


def two_places(tests: pl.DataFrame, *, least_s: float = 60.0, travel_min: float = 10.0) -> pl.DataFrame:
    """An inspector on two lines at once for `least_s` [s] or more, or at another station less than `travel_min` [min] later. size = seconds in common.

    Inspectors are known by what the station writes of them; the same name at two stations may be two people, a number is not.
    """
    who = ("inspector",)
    rows = tests.filter(pl.col("inspector") != "").with_columns(
        ended=_before("until", who), at=_before("site", who), on=_before("line", who), other=_before("test", who)
    )  # fmt: skip
    elsewhere, station = pl.col("at") != pl.col("site"), pl.col("on") != pl.col("line")
    common = (pl.min_horizontal("ended", "until") - pl.col("start")).dt.total_seconds().cast(pl.Float64)
    needed = pl.when(elsewhere).then(-60.0 * travel_min).otherwise(least_s)
    both = rows.filter(elsewhere | station).filter(common > needed)
    return suspects(both, "two_places", other=pl.col("other"), size=common, note=pl.col("inspector"))


def same_air(tests: pl.DataFrame, *, least_tests: int = 12, least_h: float = 3.0) -> pl.DataFrame:
    """Temperature, humidity and pressure the same to the last digit in `least_tests` tests of a line in a row, over `least_h` hours. size = hours."""
    air = ["temperature", "humidity", "pressure"]
    rows = tests.drop_nulls(air).sort(*LINE, "start", "test")
    new = pl.any_horizontal(pl.col(c) != pl.col(c).shift(1) for c in (*LINE, *air)).fill_null(value=True)
    runs = rows.with_columns(run=new.cum_sum())
    runs = runs.with_columns(
        count=pl.len().over("run"),
        hours=((pl.col("until").max() - pl.col("start").min()).over("run").dt.total_seconds() / 3600),
    )
    long = runs.filter(pl.col("count") >= least_tests, pl.col("hours") >= least_h)
    note = pl.format("{} ℃ {} % {} kPa", *air)
    return suspects(long, "same_air", size=pl.col("hours"), note=note)


def lottery(tests: pl.DataFrame, *, within_h: float = 3.0) -> pl.DataFrame:
    """A car that failed and passed within `within_h` hours on another line or at another station. size = minutes between."""
    car = ("vin",)
    rows = tests.filter(pl.col("vin") != "").with_columns(
        ended=_before("until", car), was=_before("result", car), other=_before("test", car), at=_before("site", car),
        on=_before("line", car),
    )  # fmt: skip
    minutes = (pl.col("start") - pl.col("ended")).dt.total_minutes().cast(pl.Float64)
    moved = (pl.col("at") != pl.col("site")) | (pl.col("on") != pl.col("line"))
    rows = rows.filter(pl.col("was") == "fail", pl.col("result") == "pass", moved, minutes < 60 * within_h)
    return suspects(rows, "lottery", other=pl.col("other"), size=minutes)


def software(tests: pl.DataFrame) -> pl.DataFrame:
    """The first test of a line with a software version other than the test before. note: both versions."""
    rows = tests.filter(pl.col("software") != "").with_columns(
        was=_before("software", LINE), other=_before("test", LINE)
    )
    changed = rows.filter(pl.col("was") != pl.col("software"))
    return suspects(changed, "software", other=pl.col("other"), note=pl.format("{} → {}", "was", "software"))


def calibration_clone(tests: pl.DataFrame, *, least_makers: int = 3, least_cars: int = 5) -> pl.DataFrame:
    """One CAL ID with one CVN in cars of `least_makers` makers (first three letters of the VIN) or more. size = makers; note: CAL ID.

    A calibration belongs to an engine and a maker; two makers may share an engine.
    """
    known = tests.filter(pl.col("cal_id") != "", pl.col("cvn") != "", pl.col("vin").str.len_chars() == 17)
    known = known.with_columns(maker=pl.col("vin").str.slice(0, 3))
    of = known.group_by("cal_id", "cvn").agg(makers=pl.col("maker").n_unique(), cars=pl.col("vin").n_unique())
    of = of.filter(pl.col("makers") >= least_makers, pl.col("cars") >= least_cars)
    rows = known.join(of, on=["cal_id", "cvn"])
    return suspects(rows, "calibration_clone", size=pl.col("makers").cast(pl.Float64), note=pl.col("cal_id"))


def same_obd(tests: pl.DataFrame, *, least_cars: int = 3) -> pl.DataFrame:
    """The VIN that was read from the car's computer was read from `least_cars` cars or more. size = cars; note: that VIN."""
    known = tests.filter(pl.col("obd_vin") != "", pl.col("vin") != "")
    of = known.group_by("obd_vin").agg(cars=pl.col("vin").n_unique()).filter(pl.col("cars") >= least_cars)
    rows = known.join(of, on="obd_vin").filter(pl.col("obd_vin") != pl.col("vin"))
    return suspects(rows, "same_obd", size=pl.col("cars").cast(pl.Float64), note=pl.col("obd_vin"))


def method_changed(tests: pl.DataFrame, *, within_days: float = 400.0) -> pl.DataFrame:
    """Free acceleration of a car that was tested by lug-down before, with no reason given. size = days between."""
    car = ("vin",)
    diesel = tests.filter(pl.col("method").is_in(DIESEL), pl.col("vin") != "").with_columns(
        was=_before("method", car), other=_before("test", car), ended=_before("until", car)
    )
    days = (pl.col("start") - pl.col("ended")).dt.total_seconds() / 86400
    rows = diesel.filter(
        pl.col("was") == "lugdown", pl.col("method") == "free", pl.col("reason") == "", days <= within_days
    )
    return suspects(rows, "method_changed", other=pl.col("other"), size=days)


def no_daily(tests: pl.DataFrame, checked: pl.DataFrame) -> pl.DataFrame:
    """The first test of a line and day before which a daily check that its methods need is missing or was not passed. note: which.

    Only of stations that send their daily checks at all.
    """
    first = tests.with_columns(day=DAY).sort("start", "test").group_by(*LINE, "day", maintain_order=True).agg(
        pl.col("start", "until", "test").first(), diesel=pl.col("method").is_in(DIESEL).any(), petrol=(~pl.col("method").is_in(DIESEL)).any(),
    )  # fmt: skip
    first = first.join(checked.select("site").unique(), on="site", how="semi")
    needed = pl.DataFrame({"check": list(DAILY), "of": ["petrol", "petrol", "both", "diesel"]})
    of = (
        (pl.col("of") == "both")
        | (pl.col("petrol") & (pl.col("of") == "petrol"))
        | (pl.col("diesel") & (pl.col("of") == "diesel"))
    )
    wanted = first.join(needed, how="cross").filter(of)
    done = checked.filter(pl.col("result") == "pass").with_columns(day=DAY)
    done = done.group_by(*LINE, "day", pl.col("kind").alias("check")).agg(done=pl.col("start").min())
    missing = wanted.join(done, on=[*LINE, "day", "check"], how="left")
    missing = missing.filter(pl.col("done").is_null() | (pl.col("done") > pl.col("start")))
    told = pl.col("check").replace_strict(DAILY)
    rows = (
        missing.with_columns(told=told)
        .group_by(*LINE, "day", "test", "start", "until")
        .agg(note=pl.col("told").sort().str.join("、"), size=pl.len())
    )
    return suspects(rows, "no_daily", size=pl.col("size").cast(pl.Float64), note=pl.col("note"))


def wrong_result(tests: pl.DataFrame, *, level: str = "a") -> pl.DataFrame:
    """A report that says passed though a value is beyond the limit of its day, or the MIL is on. size = how many values. Judged with Decimal."""
    if level not in LEVELS:
        raise ValueError(f"level {level!r} is none of {LEVELS}")
    rows = tests.filter(pl.col("result") == "pass", _may_be_beyond(level))
    found = {}
    for row in rows.iter_rows(named=True):
        day, values = row["start"].astimezone(CST).date(), {v: row[v] for v in VALUES}
        verdict = judged(row["method"], day, values, level=level, rated_kw=row["rated_kw"], mil=row["mil"])
        if verdict.ok is False:
            beyond = [i.name for i in verdict.items if i.ok is False]
            found[row["test"]] = (float(len(beyond)), "、".join(beyond) or "MIL 点亮")
    rows = rows.filter(pl.col("test").is_in(list(found)))
    size = pl.col("test").replace_strict(
        {k: v[0] for k, v in found.items()}, default=None, return_dtype=pl.Float64
    )
    note = pl.col("test").replace_strict(
        {k: v[1] for k, v in found.items()}, default="", return_dtype=pl.String
    )
    return suspects(rows, "wrong_result", size=size, note=note)


def _may_be_beyond(level: str) -> pl.Expr:
    """Rows that the exact judgement has to look at: none that is well within all limits."""
    found = pl.col("mil") == "on"
    for method in METHODS:
        for limit in limits_on(date(2099, 1, 1), method, level):
            value, bound = pl.col(limit.value), float(limit.limit)
            beyond = {
                "most": value > bound * (1 - 1e-9),
                "least": value < bound * (1 + 1e-9),
                "share": value < bound * pl.col("rated_kw") * (1 + 1e-9),
            }[limit.kind]
            found = found | ((pl.col("method") == method) & beyond)
    return found.fill_null(value=False)
