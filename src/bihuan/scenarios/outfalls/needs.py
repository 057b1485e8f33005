"""What was filled in for a step, each need in its type; a refusal names the field."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.cases.texts import clean
from bihuan.registry.access import visible
from bihuan.registry.models import Organisation, Person
from bihuan.scenarios.outfalls.models import Milestone, Outfall, Step
from bihuan.scenarios.outfalls.transitions import CHOICES, Need, Transition

MOST_MILESTONES = 20
TASK = 200


def read(outfall: Outfall, by: Person, transition: Transition, texts: Mapping[str, str]) -> dict[str, Any]:
    """The needs of a transition as values; those that may be left out only where they are given. Raises IllegalMove."""
    given: dict[str, Any] = {}
    for need in (*transition.needs, *transition.may):
        text = clean(str(texts.get(need.key, "") or ""), need.label, need.limit, need.key)
        if text:
            given[need.key] = _READ[need.kind](need, text, outfall, by)
        elif need in transition.needs:
            raise IllegalMove(_("请填写%(field)s") % {"field": _(need.label)}, need.key)
    return given


def _text(_need: Need, text: str, _outfall: Outfall, _by: Person) -> str:
    return text


def _choice(need: Need, text: str, _outfall: Outfall, _by: Person) -> str:
    if text not in CHOICES[need].values:
        raise IllegalMove(_("请填写%(field)s") % {"field": _(need.label)}, need.key)
    return text


def _day(need: Need, text: str, _outfall: Outfall, _by: Person) -> date:
    try:
        return date.fromisoformat(text[:40])
    except ValueError as error:
        said = {"field": _(need.label), "text": text[:40]}
        raise IllegalMove(_("%(field)s“%(text)s”不是日期，写成 2026-06-30") % said, need.key) from error


def _unit(need: Need, text: str, _outfall: Outfall, by: Person) -> Organisation:
    rows = visible(Organisation.objects.all(), by)
    found = (
        rows.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 10 else None
    )
    if found is None:
        raise IllegalMove(_("没有这个单位，请先登记"), need.key)
    return found


def _outfall(need: Need, text: str, _here: Outfall, by: Person) -> Outfall:
    found = visible(Outfall.objects.all(), by).filter(pk=text[:40]).first()
    if found is None:
        raise IllegalMove(_("没有编码为 %(code)s 的排污口") % {"code": text[:40]}, need.key)
    return found


def _milestones(need: Need, text: str, outfall: Outfall, by: Person) -> list[tuple[str, date]]:
    """Lines of a day and what is done by then."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_MILESTONES:
        raise IllegalMove(_("时间节点最多 %(n)d 个") % {"n": MOST_MILESTONES}, need.key)
    made = []
    for line in lines:
        day, _space, task = line.partition(" ")
        if not task.strip():
            raise IllegalMove(_("时间节点每行一个，写成“2026-06-30 完成截污”"), need.key)
        made.append((clean(task, need.label, TASK, need.key), _day(need, day, outfall, by)))
    return made


def _milestone(need: Need, text: str, outfall: Outfall, _by: Person) -> Milestone:
    found = next((m for m in open_milestones(outfall) if str(m.number) == text), None)
    if found is None:
        raise IllegalMove(_("没有这个未完成的时间节点"), need.key)
    return found


def open_milestones(outfall: Outfall) -> list[Milestone]:
    """The milestones of the plan in force that are not done."""
    plan = Step.objects.filter(outfall=outfall, action="plan").order_by("-seq").first()
    return list(plan.milestones.filter(done=None)) if plan else []


_READ: Mapping[str, Callable[[Need, str, Outfall, Person], Any]] = {
    "text": _text, "line": _text, "choice": _choice, "day": _day, "unit": _unit, "outfall": _outfall, "milestones": _milestones,
    "milestone": _milestone,
}  # fmt: skip
