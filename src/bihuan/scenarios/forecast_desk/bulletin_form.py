"""The form of a bulletin: what stands in its fields, and what is read from them, checked, in plain values to be frozen.

`days`: date, aqi and items (each low, value, high; low and high may be null), primary, levels. `hours`: item, first,
until (instants as text), factor, shift: the machine's hourly means of that period become mean x factor + shift.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.archive.forecasts import Run
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.domain.standards import daily_index, level_of, levels
from bihuan.domain.timeaxis import CST, parse_moment
from bihuan.domain.verification.assessment import MOST_LEVELS
from bihuan.errors import BihuanError
from bihuan.scenarios.forecast_desk.items import DAY_ITEMS, LABELS, MOST_AQI, MOST_VALUE, PRIMARIES
from bihuan.scenarios.forecast_desk.machine import machine_days
from bihuan.scenarios.forecast_desk.models import Bulletin
from bihuan.scenarios.forecast_desk.settings import in_force

COLUMNS = ("aqi", *DAY_ITEMS)
PERIODS = 3
FACTORS = (0.1, 10.0)
SPANNED = ("first", "until", "factor", "shift")
Value = dict[str, float | None]


class BadContent(BihuanError):
    """A field of the bulletin cannot stand; the message says which day, which field, why and how to mend (Chinese)."""


def read(form: Mapping[str, str], run: Run, place: str) -> dict[str, Any]:
    """The content of a form for a run. Raises BadContent; nothing that is filled in is left out silently."""
    machine = {(r["date"], r["item"]): r for r in machine_days(run, place)}
    dates = sorted({d for d, _item in machine})[: in_force().most_days]
    days = [day for day in (_day(form, d, machine) for d in dates) if day is not None]
    if not days:
        raise BadContent(_("没有填写任何一天：请至少填写一天的 AQI，或六项因子。"))
    return {"days": days, "hours": _periods(form, run)}


def _day(
    form: Mapping[str, str], day: str, machine: Mapping[tuple[str, str], dict[str, Any]]
) -> dict[str, Any] | None:
    items = {i: v for i in DAY_ITEMS if (v := _value(form, i, day)) is not None}
    index = _value(form, "aqi", day)
    if index is None and not items:
        return None
    computed = _computed(day, items)
    if index is None:
        if computed is None:
            raise BadContent(_("%(day)s：请填写 AQI，或填全六项因子由系统计算。") % {"day": day})
        index = {"low": None, "value": float(computed[0]), "high": None}
    primary = form.get(f"primary_{day}", "auto")
    if primary == "auto":
        held = machine.get((day, "aqi"), {})
        primary = computed[1] if computed is not None else str(held.get("primary", ""))
    return {
        "date": day,
        "aqi": index,
        "items": items,
        "primary": _primary(day, primary, float(index["value"] or 0)),
        "levels": _levels(day, index),
    }


def _value(form: Mapping[str, str], item: str, day: str) -> Value | None:
    """`v_<item>_<day>` the value, `r_<item>_<day>` the range such as 90-120; None when both are empty."""
    text, span = (form.get(f"{k}_{item}_{day}", "").strip() for k in ("v", "r"))
    if not text and not span:
        return None
    what = f"{day} {LABELS[item]}"
    low, high = _range(span, what, item) if span else (None, None)
    if text:
        value = _number(text, what, item)
    else:
        assert low is not None and high is not None  # noqa: PT018 - one of the two fields is filled
        value = (low + high) / 2
    if low is not None and high is not None and not low <= value <= high:
        raise BadContent(
            _("%(what)s：值 %(v)g 不在范围 %(r)s 之内，请改值或范围。")
            % {"what": what, "v": value, "r": span}
        )
    return {"low": low, "value": value, "high": high}


def _range(text: str, what: str, item: str) -> tuple[float, float]:
    for mark in ("—", "–", "～", "~", "至"):
        text = text.replace(mark, "-")
    parts = [p.strip() for p in text.split("-")]
    if len(parts) != 2:
        raise BadContent(_("%(what)s：范围“%(text)s”应写成 90-120。") % {"what": what, "text": text})
    low, high = (_number(p, what, item) for p in parts)
    if low > high:
        raise BadContent(_("%(what)s：范围“%(text)s”的下限大于上限。") % {"what": what, "text": text})
    return low, high


def _number(text: str, what: str, item: str) -> float:
    most = MOST_AQI if item == "aqi" else MOST_VALUE
    try:
        value = float(text)
    except ValueError as error:
        raise BadContent(_("%(what)s：“%(text)s”不是数字。") % {"what": what, "text": text}) from error
    if not 0 <= value <= most:
        raise BadContent(
            _("%(what)s：%(text)s 应在 0 与 %(most)g 之间。") % {"what": what, "text": text, "most": most}
        )
    return value


def _computed(day: str, items: Mapping[str, Value]) -> tuple[int, str] | None:
    """AQI and primary item of six values; None when one is missing."""
    if len(items) < len(DAY_ITEMS):
        return None
    frame = pl.DataFrame({"date": [date.fromisoformat(day)], **{i: [v["value"]] for i, v in items.items()}})
    row = daily_index(frame).row(0, named=True)
    return int(row["aqi"]), row["primary"] or ""


def _primary(day: str, primary: str, index: float) -> str:
    if index <= 50:
        return ""
    if not set(primary.split(",")) <= set(PRIMARIES):
        raise BadContent(_("%(day)s：AQI 大于 50 时须写明首要污染物。") % {"day": day})
    return primary


def _levels(day: str, index: Value) -> list[int]:
    ends = [index["value"] if index[k] is None else index[k] for k in ("low", "high")]
    first, last = (level_of(round(float(e or 0))).level for e in ends)
    if last - first >= MOST_LEVELS:
        raise BadContent(
            _("%(day)s：AQI 范围跨了 %(n)d 级，会商预报至多写相邻两级，请缩小范围。")
            % {"day": day, "n": last - first + 1}
        )
    return list(range(first, last + 1))


def narrowed(low: float, value: float, high: float) -> tuple[float, float]:
    """An AQI range cut to at most two neighbouring levels that hold the value, as ranges are issued (`assessment`)."""
    bottom, middle, top = (level_of(round(v)).level for v in (low, value, high))
    if top - bottom < MOST_LEVELS:
        return low, high
    first = max(bottom, middle - (MOST_LEVELS - 1))
    named = {x.level: x for x in levels()}
    return max(low, float(named[first].aqi_from)), min(high, float(named[first + MOST_LEVELS - 1].aqi_to))


def _periods(form: Mapping[str, str], run: Run) -> list[dict[str, Any]]:
    found = []
    for k in range(1, PERIODS + 1):
        said = {n: form.get(f"{n}_{k}", "").strip() for n in ("item", *SPANNED)}
        if any(said[n] for n in SPANNED):  # an item always stands in its list
            found.append(_period(said, k, run))
    return found


def _period(said: Mapping[str, str], number: int, run: Run) -> dict[str, Any]:
    what = _("时段 %(n)d") % {"n": number}
    if said["item"] not in ITEM_NAMES:
        raise BadContent(_("%(what)s：请选择因子。") % {"what": what})
    if not (said["factor"] or said["shift"]):
        raise BadContent(_("%(what)s：只有起止时间，请填写系数或增减量，或清空起止时间。") % {"what": what})
    try:
        first, until = (parse_moment(said[k]) for k in ("first", "until"))
        factor, shift = float(said["factor"] or 1), float(said["shift"] or 0)
    except ValueError as error:
        raise BadContent(_("%(what)s：起止时间或系数、增减量没有填对。") % {"what": what}) from error
    hours = run.hours.filter(pl.col("item") == said["item"])["start"]
    if not first < until or not hours.is_between(first, until, closed="left").any():
        raise BadContent(
            _("%(what)s：起止时间不在这次预报的 72 小时之内，或结束不晚于开始。") % {"what": what}
        )
    if not FACTORS[0] <= factor <= FACTORS[1]:
        raise BadContent(_("%(what)s：系数应在 0.1 与 10 之间。") % {"what": what})
    if not abs(shift) <= MOST_VALUE:
        raise BadContent(
            _("%(what)s：增减量应在 -%(most)g 与 %(most)g 之间。") % {"what": what, "most": MOST_VALUE}
        )
    return {"item": said["item"], "first": first.isoformat(), "until": until.isoformat(), "factor": factor, "shift": shift}  # fmt: skip


def form_rows(run: Run, place: str, typed: QueryDict | None, base: Bulletin | None) -> list[dict[str, Any]]:
    """The form's days with what stands in each field: typed, of a former version, or of the machine (median, middle half)."""
    machine = {(r["date"], r["item"]): r for r in machine_days(run, place)}
    former = {d["date"]: d for d in base.content["days"]} if base else {}
    days = []
    for day in sorted({d for d, _item in machine})[: in_force().most_days]:
        cells = [_field(i, day, machine.get((day, i)), former.get(day), typed, base) for i in COLUMNS]
        primary = (
            typed.get(f"primary_{day}", "")
            if typed is not None
            else former.get(day, {}).get("primary", "auto")
        )
        days.append({"day": day, "date": date.fromisoformat(day), "cells": cells, "primary": primary, "machine_primary": machine.get((day, "aqi"), {}).get("primary", "")})  # fmt: skip
    return days


