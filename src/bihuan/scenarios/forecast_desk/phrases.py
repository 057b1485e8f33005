"""Why and what changed, in words: short sentences with numbers and units, in the language of the reader."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan.archive.forecasts import Run
from bihuan.domain.forecast import why
from bihuan.domain.forecast.why_parts import GROUPS
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.forecast_desk import run_cache
from bihuan.scenarios.forecast_desk.machine import likeliest_primary

GROUP_NAMES = {
    "usual": gettext_noop("平常水平"),
    "here": gettext_noop("本地近期水平"),
    "region": gettext_noop("周边与上风向"),
    "similar": gettext_noop("相似日"),
    "time": gettext_noop("钟点与日历"),
    "season": gettext_noop("季节推移"),
    "weather": gettext_noop("气象"),
    "items": gettext_noop("其他污染物"),
    "missed": gettext_noop("近期偏差订正"),
    "other": gettext_noop("其他输入"),
}
BLOCKS = ((1, 24), (25, 72))
NAMED = 3
LEAST_SHARE = 0.1  # of all that moved: smaller parts are not named
PRIMARY = {"PM2.5": "pm25", "PM10": "pm10", "O3_8h": "o3", "NO2": "no2", "SO2": "so2", "CO": "co"}


def main_item(run: Run, place: str) -> str:
    """The item that the coming days turn on: the most frequent primary item; PM2.5 when there is none."""
    found = [p.split(",")[0] for _day, p in sorted(likeliest_primary(run, place).items())[:3] if p]
    return PRIMARY.get(max(found, key=found.count), "pm25") if found else "pm25"


def lines(run: Run, place: str, earlier: str | None) -> list[str]:
    """Three lines: the next 24 hours, the 48 after them, and what changed since the run before."""
    item = main_item(run, place)
    table = explanation(run.run_id, place, item)
    if table is None or table.is_empty():
        return []
    found = [sentence(row) for a, b in BLOCKS if (row := block(table, a, b)) is not None]
    return [*found, change_sentence(table, earlier, place, item)]


def explanation(run_id: str, place: str, item: str) -> pl.DataFrame | None:
    """The kept explanation of one item at a place; groups that were not known yet when it was kept moved nothing."""
    found = run_cache.part(run_id, "why", place)
    if found is None:
        return None
    later = [pl.lit(0.0).alias(g) for g in GROUPS if g not in found.columns]
    return found.filter(pl.col("item") == item).with_columns(later)


def block(table: pl.DataFrame, first: int, last: int) -> dict[str, Any] | None:
    """The mean of an explanation over some leads, with what leads they are."""
    rows = why.averaged(table, first, last).to_dicts()
    return {**rows[0], "first": first, "last": last} if rows else None


def difference(table: pl.DataFrame, earlier: str | None, place: str, item: str) -> dict[str, Any] | None:
    """What changed against an earlier run, on the hours that both speak of."""
    before = explanation(earlier, place, item) if earlier else None
    rows = why.changed(table, before, 1, run_cache.EXPLAINED).to_dicts() if before is not None else []
    return rows[0] if rows else None


def sentence(row: dict[str, Any]) -> str:
    """One block: mean, how far from the usual, and by what."""
    values = {
        "first": row["first"], "last": row["last"], "item": BY_NAME[row["item"]].label, "mean": amount(row["mean"], row["item"]),
        "unit": BY_NAME[row["item"]].unit, "off": amount(abs(row["mean"] - row["usual"]), row["item"]), "why": parts(row),
    }  # fmt: skip
    if values["off"] == amount(0.0, row["item"]):
        return _("%(first)d–%(last)d 小时：%(item)s 平均 %(mean)s %(unit)s，与平常相当。") % values
    if row["mean"] > row["usual"]:
        return (
            _("%(first)d–%(last)d 小时：%(item)s 平均 %(mean)s %(unit)s，比平常高 %(off)s：%(why)s。")
            % values
        )
    return _("%(first)d–%(last)d 小时：%(item)s 平均 %(mean)s %(unit)s，比平常低 %(off)s：%(why)s。") % values


def change_sentence(table: pl.DataFrame, earlier: str | None, place: str, item: str) -> str:
    """What changed since the run before, and by what."""
    row = difference(table, earlier, place, item)
    if row is None:
        return _("上一次起报没有保存原因，无从比较。") if earlier else _("没有更早的起报可比。")
    moved = row["after"] - row["before"]
    values = {
        "hours": row["hours"], "until": _time(row["until"]), "unit": BY_NAME[item].unit, "item": BY_NAME[item].label,
        "moved": amount(abs(moved), item), "why": parts(row, ("usual", *GROUPS)),
    }  # fmt: skip
    if values["moved"] == amount(0.0, item):
        return _("与上一次起报相比，到 %(until)s 的 %(hours)d 小时 %(item)s 没有变化。") % values
    if moved > 0:
        return (
            _("与上一次起报相比，到 %(until)s 的 %(hours)d 小时 %(item)s 上调 %(moved)s %(unit)s：%(why)s。")
            % values
        )
    return (
        _("与上一次起报相比，到 %(until)s 的 %(hours)d 小时 %(item)s 下调 %(moved)s %(unit)s：%(why)s。")
        % values
    )


def parts(row: dict[str, Any], groups: Sequence[str] = GROUPS) -> str:
    """The groups that moved most, largest first, with sign."""
    moved = sorted(((g, row[g]) for g in groups), key=lambda p: -abs(p[1]))
    whole = sum(abs(v) for _g, v in moved)
    named = [(g, v) for g, v in moved[:NAMED] if abs(v) >= LEAST_SHARE * whole]
    return _("，").join(f"{_(GROUP_NAMES[g])} {signed(v, row['item'])}" for g, v in named)


def amount(value: float, item: str) -> str:
    """A concentration as people say it."""
    return f"{value:.{BY_NAME[item].decimals}f}"


def signed(value: float, item: str) -> str:
    """A difference with its sign."""
    return f"{value:+.{BY_NAME[item].decimals}f}"


def _time(moment: datetime) -> str:
    local = moment.astimezone(CST)
    return _("%(m)d月%(d)d日%(h)d时") % {"m": local.month, "d": local.day, "h": local.hour}
