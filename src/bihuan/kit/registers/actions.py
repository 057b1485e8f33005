"""The ways to change a register: create, change, end, restore one object; apply a plan; take a batch back.

Each is one transaction: rights and conditions are asked again in it, the objects are written, the history and the audit
log with them. Objects are ended, never deleted; only taking back a registration that nothing uses yet removes one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.db import models
from django.utils.translation import gettext as _

from bihuan.domain.places.coordinates import System
from bihuan.errors import NotAllowed
from bihuan.kit.registers.cells import written
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.exchange import forget
from bihuan.kit.registers.plan import Fate, Plan, Problem, Row
from bihuan.kit.registers.planning import plan_one, references_of
from bihuan.kit.registers.writing import Act, Refused, alone, together, write
from bihuan.registry.access import scope_of
from bihuan.registry.changes import Batch
from bihuan.registry.models import Person


def writes(register: Register, person: Person) -> bool:
    """May the person write anything of the register? For what a page offers; each object is asked about by itself."""
    return scope_of(person).has(*register.writers)


def create(
    register: Register, texts: Mapping[str, str], act: Act, system: System = System.WGS84
) -> models.Model:
    """Register one object from the texts of a form. Raises Refused, NotAllowed."""
    row = _sound(plan_one(register, texts, act.by, system=system))
    write(register, [row], act, alone)
    assert row.target is not None
    return row.target


def change(
    register: Register,
    target: models.Model,
    texts: Mapping[str, str],
    act: Act,
    system: System = System.WGS84,
    seen: Mapping[str, str] | None = None,
) -> Batch | None:
    """Change one object; columns that are not given stay. None: nothing was different. Raises Refused, NotAllowed.

    seen: what its cells held when the person began to write: what somebody else changed meanwhile is not overwritten.
    """
    demand_reason(act)
    row = _sound(plan_one(register, texts, act.by, target, system))
    if row.fate is Fate.SAME:
        return None
    references = references_of(register) if seen else {}
    for name in row.after if seen else ():
        now = written(register, name, row.before[name], references.get(name))
        if seen is not None and seen.get(name, now) != now:
            raise Refused([Problem(name, now, _("刚被别人改过"), _("看过现在的值再改"))])
    return write(register, [row], act, alone)


def end(register: Register, target: models.Model, on: date, act: Act) -> Batch:
    """The object is there no more from a day on. Raises Refused, NotAllowed."""
    last = register.succession.before(on) if register.succession else on
    return _until(register, target, last.isoformat(), act)


def restore(register: Register, target: models.Model, act: Act) -> Batch:
    """The object that was ended is there again, without an end. Raises Refused, NotAllowed."""
    return _until(register, target, "", act)


def _until(register: Register, target: models.Model, text: str, act: Act) -> Batch:
    if not register.end:
        raise Refused([Problem("", "", _("这类登记没有停用日期"), _("改正它的内容，或撤销登记它的那次操作"))])
    made = change(register, target, {register.end: text}, act)
    if made is None:
        why = _("已经停用到这一天") if text else _("没有停用")
        raise Refused([Problem(register.end, text, why, _("不必再办"))])
    return made


def apply(plan: Plan, act: Act) -> Batch | None:
    """Write what a plan would do; None where it would do nothing. Rows that became outdated meanwhile are refused in it.

    A file with secrets is not kept: it would show them to whoever reads the data folder.
    """
    rows = plan.effective
    if plan.register.secrets and act.blob:
        forget(act.blob)
        act = replace(act, blob="")
    return write(plan.register, rows, act, together) if rows else None


def _sound(row: Row) -> Row:
    if forbidden := [p for p in row.problems if p.forbidden]:
        raise NotAllowed("；".join(p.why for p in forbidden))
    if row.problems:
        raise Refused(row.problems)
    return row


def demand_reason(act: Act) -> None:
    """Raises Refused where nothing says why."""
    if not act.reason.strip():
        raise Refused([Problem("", "", _("没有写理由"), _("写明为什么改，它留在变更记录里"))])
