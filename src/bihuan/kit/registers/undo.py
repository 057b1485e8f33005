"""Taking a batch back (撤销): each of its objects becomes what it was, unless somebody has changed or used it since."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.actions import demand_reason
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.plan import Plan, Problem, Row
from bihuan.kit.registers.rights import Places, Rights
from bihuan.kit.registers.succession import Line, line_of
from bihuan.kit.registers.writing import Act, Refused, by_primary_key, kept, together, write
from bihuan.registry.changes import TOGETHER, Batch, Change

NEW, REMOVED = Change.Action.NEW, Change.Action.REMOVED


@transaction.atomic
def undo(register: Register, batch: Batch, act: Act) -> Plan:
    """Take a batch back, once; what cannot be is refused in the plan that is returned, with the reason. Raises Refused."""
    demand_reason(act)
    _demand_open(batch)
    changes = list(batch.rows.order_by("pk"))
    keys = {c.key: register.model._meta.pk.to_python(c.key) for c in changes}
    there = by_primary_key(register, keys.values())
    rows = [_back(register, number, c, there.get(keys[c.key])) for number, c in enumerate(changes, 1)]
    _refuse_later(register, batch, changes, rows)
    _refuse_used(register, rows)
    _ask_rights(register, rows, there, act)
    if register.succession is not None:
        _refuse_halves(register, rows)
    plan = Plan(register, batch.file, rows)
    if plan.effective:
        write(register, plan.effective, act, together, undoes=batch)
    return plan


def _demand_open(batch: Batch) -> None:
    """Raises Refused for a batch that was taken back; whoever else takes it back now waits for this to end."""
    Batch.objects.select_for_update().get(pk=batch.pk)
    if Batch.objects.filter(undoes=batch).exists():
        raise Refused([Problem("", "", _("这一批已经撤销过"), _("看它的变更记录"))])


def _back(register: Register, number: int, change: Change, now: models.Model | None) -> Row:
    """The row that makes of the object what it was before the change."""
    gone, back = change.action == NEW, change.action == REMOVED
    row = Row(number, (change.key,), {}, target=now, new=back, gone=gone)
    if (back and register.secrets) or (not gone and register.hidden.keys() & change.after.keys()):
        _refuse(row, _("密码和密钥不留底，撤销不能恢复"), _("另行修改或重新登记，把它们再填一次"))
    if back:
        row.target = register.model()
        row.after = values(register, change.before)
        for name, value in row.after.items():
            setattr(row.target, register.attribute(name), value)
        row.key = tuple(row.after.get(name) for name in register.key)
    elif now is None or not _holds(register, now, known(register, change.after)):
        _refuse(row, _("这个对象后来又改过"), _("先看它的变更记录，再单独修改"))
    elif not gone:
        row.before = {name: getattr(now, register.attribute(name)) for name in change.before}
        row.after = values(register, change.before)
    return row


def values(register: Register, plains: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the model, of what the history keeps."""
    return {name: register.field(name).to_python(value) for name, value in plains.items()}


def known(register: Register, plains: Mapping[str, Any]) -> dict[str, Any]:
    """What the history keeps, without secrets and columns that the register no longer has."""
    return {name: value for name, value in plains.items() if name in register.named}


def _holds(register: Register, now: models.Model, said: Mapping[str, Any]) -> bool:
    """Is the object what a change made of it?"""
    return kept({name: getattr(now, register.attribute(name)) for name in said}) == said


def _refuse(row: Row, why: str, remedy: str) -> None:
    row.problems.append(Problem("", str(row.key[0]), why, remedy))


def _refuse_later(register: Register, batch: Batch, changes: Sequence[Change], rows: Sequence[Row]) -> None:
    """Refuse what has a later change, even where it became the same again, unless that change was taken back."""
    later = _later(register, batch)
    for change, row in zip(changes, rows, strict=True):
        if change.key in later and not row.problems:
            why = _("这个对象在 %(at)s 又改过") % {
                "at": later[change.key].astimezone(CST).strftime("%Y-%m-%d %H:%M")
            }
            _refuse(row, why, _("先看它的变更记录，再单独修改"))


def _later(register: Register, batch: Batch) -> dict[str, datetime]:
    """When each object was changed last after a batch; a change and the one that took it back do not count."""
    rows = Change.objects.filter(kind=register.label, batch_id__gt=batch.pk).order_by("-batch_id")
    back, found = set[tuple[str, int]](), dict[str, datetime]()
    told: dict[str, set[int]] = {}
    known = list(rows.values_list("key", "batch_id", "batch__undoes_id", "batch__at"))
    for key, number, _undoes, _at in known:
        told.setdefault(key, set()).add(number)
    for key, number, undoes, at in known:
        if (key, number) in back:
            continue
        if undoes in told[key]:
            back.add((key, undoes))
        else:
            found.setdefault(key, at)
    return found


def _refuse_used(register: Register, rows: Sequence[Row]) -> None:
    """Refuse to remove what something refers to that does not go with it."""
    going = {row.target.pk: row for row in rows if row.gone and not row.problems and row.target is not None}
    for key in uses(register, going):
        _refuse(going[key], _("已经有别的记录用到它"), _("请填停用日期，不要撤销"))


def _refuse_halves(register: Register, rows: Sequence[Row]) -> None:
    """A new version is taken back together with the end that it set in the one before, or neither is."""
    lines: dict[Line, list[Row]] = {}
    for row in rows:
        if row.target is not None:
            lines.setdefault(line_of(register, row.target), []).append(row)
    for some in lines.values():
        if any(row.problems for row in some):
            for row in some:
                if not row.problems:
                    _refuse(row, _("接替它的那一版不能撤销"), _("先撤销后来的一版"))


def uses(register: Register, keys: Collection[Any]) -> set[Any]:
    """Those of some objects that another row, or a finding, refers to; rows of the same objects do not count."""
    model, about = register.model, Finding.objects.filter(target_kind=register.target or None)
    used, wanted = set[Any](), list(keys)
    for first in range(0, len(wanted), TOGETHER):
        some = wanted[first : first + TOGETHER]
        for relation in model._meta.related_objects:
            field = relation.field
            rows = relation.related_model._default_manager.filter(**{f"{field.name}__in": some})
            if relation.related_model is model:
                rows = rows.exclude(pk__in=wanted)
            used.update(rows.values_list(field.name, flat=True))
        texts = {str(key): key for key in some}
        used.update(texts[t] for t in about.filter(target__in=texts).values_list("target", flat=True))
    return used


def _ask_rights(register: Register, rows: Sequence[Row], there: Mapping[Any, models.Model], act: Act) -> None:
    """Neither what is there nor what would be there may lie where the person has no say."""
    rights = Rights(register, act.by)
    after = {row.number: _after(register, row) for row in rows if row.target is not None}
    places = Places(register, [*there.values(), *after.values()])
    for row in rows:
        asked = [o for o in (there.get(row.target and row.target.pk), after.get(row.number)) if o is not None]
        if not all(rights.cover(places.of(one)) for one in asked):
            _refuse(row, _("这个对象在您管理的区域之外"), _("由管理那里的负责人或系统管理员办理"))


def _after(register: Register, row: Row) -> models.Model:
    made = copy(row.target)
    assert made is not None
    for name, value in row.after.items():
        setattr(made, register.attribute(name), value)
    return made
