"""The checks of this folder: one finding for each station and cause, whose length grows with the tests that show it.

The arithmetic is in `domain/vehicle_tests`; here it is said from how many tests on a station is told, and in which words. No test is judged a fraud:
each finding names tests that somebody has to look at.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.vehicle_tests import seen_in_curves, seen_in_records
from bihuan.domain.vehicle_tests.rates import far_above, first_pass
from bihuan.scenarios.inspection_stations.registers import TARGET

OURS = "自有方法"
PETROL, DIESEL = "GB 18285-2018", "GB 3847-2018"
BOTH = f"{PETROL}；{DIESEL}"
LAW = "大气污染防治法第五十四条、第一百一十二条（2026-08-15 起见生态环境法典，条款待核）"
SHOWN = 20
SECOND = timedelta(seconds=1)


def _told(
    suspected: pl.DataFrame, least: int, title: Callable[[dict[str, Any]], str], unit: str = "次"
) -> pl.DataFrame:
    """FINDINGS: of each station with `least` suspected tests or more. magnitude = how many."""
    rows = suspected.sort("start").group_by("site", maintain_order=True).agg(
        tests=pl.col("test").n_unique(), first=pl.col("start").min(), last=pl.col("until").max(), lowest=pl.col("size").min(),
        highest=pl.col("size").max(), named=pl.col("test").unique(maintain_order=True).tail(SHOWN), lines=pl.col("line").unique().sort(),
        others=pl.col("other").tail(SHOWN), notes=pl.col("note").unique(maintain_order=True).tail(SHOWN),
    )  # fmt: skip
    found = [
        _finding(row, title(row), unit) for row in rows.filter(pl.col("tests") >= least).iter_rows(named=True)
    ]
    return findings(found)


def _finding(row: dict[str, Any], title: str, unit: str) -> dict[str, Any]:
    evidence = {"检验流水号": "、".join(row["named"]), "检测线": "、".join(row["lines"])}
    others = [o for o in dict.fromkeys(row["others"]) if o]
    notes = [n for n in row["notes"] if n]
    evidence |= {"对照的检验": "、".join(others)} if others else {}
    evidence |= {"情形": "、".join(notes)} if notes else {}
    span = (row["first"], row["last"] + SECOND)
    return finding((TARGET, row["site"]), span, title, evidence, magnitude=float(row["tests"]), unit=unit)


@check(
    "station.copied",
    title="逐秒曲线雷同",
    basis=f"{OURS}；{LAW}",
    severity="major",
    looks_at="inspections",
    facet="curves",
)
def copied(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_likeness: float = 0.85, least_tests: int = 2) -> pl.DataFrame:  # fmt: skip
    """Curves by the second that are those of an earlier test, also with noise, shifted in time, scaled or lifted, within the station or of another.

    least_likeness: correlation of the ups and downs. Returns FINDINGS, one for each station; magnitude = tests.
    """
    alike = seen_in_curves.copied(seen, copies.filter(pl.col("likeness") >= least_likeness))
    return _told(
        alike,
        least_tests,
        lambda r: f"{r['tests']} 次检验的逐秒曲线与另一次检验雷同，最像的相关系数 {r['highest']:.3f}",
    )


@check(
    "station.frozen",
    title="逐秒数据不变化",
    basis=OURS,
    severity="serious",
    looks_at="inspections",
    facet="curves",
)
def frozen(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_quantities: int = 2, least_tests: int = 3) -> pl.DataFrame:  # fmt: skip
    """Concentrations that stand still for most of a test at a value that no clean air has. Returns FINDINGS; magnitude = tests."""
    still = seen_in_curves.frozen(seen, least_quantities=least_quantities)
    return _told(still, least_tests, lambda r: f"{r['tests']} 次检验的污染物浓度在大半时间内一动不动")


@check(
    "station.diluted",
    title="CO 与 CO₂ 之和过低",
    basis=f"{PETROL}（条款待核）",
    severity="serious",
    looks_at="inspections",
    facet="probe",
)
def diluted(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_percent: float = 6.0, least_tests: int = 3) -> pl.DataFrame:  # fmt: skip
    """CO + CO2 below `least_percent` [%] on the mean of the last 60 % of a petrol test: the probe is not, or not far enough, in the exhaust pipe.

    Returns FINDINGS; magnitude = tests.
    """
    thin = seen_in_curves.diluted(seen, least=least_percent)
    return _told(
        thin,
        least_tests,
        lambda r: f"{r['tests']} 次检验的 CO 与 CO₂ 之和低于 {least_percent:g}%，最低 {r['lowest']:.1f}%",
    )


@check(
    "station.too_short",
    title="检验时间过短",
    basis=f"{BOTH}；{OURS}",
    severity="serious",
    looks_at="inspections",
)
def too_short(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, cycle_s: int = 195, least_tests: int = 3) -> pl.DataFrame:  # fmt: skip
    """Fewer seconds than the method takes; `cycle_s` [s]: of the whole cycle of VMAS and the transient method. Returns FINDINGS; magnitude = tests."""
    shortest = seen_in_curves.SHORTEST | {"vmas": cycle_s, "transient": cycle_s}
    short = seen_in_curves.too_short(seen, shortest=shortest)
    return _told(
        short, least_tests, lambda r: f"{r['tests']} 次检验短于方法所需的时间，最短 {r['lowest']:.0f} s"
    )


@check(
    "station.zero_smoke",
    title="光吸收系数恒为 0.00",
    basis=f"{DIESEL}；{OURS}",
    severity="serious",
    looks_at="inspections",
    facet="probe",
)
def zero_smoke(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_tests: int = 3) -> pl.DataFrame:  # fmt: skip
    """Diesel cars before China 6 whose smoke was 0.00 in every second. Returns FINDINGS; magnitude = tests."""
    return _told(
        seen_in_curves.zero_smoke(seen),
        least_tests,
        lambda r: f"国五及以前柴油车 {r['tests']} 次检验的光吸收系数全程为 0.00",
    )


@check(
    "station.short_sweep",
    title="加载减速扫描不完整",
    basis=f"{DIESEL}；{OURS}",
    severity="serious",
    looks_at="inspections",
)
def short_sweep(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, down_to: float = 0.85, least_tests: int = 3) -> pl.DataFrame:  # fmt: skip
    """Lug-downs whose speed stayed above `down_to` of that of the highest power: the point of 80 % was never driven. Returns FINDINGS; magnitude = tests."""
    short = seen_in_curves.short_sweep(seen, down_to=down_to)
    return _told(short, least_tests, lambda r: f"{r['tests']} 次加载减速检验的车速没有降到最大功率点的 80%")


@check(
    "station.overlap",
    title="同一检测线时间重叠",
    basis=OURS,
    severity="serious",
    looks_at="inspections",
    facet="times",
)
def overlap(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_s: float = 10.0, least_tests: int = 2) -> pl.DataFrame:  # fmt: skip
    """A test that begins `least_s` [s] or more before the one before it on the line has ended. Returns FINDINGS; magnitude = tests."""
    return _told(
        seen_in_records.overlap(seen, least_s=least_s), least_tests,
        lambda r: f"同一检测线 {r['tests']} 次检验与前一次时间重叠，最长 {r['highest']:.0f} s",
    )  # fmt: skip


@check("station.too_close", title="两次检验间隔过短", basis=OURS, severity="minor", looks_at="inspections", facet="times", explained_by=("station.overlap",))  # fmt: skip
def too_close(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_s: float = 180.0, least_tests: int = 10) -> pl.DataFrame:  # fmt: skip
    """A test that begins less than `least_s` [s] after the one before it on the line has ended: no car is driven on and fastened so fast.

    Returns FINDINGS; magnitude = tests.
    """
    near = seen_in_records.too_close(seen, least_s=least_s)
    return _told(
        near, least_tests, lambda r: f"同一检测线 {r['tests']} 次检验距前一次结束不到 {least_s / 60:g} 分钟"
    )


@check(
    "station.two_places",
    title="检验员同时在两处",
    basis=OURS,
    severity="serious",
    looks_at="inspections",
    facet="times",
)
def two_places(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_s: float = 60.0, travel_min: float = 10.0, least_tests: int = 2) -> pl.DataFrame:  # fmt: skip
    """An inspector on two lines at once for `least_s` [s], or at another station less than `travel_min` [min] after. Returns FINDINGS; magnitude = tests."""
    both = seen_in_records.two_places(seen, least_s=least_s, travel_min=travel_min)
    return _told(both, least_tests, lambda r: f"检验员在 {r['tests']} 次检验中同时出现在两处")


@check("station.same_air", title="环境参数不变", basis=OURS, severity="moderate", looks_at="inspections")
def same_air(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_run: int = 12, least_h: float = 3.0) -> pl.DataFrame:  # fmt: skip
    """Temperature, humidity and pressure to the last digit the same in `least_run` tests of a line in a row, over `least_h` [h]. Returns FINDINGS; magnitude = tests."""
    still = seen_in_records.same_air(seen, least_tests=least_run, least_h=least_h)
    return _told(
        still,
        least_run,
        lambda r: f"{r['tests']} 次检验的温度、湿度、气压完全相同，最长持续 {r['highest']:.1f} h",
    )


@check(
    "station.first_pass",
    title="首检合格率远高于全市",
    basis=OURS,
    severity="moderate",
    looks_at="inspections",
)
def pass_rate(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, z: float = 3.29, least_cars: int = 100, least_points: float = 3.0) -> pl.DataFrame:  # fmt: skip
    """The rate of first tests that pass: the low end of Wilson's interval at `z` lies above that of the city's other stations with the same methods, and the rate
    itself by `least_points` [percentage points]. Returns FINDINGS; magnitude = percentage points above.
    """
    far = far_above(first_pass(seen, z=z), least_tests=least_cars, least_more=least_points / 100)
    spans = seen.group_by("site").agg(first=pl.col("start").min(), last=pl.col("until").max())
    rows = [_rate(row) for row in far.join(spans, on="site").iter_rows(named=True)]
    return findings(rows)


def _rate(r: dict[str, Any]) -> dict[str, Any]:
    title = f"首检合格率 {r['rate']:.1%}（{r['tests']} 辆），其他机构同方法为 {r['expected']:.1%}"
    evidence = {
        "首检辆数": r["tests"],
        "合格辆数": r["passed"],
        "区间下限": round(r["low"], 4),
        "区间上限": round(r["high"], 4),
    }
    points = 100 * (r["rate"] - r["expected"])
    return finding(
        (TARGET, r["site"]), (r["first"], r["last"] + SECOND), title, evidence, magnitude=points, unit="%"
    )


@check("station.lottery", title="换线复检即合格", basis=OURS, severity="moderate", looks_at="inspections")
def lottery(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, within_h: float = 3.0, least_tests: int = 5) -> pl.DataFrame:  # fmt: skip
    """Cars that failed and passed within `within_h` [h] on another line or at another station. Returns FINDINGS; magnitude = tests."""
    moved = seen_in_records.lottery(seen, within_h=within_h)
    return _told(moved, least_tests, lambda r: f"{r['tests']} 辆车不合格后 {within_h:g} h 内换线或换站即合格")


@check("station.software", title="检测软件版本变更", basis=OURS, severity="minor", looks_at="inspections")
def software(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_times: int = 1) -> pl.DataFrame:  # fmt: skip
    """A line whose software is of another version than at the test before. Returns FINDINGS; magnitude = changes."""
    changed = seen_in_records.software(seen)
    return _told(changed, least_times, lambda r: f"检测软件版本变更 {r['tests']} 次：{r['notes'][-1]}")


@check("station.calibration_clone", title="不同厂家车辆 CAL ID 与 CVN 相同", basis=f"{BOTH}；{OURS}", severity="serious", looks_at="inspections", facet="obd")  # fmt: skip
def calibration_clone(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_makers: int = 3, least_tests: int = 3) -> pl.DataFrame:  # fmt: skip
    """One calibration (CAL ID with CVN) in cars of `least_makers` makers or more: the numbers are not of these cars. Returns FINDINGS; magnitude = tests."""
    clones = seen_in_records.calibration_clone(seen, least_makers=least_makers)
    return _told(
        clones,
        least_tests,
        lambda r: f"{r['tests']} 次检验的 CAL ID 与 CVN 同时出现在 {r['highest']:.0f} 个厂家的车上",
    )


@check(
    "station.same_obd",
    title="多辆车同一 OBD",
    basis=f"{BOTH}；{OURS}",
    severity="serious",
    looks_at="inspections",
    facet="obd",
)
def same_obd(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_cars: int = 3) -> pl.DataFrame:  # fmt: skip
    """The VIN that was read by OBD came from `least_cars` cars or more: another car was plugged in. Returns FINDINGS; magnitude = tests."""
    return _told(
        seen_in_records.same_obd(seen, least_cars=least_cars), 1, lambda r: f"{r['tests']} 次检验读出的 OBD VIN 是另一辆车的"
    )  # fmt: skip


@check(
    "station.method_changed",
    title="加载减速改自由加速无理由",
    basis=f"{DIESEL}；{OURS}",
    severity="moderate",
    looks_at="inspections",
)
def method_changed(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, within_days: float = 400.0, least_tests: int = 2) -> pl.DataFrame:  # fmt: skip
    """Diesel cars that were tested by lug-down and then, within `within_days` [d], by free acceleration with no reason given. Returns FINDINGS; magnitude = tests."""
    changed = seen_in_records.method_changed(seen, within_days=within_days)
    return _told(changed, least_tests, lambda r: f"{r['tests']} 辆柴油车由加载减速改为自由加速，没有填写理由")


@check(
    "station.no_daily",
    title="首检前缺少日常检查",
    basis=f"{BOTH}（条款待核）",
    severity="moderate",
    looks_at="inspections",
)
def no_daily(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_days: int = 1) -> pl.DataFrame:  # fmt: skip
    """Days and lines whose first test came before the daily checks that its methods need were passed. Returns FINDINGS; magnitude = such days of lines."""
    return _told(
        seen_in_records.no_daily(seen, checked),
        least_days,
        lambda r: f"检测线有 {r['tests']} 天在日常检查完成前就开始检验",
        "天",
    )


@check(
    "station.wrong_result",
    title="超过限值而判为合格",
    basis=f"{BOTH}；{LAW}",
    severity="major",
    looks_at="inspections",
)
def wrong_result(seen: pl.DataFrame, copies: pl.DataFrame, checked: pl.DataFrame, *, least_tests: int = 1) -> pl.DataFrame:  # fmt: skip
    """Reports that say passed though a value is beyond the limit of its day or the MIL is on; from 2019-05-01. Limits b are judged on the pages, not here.

    Returns FINDINGS; magnitude = tests.
    """
    wrong = seen_in_records.wrong_result(seen)
    return _told(wrong, least_tests, lambda r: f"{r['tests']} 次检验数据超过限值而判为合格")


CHECKS = (
    copied, frozen, diluted, too_short, zero_smoke, short_sweep, overlap, too_close, two_places, same_air, pass_rate, lottery, software,
    calibration_clone, same_obd, method_changed, no_daily, wrong_result,
)  # fmt: skip
