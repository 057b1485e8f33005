"""Sewage outlets: limits judge the day, hours are of samples (HJ 353 to 356)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

import polars as pl

from bihuan.archive.derived import DERIVED
from bihuan.domain.outlets.dated import NoRule
from bihuan.domain.sewage import hours as platform
from bihuan.domain.sewage import tables as sewers
from bihuan.domain.sewage.ledger import SEWAGE_LEDGER, ledger
from bihuan.domain.sewage.rules import allowed_error, rules_on
from bihuan.domain.sewage.substitution import AMOUNTS, amounts
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.exchange import COUNTED, MEANS, RATES
from bihuan.scenarios.plant_emissions.items import SEWAGE, SPANNED
from bihuan.scenarios.plant_emissions.media.sewage.panels import panels
from bihuan.scenarios.plant_emissions.media.sewage.standings import recent_days, standings
from bihuan.scenarios.plant_emissions.medium import Medium, Tables
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.standings import Standing

MEAN, WATER = HEADS = ("日均值月均 mg/L", "水量 m³")
NOT_OF_SEWAGE = (MEANS["mean_zs"], RATES["ultra_low_share"], COUNTED["over_hours"])
"""Columns of the ledger: nothing is converted, and no limit judges an hour."""


class Sewage(Medium):
    """What sewage outlets are and do."""

    key = SEWAGE
    pollutants = sewers.POLLUTANTS
    items = sewers.FLAGGED
    spanned = SPANNED[SEWAGE]
    ranged = ("ph",)
    unit, flow = "mg/L", "water_flow"
    tables = Tables(sewers.MINUTES, sewers.LOGGED, sewers.HOURS, AMOUNTS, SEWAGE_LEDGER)
    watched = sewers.Sewers
    units = sewers.UNITS
    kept = DERIVED / "sewage_hours"
    processes = sewers.SOURCES
    without = ("ref_o2", "duct_area")
    logger_without = ("load_code",)
    conditions = ("停运", "故障", "事故")
    by_day = compared = True
    limit_title = "日限值"
    states_note = "超标：昨日有效日均值高于日限值。可能超标：今日至今均值或最近小时值高于日限值，或 pH 超出范围（预警）。表中为最近一个小时的值 / 日限值。"
    stopped_note = "停运含停排（流量为零，不要求数据）"
    meaning = (
        "污水小时值取本小时内出数的水样结果（分析仪约每小时采样一次，分钟值为保持值）；pH、水温、流量取分钟均值。停排小时不要求数据。",
        "污水日均值 = Σ(小时浓度 × 小时流量) / Σ小时流量；有效小时不少于应有小时的 75 % 时有效（HJ 356-2019 第 7 章，条款待核）；按日均值判定达标，小时值只作预警。",
        "污水排放量 = 浓度 × 流量；无效或缺失的浓度、流量取此前等时长有效数据的算术均值（HJ 356-2019 第 8 章，条款待核），只用于排放量。",
    )
    heads = HEADS
    sheets = "污水"
    page, hour_page = "plant_emissions/sewage_outlet.html", "plant_emissions/sewage_hour.html"

    def rules(self, on: date) -> object:
        """HJ 353 to 356."""
        return rules_on(on)

    def hours(
        self, minutes: pl.DataFrame, outlets: pl.DataFrame, marks: pl.DataFrame, on: date
    ) -> pl.DataFrame:
        """HOURS of minutes by the rules of a date."""
        return platform.hours(minutes, outlets, marks, rules_on(on))

    def limits(self, codes: Iterable[str]) -> pl.DataFrame:
        """LIMITS of sewage outlets, pH with its lower end."""
        return register.sewage_limits_table(codes)

    def amounts(
        self, hours: pl.DataFrame, marks: pl.DataFrame, lost: pl.DataFrame, month: date, until: datetime
    ) -> pl.DataFrame:
        """Replaced by means of as many valid hours before."""
        return amounts(hours, marks)

    def ledger(
        self, amounts: pl.DataFrame, outlets: pl.DataFrame, limits: pl.DataFrame, month: date
    ) -> pl.DataFrame:
        """SEWAGE_LEDGER."""
        return ledger(amounts, outlets, limits, rules_on(month))

    def allowed_error(self, item: str, reference: float, on: date) -> float | None:
        """The table of HJ 355."""
        try:
            return allowed_error(item, reference, on)
        except NoRule:
            return None

    def standings(self, outlets: Collection[Outlet], now: datetime) -> list[Standing]:
        """By yesterday's mean; today's so far, and the last hour, are early notices."""
        return standings(self, outlets, now)

    def panels(self, outlet: Outlet, now: datetime, *, minutes: bool) -> dict[str, Any]:
        """Pollutants, flow, temperature, pH between its ends."""
        return panels(self, outlet, now, minutes=minutes)

    def process(self, key: str) -> dict[str, Any]:
        """Where the water comes from."""
        return {"label": sewers.SOURCES.get(key, key)}

    def recent_days(self, outlet: Outlet, now: datetime) -> list[dict[str, Any]]:
        """The last fortnight."""
        return recent_days(self, outlet, now)

    def line(self, row: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
        """No limit judges an hour of sewage, and nothing is converted; the water is counted too."""
        if MEANS["mean"] in read:
            read[MEAN] = read.pop(MEANS["mean"])
            read[WATER] = None if row["volume"] is None else round(row["volume"], 1)
        return {k: v for k, v in read.items() if k not in NOT_OF_SEWAGE}
