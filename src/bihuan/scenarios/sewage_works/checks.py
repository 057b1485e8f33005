"""The checks of works: months of which something is wrong, one finding for each works, month and check.

Only months that are over are judged, and of their figures only those of which enough days were reported.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.sewage.works.reuse import USED, balance
from bihuan.domain.timeaxis import CST

DOMAIN = "城镇污水处理提质增效三年行动方案（2019—2021年）（建城〔2019〕52号）"
OWN_METHOD = "自有方法"
PERIODS = pl.Schema(
    {
        "works": pl.String(),
        "month": pl.Date(),
        "until": pl.Date(),
        "today": pl.Date(),
        "urban": pl.Boolean(),  # of a city or county seat, not of a town
    }
)
"""Every works and month that is over within the span that is looked at, of works that were there all the month."""


def _finding(
    works: str, month: date, until: date, title: str, evidence: dict[str, Any], **more: Any
) -> dict[str, Any]:
    begin, end = (datetime.combine(day, time(), CST) for day in (month, until))
    return finding(("sewage_works", works), (begin, end), title, evidence, **more)


def _of_periods(months: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """The months that are over and of which enough was reported."""
    return months.filter("enough").join(periods, on=["works", "month"])


@check(
    "works.overload",
    title="污水处理厂超负荷",
    basis="城镇污水处理厂运行监管通行口径（待核）；自定限值",
    severity="moderate",
    looks_at="months",
)
def overload(
    months: pl.DataFrame,
    weather: pl.DataFrame,
    days: pl.DataFrame,
    used: pl.DataFrame,
    periods: pl.DataFrame,
    *,
    above: float = 1.0,
) -> pl.DataFrame:
    """The mean inflow of a month beyond `above` times the design capacity (own choice: 1). MONTHS, WEATHER, DAYS, USED, PERIODS -> FINDINGS; magnitude = load rate [%]."""
    found = _of_periods(months, periods).filter(pl.col("load") > above)
    return findings(
        _finding(
            r["works"], r["month"], r["until"], f"{r['month']:%Y-%m} 负荷率 {r['load'] * 100:.1f}%，超过规模 {r['over_days']} 天",
            {"日均进水量": round(r["inflow_mean"]), "设计规模": round(r["capacity"]), "有数天数": r["reported"]}, magnitude=r["load"] * 100, unit="%",
        )
        for r in found.iter_rows(named=True)
    )  # fmt: skip


@check(
    "works.underload",
    title="污水处理厂负荷率偏低",
    basis="城镇污水处理厂运行监管通行口径（待核）；自定限值",
    severity="minor",
    looks_at="months",
)
def underload(
    months: pl.DataFrame,
    weather: pl.DataFrame,
    days: pl.DataFrame,
    used: pl.DataFrame,
    periods: pl.DataFrame,
    *,
    below: float = 0.6,
    in_a_row: int = 3,
) -> pl.DataFrame:
    """A load rate below `below` in each of the last `in_a_row` months that are over (60 % is commonly asked for, unsure). Returns FINDINGS, one for each works; magnitude = percentage points of the mean load rate below it."""
    low = _of_periods(months, periods).filter(pl.col("load") < below)
    last = periods["month"].unique().sort()[-in_a_row:]
    runs = low.filter(pl.col("month").is_in(last.implode())).group_by("works").agg(
        pl.col("month").min(), pl.col("until").max(), pl.col("load").mean(), pl.col("capacity").last(), n=pl.len()
    )  # fmt: skip
    return findings(
        _finding(
            r["works"], r["month"], r["until"], f"连续 {r['n']} 个月负荷率低于 {below * 100:.0f}%，平均 {r['load'] * 100:.1f}%",
            {"平均负荷率": f"{r['load'] * 100:.1f}%", "设计规模": round(r["capacity"])}, magnitude=(below - r["load"]) * 100, unit="%",
        )
        for r in runs.filter(pl.col("n") == in_a_row).iter_rows(named=True)
    )  # fmt: skip


@check(
    "works.thin",
    title="进水 BOD 浓度低",
    basis=DOMAIN,
    severity="moderate",
    looks_at="months",
)
def thin(
    months: pl.DataFrame,
    weather: pl.DataFrame,
    days: pl.DataFrame,
    used: pl.DataFrame,
    periods: pl.DataFrame,
    *,
    below: float = 100.0,
    least_days: int = 4,
) -> pl.DataFrame:
    """BOD5 of the influent of an urban works in a month below `below` [mg/L] (such a works needs a plan of its own), from `least_days` measured days on. Returns FINDINGS; magnitude = mg/L below it."""
    thin_months = (pl.col("in_bod") < below) & (pl.col("in_bod_days") >= least_days)
    found = _of_periods(months, periods).filter("urban", thin_months)
    return findings(
        _finding(
            r["works"], r["month"], r["until"], f"{r['month']:%Y-%m} 进水 BOD {r['in_bod']:.1f} mg/L，低于 {below:g} mg/L，须有一厂一策方案",
            {"BOD 有数天数": r["in_bod_days"], "日均进水量": round(r["inflow_mean"])}, item="w01017", magnitude=below - r["in_bod"], unit="mg/L",
        )
        for r in found.iter_rows(named=True)
    )  # fmt: skip


@check(
    "works.odd_inflow",
    title="进水 COD 突变",
    basis=OWN_METHOD,
    severity="serious",
    looks_at="days",
)
def odd_inflow(
    months: pl.DataFrame,
    weather: pl.DataFrame,
    days: pl.DataFrame,
    used: pl.DataFrame,
    periods: pl.DataFrame,
    *,
    times: float = 3.0,
    least_days: int = 20,
) -> pl.DataFrame:
    """COD of a day of the influent beyond `times` the median of the works' days, or below a `times`-th of it: foreign water (own method).

    The median is that of all days that are looked at, `least_days` or more. Returns FINDINGS, one for each works and month; magnitude = the farthest
    multiple of the median, of a lower value how often it goes into the median.
    """
    value, middle = pl.col("in_cod"), pl.col("in_cod").median().over("works")
    known = days.filter(value.is_not_null()).with_columns(
        middle=middle, n=pl.len().over("works"), month=pl.col("date").dt.truncate("1mo")
    )
    ratio = value / pl.col("middle")
    far = pl.max_horizontal(ratio, 1 / ratio)
    known = known.filter(pl.col("n") >= least_days, pl.col("middle") > 0, value > 0)
    odd = known.with_columns(ratio=ratio, far=far).filter(pl.col("far") > times)
    worst = (
        odd.sort("far")
        .group_by("works", "month")
        .agg(pl.col("date", "in_cod", "middle", "ratio", "far").last(), times=pl.len())
    )
    return findings(
        _finding(
            r["works"], r["month"], r["until"], f"{r['month']:%Y-%m} 进水 COD 突变 {r['times']} 天，{r['date']:%m-%d} 为 {r['in_cod']:.0f} mg/L，是中位数 {r['middle']:.0f} mg/L 的 {r['ratio']:.2f} 倍",
            {"中位数": round(r["middle"]), "最突出的一天": f"{r['date']}"}, item="w01018", magnitude=r["far"], unit="倍",
        )
        for r in worst.join(periods, on=["works", "month"]).iter_rows(named=True)
    )  # fmt: skip


@check(
    "works.rain",
    title="雨天进水量大",
    basis=OWN_METHOD,
    severity="moderate",
    looks_at="weather",
)
def rain(
    months: pl.DataFrame,
    weather: pl.DataFrame,
    days: pl.DataFrame,
    used: pl.DataFrame,
    periods: pl.DataFrame,
    *,
    ratio: float = 1.5,
    least_wet: int = 2,
) -> pl.DataFrame:
    """The median inflow of wet days beyond `ratio` times that of dry days, in a month of `least_wet` wet days or more (own choice). Returns FINDINGS; magnitude = ratio."""
    over = weather.filter(pl.col("ratio") > ratio, pl.col("wet_days") >= least_wet)
    return findings(
        _finding(
            r["works"], r["month"], r["until"], f"{r['month']:%Y-%m} 雨天进水量是旱天的 {r['ratio']:.2f} 倍，雨水带入约 {r['rain_water']:.0f} m³",
            {"旱天中位数": round(r["dry_flow"]), "雨天中位数": round(r["wet_flow"]), "旱天": r["dry_days"], "雨天": r["wet_days"]},
            magnitude=r["ratio"], unit="倍",
        )
        for r in over.join(periods, on=["works", "month"]).iter_rows(named=True)
    )  # fmt: skip


@check(
    "works.silent",
    title="污水处理厂没有月度数据",
    basis=OWN_METHOD,
    severity="minor",
    looks_at="periods",
)
def silent(
    months: pl.DataFrame,
    weather: pl.DataFrame,
    days: pl.DataFrame,
    used: pl.DataFrame,
    periods: pl.DataFrame,
    *,
    grace_days: int = 10,
) -> pl.DataFrame:
    """A month of which a works reported no inflow at all, `grace_days` after its end (own choice). Returns FINDINGS; magnitude = days without."""
    said = months.filter(pl.col("reported") > 0)
    due = periods.filter(pl.col("today") >= pl.col("until") + timedelta(days=grace_days))
    return findings(
        _finding(
            r["works"], r["month"], r["until"], f"{r['month']:%Y-%m} 没有进水量数据",
            {"应报天数": (r["until"] - r["month"]).days}, magnitude=float((r["until"] - r["month"]).days), unit="天",
        )
        for r in due.join(said, on=["works", "month"], how="anti").iter_rows(named=True)
    )  # fmt: skip


@check(
    "works.reuse_open",
    title="再生水水量对不上",
    basis=OWN_METHOD,
    severity="minor",
    looks_at="used",
)
def reuse_open(
    months: pl.DataFrame,
    weather: pl.DataFrame,
    days: pl.DataFrame,
    used: pl.DataFrame,
    periods: pl.DataFrame,
    *,
    share: float = 0.15,
) -> pl.DataFrame:
    """The share of the reused water of a works and month that no user accounts for, or that users say beyond it, above `share` (own choice).

    A month of which a user or a day is missing is judged only where users say more than was given: else the missing one may be the rest.
    Returns FINDINGS; magnitude = the share [%], the title says its sign.
    """
    return findings(_open(months, used, periods, share))


def _open(
    months: pl.DataFrame, used: pl.DataFrame, periods: pl.DataFrame, share: float
) -> Iterator[dict[str, Any]]:
    for works, month, until, *_more in periods.iter_rows():
        one = (pl.col("works") == works) & (pl.col("month") == month)
        found = balance(months.filter(one), used.filter(one) if used.height else pl.DataFrame(schema=USED))
        if found.share is None or abs(found.share) <= share or found.gaps:
            continue
        if found.complete or found.share < 0:
            part, volume = f"{abs(found.share) * 100:.1f}", f"{abs(found.unclosed or 0):.0f}"
            open_ = f"{month:%Y-%m} 再生水无去向 {part}%（{volume} m³）"
            more = f"{month:%Y-%m} 再生水用户超出供出 {part}%（{volume} m³）"
            yield _finding(
                works, month, until, open_ if found.share > 0 else more,
                {"供出": round(found.given or 0), "用户合计": round(found.used or 0)}, magnitude=abs(found.share) * 100, unit="%",
            )  # fmt: skip


CHECKS = (overload, underload, thin, odd_inflow, rain, silent, reuse_open)
