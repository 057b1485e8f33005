"""Patrols in words: conditions, gaps, distances, signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.domain.patrol.effective import Condition
from bihuan.domain.patrol.rules import rows_on
from bihuan.domain.patrol.track import GAP, JUMP
from bihuan.domain.timeaxis import CST
from bihuan.kit.patrol.judging import conditions_of, steps_of
from bihuan.kit.patrol.models import Result, Sign


@dataclass(frozen=True)
class Judged:
    """A condition as a page shows it: title, value, what it needs; lacking: by how much it fails, empty where it does not."""

    title: str
    value: str
    needed: str
    lacking: str
    met: bool | None


@dataclass(frozen=True)
class Moment:
    """A line of the time line of a patrol."""

    at: datetime
    text: str
    tone: str = ""


def conditions(result: Result) -> list[Judged]:
    """The conditions of an effective day, each with by how much it fails."""
    titles = {name: row.parameter.title for name, row in rows_on(result.day).items()}
    return [_judged(condition, titles[condition.name]) for condition in conditions_of(result)]


def _judged(condition: Condition, title: str) -> Judged:
    sign = "≤" if condition.at_most else "≥"
    value = (
        _("没有边界或行进，未判") if condition.value is None else f"{condition.value:.0f} {condition.unit}"
    )
    lacking = f"{condition.lacking:.0f} {condition.unit}" if condition.met is False else ""
    if lacking:
        lacking = (_("超 %(n)s") if condition.at_most else _("差 %(n)s")) % {"n": lacking}
    return Judged(title, value, f"{sign} {condition.needed:g} {condition.unit}", lacking, condition.met)


def metres(length: float) -> str:
    """A length as people say it."""
    return f"{length / 1000:.1f} km" if length >= 1000 else f"{length:.0f} m"


def minutes(seconds: float) -> str:
    """A span in hours and minutes."""
    whole = round(seconds / 60)
    return (
        _("%(h)d 小时 %(m)d 分") % {"h": whole // 60, "m": whole % 60}
        if whole >= 60
        else _("%(m)d 分") % {"m": whole}
    )


def clock_words(off: float | None, allowed: float) -> str:
    """What is said of a phone's clock; empty where nothing is wrong or known."""
    if off is None or abs(off) <= allowed:
        return ""
    fast = {"span": minutes(abs(off))}
    return (_("手机时钟快 %(span)s") if off > 0 else _("手机时钟慢 %(span)s")) % fast


def moments(result: Result, stops: list[Any]) -> list[Moment]:
    """The time line: begin, gaps, jumps, stops, end."""
    found = []
    if result.first and result.last:
        found += [Moment(result.first, _("开始")), Moment(result.last, _("最后一点"))]
    for row in steps_of(result).iter_rows(named=True):
        if row["kind"] == GAP:
            span = {"span": minutes(row["seconds"]), "until": f"{row['until'].astimezone(CST):%H:%M}"}
            found.append(
                Moment(row["start"], _("中断 %(span)s，至 %(until)s（不补线，不计里程）") % span, "dim")
            )
        elif row["kind"] == JUMP:
            found.append(
                Moment(row["start"], _("跳跃 %(m)s（不计里程）") % {"m": metres(row["metres"])}, "dim")
            )
    found += [
        Moment(stop.said_at, _("到点：%(what)s") % {"what": stop}, "warn" if stop.finding_id else "")
        for stop in stops
    ]
    return sorted(found, key=lambda moment: moment.at)


def evidence_words(sign: Sign) -> str:
    """What showed a sign, in a sentence."""
    seen: Mapping[str, Any] = sign.evidence
    return {
        "mock": _("手机报告 %(points)s 个点（%(share)s%%）由程序给出"),
        "speed": _("连续 %(steps)s 步，最高 %(kmh)s km/h"),
        "jump": _("一步跳过 %(metres)s 米（相当于 %(kmh)s km/h）"),
        "repeat": _("%(points)s 个行进点中 %(share)s%% 与另一轨迹同地同节奏，相差 %(shift_h)s 小时"),
        "photo": _("照片 %(photo)s 拍摄时轨迹在 %(metres)s 米外") if "metres" in seen else _("照片 %(photo)s 拍摄前后 %(minutes)s 分没有轨迹"),
    }[sign.kind] % seen  # fmt: skip