def _field(item: str, day: str, held: dict[str, Any] | None, former: dict[str, Any] | None, typed: QueryDict | None, base: Bulletin | None) -> dict[str, Any]:  # fmt: skip
    decimals = 1 if item == "co" else 0
    if typed is not None:
        value, span = typed.get(f"v_{item}_{day}", ""), typed.get(f"r_{item}_{day}", "")
    elif base is not None:
        said = (former or {}).get("aqi") if item == "aqi" else (former or {}).get("items", {}).get(item)
        value, span = _texts(said, decimals)
    else:
        low, high = (held or {}).get("q25"), (held or {}).get("q75")
        if held and item == "aqi" and low is not None and high is not None:
            low, high = narrowed(low, held["q50"], high)
        value, span = _texts(
            {"value": (held or {}).get("q50"), "low": low, "high": high} if held else None, decimals
        )
    return {"item": item, "label": LABELS[item], "value": value, "range": span, "machine": held}


def _texts(said: dict[str, Any] | None, decimals: int) -> tuple[str, str]:
    if said is None or said["value"] is None:
        return "", ""
    span = "" if said["low"] is None else f"{said['low']:.{decimals}f}-{said['high']:.{decimals}f}"
    return f"{said['value']:.{decimals}f}", span


def periods(typed: QueryDict | None, base: Bulletin | None) -> list[dict[str, Any]]:
    """The form's lines for shifts and factors."""
    if typed is not None:
        rows = [
            {name: typed.get(f"{name}_{k}", "") for name in ("item", *SPANNED)} for k in range(1, PERIODS + 1)
        ]
        return [{"n": k, **row} for k, row in enumerate(rows, 1)]
    said = base.content["hours"] if base else []
    empty = {"item": "pm25", "first": "", "until": "", "factor": "", "shift": ""}
    rows = [{**p, "first": _field_time(p["first"]), "until": _field_time(p["until"])} for p in said]
    return [{"n": k + 1, **(rows[k] if k < len(rows) else empty)} for k in range(PERIODS)]


def _field_time(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(CST).strftime("%Y-%m-%dT%H:%M")


def choices() -> dict[str, Any]:
    """What the form's lists hold."""
    return {
        "columns": [
            (i, LABELS[i], BY_NAME[i].unit if i in BY_NAME else "µg/m³" if i != "aqi" else "")
            for i in COLUMNS
        ],
        "primaries": PRIMARIES,
        "hourly_items": [(i, LABELS[i]) for i in ITEM_NAMES],
    }
