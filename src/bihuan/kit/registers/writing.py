"""Writing planned rows: in one transaction the objects, their history, the audit log. Who plans and asks is `actions`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.errors import BihuanError
from bihuan.kit.registers.declared import Handed, Register
from bihuan.kit.registers.plan import Problem, Row
from bihuan.kit.registers.planning import present
from bihuan.registry.audit import record
from bihuan.registry.changes import TOGETHER, Batch, Change, enter_batch
from bihuan.registry.hashing import instant
from bihuan.registry.models import Person

MASK = "***"
"""What the history holds of a secret: that one was entered."""


class Refused(BihuanError):
    """An object that cannot be written so; `problems` says why, column by column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("；".join(f"{p.why}（{p.remedy}）" for p in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Act:
    """Who does something to a register, and why. `by` is None for the operator of the machine, called `operator` there.

    file, blob: the name of the imported file and of its kept content. request: of a page, for the audit log.
    """

    by: Person | None
    reason: str
    operator: str = ""
    file: str = ""
    blob: str = ""
    request: HttpRequest | None = None


def alone(row: Row) -> None:
    """What to do with an outdated row that is the only one: nothing is done."""
    raise Refused(row.problems)


def together(row: Row) -> None:
    """What to do with one of many: it stays in the plan, refused."""


@transaction.atomic
def write(
    register: Register,
    rows: Sequence[Row],
    act: Act,
    outdated: Callable[[Row], None],
    undoes: Batch | None = None,
) -> Batch | None:
    """Write the rows that are sound and still up to date; None when none is. Raises Refused.

    outdated: told of each row whose object was changed since it was planned, with the problem noted in it.
    """
    whole = [each for row in rows for each in (row.cuts, row) if each is not None]
    for row in _outdated(register, whole):
        outdated(row)
    for row in rows:
        if row.cuts is not None and (row.problems or row.cuts.problems):
            row.problems = row.cuts.problems = row.problems or row.cuts.problems
    sound = [row for row in whole if not row.problems]
    if not sound:
        return None
    try:
        _store(register, sound)
    except IntegrityError as error:
        why = _("与已登记的对象冲突（%(why)s）") % {"why": error}
        raise Refused([Problem("", "", why, _("核对唯一的编号后再提交"))]) from error
    entered = _enter(register, sound, act, undoes)
    if register.hand_over is not None:
        register.hand_over([Handed(r.target, r.secrets, r.gone) for r in sound if r.target is not None])
    return entered


def _outdated(register: Register, rows: Sequence[Row]) -> list[Row]:
    """Rows whose object is not as it was when they were planned; each says so. The others' targets are made fresh."""
    keys = {row.target.pk: row for row in rows if row.target is not None and not row.new}
    now = by_primary_key(register, keys)
    taken = present(register, (row.key for row in rows if row.new))
    lost = []
    for row in rows:
        current = taken.get(row.key) if row.new else now.get(row.target and row.target.pk)
        changed = current is not None and any(
            getattr(current, register.attribute(name)) != value for name, value in row.before.items()
        )
        if (current is not None) if row.new else (current is None or changed):
            why, remedy = _("这个对象刚被别人改过"), _("重新导入，看过现在的内容再决定")
            row.problems.append(Problem("", " ".join(map(str, row.key)), why, remedy))
            lost.append(row)
        elif current is not None:
            for name, value in row.after.items():
                setattr(current, register.attribute(name), value)
            row.target = current
    return lost


def by_primary_key(register: Register, keys: Iterable[Any]) -> dict[Any, models.Model]:
    """The objects of these primary keys, locked until the end of the transaction."""
    found: dict[Any, models.Model] = {}
    for some in _pieces(keys):
        rows = register.model._default_manager.filter(pk__in=some).select_for_update()
        found |= {each.pk: each for each in rows}
    return found


def _store(register: Register, rows: Sequence[Row]) -> None:
    manager = register.model._default_manager
    new = [row.target for row in rows if row.new and row.target is not None]
    changed = [row.target for row in rows if not (row.new or row.gone) and row.target is not None]
    gone = [row.target.pk for row in rows if row.gone and row.target is not None]
    manager.bulk_create(new, batch_size=TOGETHER)
    fields = sorted({register.field(name).name for row in rows if not row.new for name in row.after})
    if changed and fields:
        key = register.model._meta.pk.name
        manager.bulk_create(
            changed, batch_size=TOGETHER, update_conflicts=True, unique_fields=[key], update_fields=fields
        )
    _remove(register.model, set(gone))


def _remove(model: type[models.Model], keys: set[Any]) -> None:
    """Remove objects of which only they themselves make use: first those that none of the others names."""
    own = [field.attname for field in model._meta.fields if field.related_model is model]
    while keys:
        named = {key for name in own for key in _named(model, name, keys)}
        if not (free := keys - named):
            raise Refused([Problem("", "", _("这些对象互相引用，拆不开"), _("先改掉它们之间的引用"))])
        for some in _pieces(free):
            model._default_manager.filter(pk__in=some).delete()
        keys = keys - free


def _named(model: type[models.Model], attribute: str, keys: set[Any]) -> Iterator[Any]:
    for some in _pieces(keys):
        yield from model._default_manager.filter(pk__in=some).values_list(attribute, flat=True)


def _pieces(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """Keys in lists that a query can name."""
    wanted = list(keys)
    return (wanted[first : first + TOGETHER] for first in range(0, len(wanted), TOGETHER))


def _enter(register: Register, rows: Sequence[Row], act: Act, undoes: Batch | None) -> Batch:
    changes = [_change(register, row) for row in rows]
    batch = Batch(
        kind=register.label, person=act.by, operator=act.operator, reason=act.reason.strip()[:400], at=clock.now(),
        real_at=datetime.now(UTC), file=act.file[:200], blob=act.blob, undoes=undoes,
    )  # fmt: skip
    enter_batch(batch, changes)
    what = changes[0].key if len(changes) == 1 else act.file
    verb = changes[0].action if len(changes) == 1 else "undone" if undoes else "imported"
    record(
        act.by, f"register.{verb}", f"{register.kind} {what}"[:120], act.request,
        batch=batch.pk, changes=len(changes), reason=batch.reason,
    )  # fmt: skip
    return batch


def _change(register: Register, row: Row) -> Change:
    target = row.target
    assert target is not None
    before, after = row.before, row.after
    if row.new or row.gone:
        whole = {n: getattr(target, register.attribute(n)) for n in register.named}
        whole = {name: value for name, value in whole.items() if value not in (None, "")}
        before, after = (whole, {}) if row.gone else ({}, whole)
    after = kept(after) | dict.fromkeys(row.secrets, MASK)
    return Change(
        kind=register.label, key=str(target.pk), action=row.action, before=kept(before), after=after
    )


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the model as the history keeps them: JSON, decimal numbers and days as texts, instants in UTC."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
