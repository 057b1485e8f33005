"""A bulletin out as a workbook."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bihuan.domain.quantities import BY_NAME
from bihuan.domain.standards import advice_of, levels
from bihuan.domain.timeaxis import CST
from bihuan.english import Written, joined
from bihuan.kit.tables import Sheet, as_book, records
from bihuan.scenarios.forecast_desk.items import LABELS
from bihuan.scenarios.forecast_desk.models import Bulletin


def workbook(bulletin: Bulletin, state: str) -> bytes:
    """The bulletin's days beside the machine's, advice to people, and its adjusted periods."""
    mark = "（模拟）" if bulletin.simulated else ""
    title = f"{bulletin.place_name} 会商预报 第 {bulletin.version} 版（{state}）{mark}："
    head = joined(title, Written(bulletin.reason))
    advice = [_advice_row(d) for d in bulletin.content["days"]]
    return as_book(
        Sheet("逐日", records(_day_rows(bulletin)), head),
        Sheet("健康提示", records(advice), joined(head, "（HJ 633-2012 表 2，按每日最重的级别）")),
        Sheet("分时段调整", records([_period_row(p) for p in bulletin.content["hours"]]), head),
    )


def _day_rows(bulletin: Bulletin) -> list[dict[str, Any]]:
    machine = {(r["date"], r["item"]): r for r in bulletin.machine}
    return [
        _sheet_row(day["date"], item, value, day["primary"] if item == "aqi" else "", machine.get((day["date"], item)))
        for day in bulletin.content["days"]
        for item, value in ({"aqi": day["aqi"]} | day["items"]).items()
    ]  # fmt: skip


def _sheet_row(day: str, item: str, value: Mapping[str, Any], primary: str, machine: Mapping[str, Any] | None) -> dict[str, Any]:  # fmt: skip
    unit = BY_NAME[item].unit if item in BY_NAME else "" if item == "aqi" else "µg/m³"
    held = machine or {}
    return {
        "日期": date.fromisoformat(day).isoformat(), "因子": LABELS[item], "会商值": value["value"], "下限": value["low"], "上限": value["high"],
        "首要污染物": primary, "单位": unit, "机器中位数": held.get("q50"), "机器 5%": held.get("q05"), "机器 95%": held.get("q95"),
    }  # fmt: skip


def _advice_row(day: Mapping[str, Any]) -> dict[str, Any]:
    level = max(day["levels"])
    named, advice = next(x.category for x in levels() if x.level == level), advice_of(level)
    return {"日期": day["date"], "级别": named, "对健康影响": advice.effect, "建议": advice.advice}


def _period_row(period: Mapping[str, Any]) -> dict[str, Any]:
    times = [
        datetime.fromisoformat(period[k]).astimezone(CST).strftime("%Y-%m-%d %H:%M")
        for k in ("first", "until")
    ]
    return {
        "因子": LABELS[period["item"]],
        "单位": BY_NAME[period["item"]].unit,
        "自": times[0],
        "至": times[1],
        "系数": period["factor"],
        "增减": period["shift"],
    }
