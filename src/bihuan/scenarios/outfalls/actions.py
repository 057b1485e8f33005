"""The only way to move an outfall on: `take` does what the table of transitions allows, as a step that is written once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.models import Answer
from bihuan.kit.registers.planning import plan_one
from bihuan.kit.registers.writing import Act, alone, write
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.scenarios.outfalls import needs
from bihuan.scenarios.outfalls.conditions import WHY_NOT, newest_inspection, planners
from bihuan.scenarios.outfalls.models import Milestone, Outfall, Step
from bihuan.scenarios.outfalls.registers import OUTFALLS
from bihuan.scenarios.outfalls.transitions import BY_KEY, LEFT_OUT, Need, State, Transition

REASON = 100
"""Characters of a note that stand beside what a step changed in the register."""


def why_not(outfall: Outfall, by: Person, transition: Transition) -> str:
    """Why a person may not take a step at all; empty when they may. What it asks for is looked at when it is given."""
    if not may(by, *transition.roles, region=outfall.region_id):
        roles = "、".join(_(str(role.label)) for role in transition.roles)
        return _("“%(step)s”由%(roles)s办理") % {"step": _(transition.label), "roles": roles}
    if transition.independent and by.pk in planners(outfall):
        return _("制定方案、确认节点的人不能验收")
    if Need.MILESTONE in transition.needs and not needs.open_milestones(outfall):
        return _("没有未完成的时间节点")
    return ""


def take(
    outfall: Outfall, action: str, by: Person, texts: Mapping[str, str], answer: Answer | None = None
) -> Step:
    """Take a step. answer: the inspection that it rests on. Raises IllegalMove naming the field, ChangedMeanwhile."""
    transition = BY_KEY.get((State(outfall.stage), action))
    if transition is None:
        raise IllegalMove(_("“%(stage)s”的排污口没有这一步") % {"stage": _(outfall.get_stage_display())})
    if why := why_not(outfall, by, transition):
        raise IllegalMove(why)
    given = needs.read(outfall, by, transition, texts)
    if transition.rule and (why := WHY_NOT[transition.rule](outfall, given)):
        raise IllegalMove(why)
    if transition.rule == "inspected":
        answer = newest_inspection(outfall)
    try:
        with transaction.atomic():
            return _written(outfall, transition, by, given, answer)
    except IntegrityError as error:
        raise ChangedMeanwhile(_("刚有人办理过，请刷新后再看")) from error


def found(outfall: Outfall, by: Person, note: str, answer: Answer) -> Step:
    """The first step of an outfall that was found on the spot, and what the find rests on."""
    return _step(outfall, BY_KEY[None, "find"], by, {"note": note}, answer)


def _written(
    outfall: Outfall, transition: Transition, by: Person, given: dict[str, Any], answer: Answer | None
) -> Step:
    now = Outfall.objects.select_for_update().get(pk=outfall.pk)
    if now.stage != outfall.stage:
        raise ChangedMeanwhile(_("刚有人办理过，请刷新后再看"))
    _register(now, by, _cells(transition, given), f"{transition.label}：{given['note']}"[:REASON])
    step = _step(now, transition, by, given, answer)
    for number, (task, day) in enumerate(given.get("milestones", ()), 1):
        Milestone.objects.create(plan=step, number=number, task=task, day=day)
    other = given.get("other")
    duplicate = other or (None if transition.target not in LEFT_OUT else now.duplicate_of)
    Outfall.objects.filter(pk=now.pk).update(stage=transition.target, duplicate_of=duplicate)
    outfall.refresh_from_db()
    record(by, "outfall.step", outfall.code, step=step.action, seq=step.seq)
    return step


def _cells(transition: Transition, given: Mapping[str, Any]) -> dict[str, str]:
    """What a step says in columns of the register, as their cells have it."""
    cells = {name: str(given[name]) for name in ("clarity", "evidence", "way", "due") if name in given}
    if "unit" in given:
        cells["organisation"] = given["unit"].name
    if transition.target in LEFT_OUT:
        cells["until"] = clock.now().astimezone(CST).date().isoformat()
    elif transition.action == "restore":
        cells["until"] = ""
    return cells


def _register(outfall: Outfall, by: Person, cells: Mapping[str, str], reason: str) -> None:
    """Change the register with its history, by the right of the step. Raises Refused."""
    row = plan_one(OUTFALLS, cells, None, outfall) if cells else None
    if row is not None and (row.effective or row.problems):
        write(OUTFALLS, [row], Act(by, reason), alone)


def _step(
    outfall: Outfall, transition: Transition, by: Person, given: Mapping[str, Any], answer: Answer | None
) -> Step:
    last = Step.objects.filter(outfall=outfall).aggregate(last=Max("seq"))["last"] or 0
    return Step.objects.create(
        outfall=outfall, seq=last + 1, action=transition.action, label=transition.label, source=transition.source or "",
        target=transition.target, by=by, at=clock.now(), note=given["note"], given=_plain(given), answer=answer,
        milestone=given.get("milestone"),
    )  # fmt: skip


def _plain(given: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in besides the note and what has rows of its own, as the step keeps it."""
    kept = {name: value for name, value in given.items() if name not in ("note", "milestones", "milestone")}
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else str(value.pk)
        if isinstance(value, Model)
        else value
        for name, value in kept.items()
    }
