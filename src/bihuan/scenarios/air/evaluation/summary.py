"""The sentence above the evaluation: the span, last year, the target, and what the remaining days may be."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bihuan.registry.models import Target
from bihuan.scenarios.air.evaluation.spans import Span
from bihuan.scenarios.air.evaluation.target import MEANS


def _day(day: date) -> str:
    return _("%(month)d月%(day)d日") % {"month": day.month, "day": day.day}


def _days(first: date, last: date) -> str:
    said = {"year": first.year, "first": _day(first), "last": _day(last), "end": last.year}
    if first.year == last.year:
        return _("%(year)d年%(first)s至%(last)s") % said
    return _("%(year)d年%(first)s至%(end)d年%(last)s") % said


def shown(value: float | None, decimals: int) -> str:
    """A number as it is published; a dash when missing."""
    return "—" if value is None else f"{value:.{decimals}f}"


def of_span(row: dict[str, Any] | None, name: str, span: Span, places: dict[str, int]) -> str:
    """What the span was for the city, against last year."""
    values = row["values"] if row else None
    when = _days(span.first, span.last)
    if values is None or not values["valid_days"]:
        return _("%(when)s，%(name)s没有有效日均值。") % {"when": when, "name": name}
    before = _("去年同期无数据")
    if values["pm25_before"] is not None:
        before = _before(values, places)
    return _("%(when)s，%(name)s PM2.5 均值 %(pm25)s µg/m³（%(before)s），有效 %(valid)d 天中优良 %(good)d 天（%(ratio)s%%）、重污染 %(heavy)d 天，综合指数 %(composite)s。") % {
        "when": when, "name": name, "pm25": shown(values["pm25"], places["pm25"]), "before": before,
        "valid": values["valid_days"], "good": values["good_days"], "ratio": shown(values["good_ratio"], 1),
        "heavy": values["heavy_days"], "composite": shown(values["composite"], places["composite"]),
    }  # fmt: skip


def _before(values: dict[str, Any], places: dict[str, int]) -> str:
    said = {"before": shown(values["pm25_before"], places["pm25"])}
    if values["pm25_change"] is None:
        return _("去年同期 %(before)s，有效天数不足，不作比较") % said
    return _("去年同期 %(before)s，变化 %(change)s%%") % (said | {"change": f"{values['pm25_change']:+.1f}"})


def of_target(p: dict[str, Any], year: int) -> str:
    """One target in one sentence."""
    head = {
        "year": year,
        "label": _(p["label"]),
        "target": f"{p['target']:g}",
        "left": p["left"],
        "days": p["days"],
    }
    if p["so_far"] is None:
        return _("%(year)d年目标%(label)s %(target)s：还没有有效天数。") % head
    if p["item"] in MEANS:
        return _mean_target(p, head)
    if p["item"] == Target.Item.HEAVY_DAYS:
        text = _("%(year)d年目标%(label)s不超过 %(target)s 天：已有 %(had)d 天，") % (
            head | {"had": p["so_far"]}
        )
        return text + (
            _("余下 %(left)d 天最多再有 %(allowed)d 天。") % (head | {"allowed": p["allowed"]})
            if p["reachable"]
            else _("已超过目标。")
        )
    text = _("%(year)d年目标%(label)s不低于 %(target)s%%：已有 %(so_far).1f%%（%(days)d 天），") % (
        head | {"so_far": p["so_far"]}
    )
    if not p["reachable"]:
        return text + _("余下 %(left)d 天全部优良也达不到。") % head
    return text + _("余下 %(left)d 天中至少须有 %(allowed)d 天优良。") % (head | {"allowed": p["allowed"]})


def _mean_target(p: dict[str, Any], head: dict[str, Any]) -> str:
    text = _("%(year)d年目标%(label)s不高于 %(target)s µg/m³：年初以来均值 %(so_far).1f（%(days)d 天），") % (
        head | {"so_far": p["so_far"]}
    )
    if p["allowed"] is None:
        return text + (_("已完成。") if p["reachable"] else _("未完成。"))
    if not p["reachable"]:
        return text + _("余下 %(left)d 天即使为零也达不到。") % head
    return text + _("余下 %(left)d 天的均值不得高于 %(allowed).1f µg/m³。") % (
        head | {"allowed": p["allowed"]}
    )
