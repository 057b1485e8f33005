"""Stacks: limits judge hours, converted to reference oxygen (HJ 75, HJ 76)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

import polars as pl

from bihuan.archive.derived import DERIVED
from bihuan.domain.emissions import hours as platform
from bihuan.domain.emissions import tables as stacks
from bihuan.domain.emissions.days import capture_rates
from bihuan.domain.emissions.ledger import ledger
from bihuan.domain.emissions.processes import processes
from bihuan.domain.emissions.rules import rules_on
from bihuan.domain.emissions.substitution import AMOUNTS, amounts
from bihuan.domain.outlets.ledger import LEDGER
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.items import GAS, SPANNED
from bihuan.scenarios.plant_emissions.media.gas.panels import panels
from bihuan.scenarios.plant_emissions.media.gas.standings import standings
from bihuan.scenarios.plant_emissions.medium import Medium, Tables
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.settings import in_force
from bihuan.scenarios.plant_emissions.standings import Standing


class Gas(Medium):
    """What stacks are and do."""

    key = GAS
    pollutants = stacks.POLLUTANTS
    items = stacks.POLLUTANTS
    spanned = SPANNED[GAS]
    unit, flow = "mg/m³", "flow"
    tables = Tables(stacks.MINUTES, stacks.LOGGED, stacks.HOURS, AMOUNTS, LEDGER)
    watched = stacks.Stacks
    units = stacks.UNITS
    kept = DERIVED / "outlet_hours"
    processes = dict(
        processes()
        .unique("process", keep="first", maintain_order=True)
        .select("process", "label")
        .iter_rows()
    )
    conditions = ("启炉", "停炉", "停运", "烘炉", "故障", "事故")
    by_day = compared = False
    limit_title = "限值"
    states_note = "超标：最近一个已结束的小时，有效、未标记，高于排放限值。可能超标：本小时照现在的走势将超限值。标记中的数据不作超标证据。"
    meaning = (
        "小时均值由平台按分钟数据计算：有效分钟不少于 45 的小时有效（HJ 75-2017，条款待核）。",
        "排放量 = 标态干基实测浓度 × 标干流量，逐小时累加；折算浓度只用于判定达标。",
        "替代只用于排放量：按捕集率和缺失时长，用此前 180、720 或 2160 个有效小时的最大排放量（HJ 75-2017 第 12 章，条款待核）。",
        "捕集率不足 75 % 的季度不作替代，计入“无法计量小时”，须按手工监测或核算办法计量。",
        "超标小时只计有效且未标记的小时；超低达标率 = 不高于超低限值的小时 / 有效未标记小时，月内须达到 95 %。",
    )
    sheets = ""
    page, hour_page = "plant_emissions/gas_outlet.html", "plant_emissions/gas_hour.html"

    def rules(self, on: date) -> object:
        """The settings of the manifest, and HJ 75."""
        return in_force(), rules_on(on)

    def hours(
        self, minutes: pl.DataFrame, outlets: pl.DataFrame, marks: pl.DataFrame, on: date
    ) -> pl.DataFrame:
        """HOURS of minutes by the rules of a date."""
        return platform.hours(minutes, outlets, marks, rules_on(on), most_o2=in_force().most_o2)

    def limits(self, codes: Iterable[str]) -> pl.DataFrame:
        """LIMITS of stacks."""
        return register.limits_table(codes)

    def amounts(
        self, hours: pl.DataFrame, marks: pl.DataFrame, lost: pl.DataFrame, month: date, until: datetime
    ) -> pl.DataFrame:
        """Substituted by the capture rate of the quarter."""
        rules = rules_on(month)
        return amounts(hours, capture_rates(hours, rules, until=until), marks, lost, rules)

    def ledger(
        self, amounts: pl.DataFrame, outlets: pl.DataFrame, limits: pl.DataFrame, month: date
    ) -> pl.DataFrame:
        """LEDGER."""
        return ledger(amounts, outlets, limits, rules_on(month))

    def allowed_error(self, item: str, reference: float, on: date) -> float | None:
        """No table of comparisons is at hand."""
        return None

    def standings(self, outlets: Collection[Outlet], now: datetime) -> list[Standing]:
        """By the last complete hour, and by where the running one is going."""
        return standings(self, outlets, now)

    def panels(self, outlet: Outlet, now: datetime, *, minutes: bool) -> dict[str, Any]:
        """Pollutants, measured and converted; oxygen, load, flow."""
        return panels(self, outlet, now, minutes=minutes)

    def process(self, key: str) -> dict[str, Any]:
        """The row of the reference oxygen table."""
        rows = processes().filter(pl.col("process") == key).to_dicts()
        return rows[-1] if rows else {"label": key}
