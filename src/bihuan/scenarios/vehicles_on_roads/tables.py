"""Files: roads with their hours, and what is suggested."""

from typing import Any

from django.utils.translation import gettext as _

from bihuan.domain.vehicles.decisions import LEVELS
from bihuan.domain.vehicles.traffic.factors import POLLUTANTS, TITLES
from bihuan.domain.vehicles.traffic.roads import HOURS
from bihuan.english import Written
from bihuan.kit.tables import Sheet, Table, table
from bihuan.scenarios.vehicles_on_roads.view import Whole


def amount(value: float | None) -> float | None:
    """As a cell of a file has it: kilograms to the gram."""
    return None if value is None else round(value, 3)


def sheets(whole: Whole) -> list[Sheet]:
    """The roads, their hours of NOx, the suggestions."""
    return [
        Sheet(_("路段"), lines(whole)),
        Sheet(_("逐时 NOx（kg）"), hours(whole)),
        Sheet(_("管控建议"), suggestions(whole)),
    ]


def lines(whole: Whole) -> Table:
    """Roads on a mean day."""
    columns: dict[str, Any] = {
        _("编码"): lambda x: x.road.code, _("路段"): lambda x: Written(x.road.name), _("长度（km）"): lambda x: x.road.km,
        _("车辆（辆/d）"): lambda x: amount(x.sums["vehicles"]), _("排放不明（辆/d）"): lambda x: amount(x.sums["unknown"]),
        _("车公里（km/d）"): lambda x: amount(x.sums["km"]),
    }  # fmt: skip
    kilograms = {f"{TITLES[p]}（kg/d）": _kilograms(f"{p}_kg") for p in POLLUTANTS}
    rest = {
        _("每公里 NOx（kg/km·d）"): lambda x: amount(x.dense),
        _("模拟"): lambda x: _("是") if x.road.simulated else "",
    }
    return table(columns | kilograms | rest, whole.lines)


def _kilograms(name: str) -> Any:
    return lambda x: amount(x.sums[name])


def hours(whole: Whole) -> Table:
    """NOx of each hour of a mean day."""

    def at(hour: int) -> Any:
        return lambda x: amount(x.hours[hour]["nox_kg"])

    columns: dict[str, Any] = {_("编码"): lambda x: x.road.code, _("路段"): lambda x: Written(x.road.name)}
    return table(columns | {f"{h}:00": at(h) for h in HOURS}, whole.lines)


def suggestions(whole: Whole) -> Table:
    """What an order could forbid."""
    columns: dict[str, Any] = {
        _("编码"): lambda s: s.road.code, _("预警级别"): lambda s: LEVELS[s.level], _("起（时）"): lambda s: s.since, _("止（时）"): lambda s: s.until,
        _("管控内容"): lambda s: Written(s.text), _("减排 NOx（kg/d）"): lambda s: amount(s.sums["nox_kg"]),
        _("减排 PM10（kg/d）"): lambda s: amount(s.sums["pm10_kg"]), _("受限车辆（辆/d）"): lambda s: amount(s.sums["vehicles"]),
        _("排放不明（辆/d）"): lambda s: amount(s.sums["unknown"]),
    }  # fmt: skip
    return table(columns, whole.suggestions)
