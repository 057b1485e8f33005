"""The history of one object as a page shows it: who changed what, when, from what to what, why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField
from django.utils.translation import gettext as _

from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.undo import known, values
from bihuan.registry.changes import Batch, Change
from bihuan.web.registers.shown import Names, names_of, text_of


@dataclass(frozen=True)
class Turn:
    """What became of one column."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One change of an object that is called `name` there. `turns` are empty for one that is new or removed."""

    change: Change
    batch: Batch
    name: str
    turns: list[Turn]


def told(register: Register, changes: Iterable[Change]) -> list[Told]:
    """Changes with their values as people read them."""
    rows = [(c, _known(register, c.before), _known(register, c.after)) for c in changes]
    names = names_of(register, [side for _change, *sides in rows for side in sides])
    called = _called(register, [c.key for c, _before, _after in rows])
    return [
        Told(
            c,
            c.batch,
            called.get(c.key, _name(c.key, before | after)),
            _turns(register, c, before, after, names),
        )
        for c, before, after in rows
    ]


def _called(register: Register, keys: Iterable[str]) -> dict[str, str]:
    """What the objects that are still there are called."""
    rows = register.model._default_manager.filter(pk__in=set(keys))
    rows = rows.defer("geometry") if register.has("geometry") else rows
    coded = isinstance(register.model._meta.pk, CharField)
    return {str(row.pk): f"{row.pk} {row}" if coded and str(row) != row.pk else str(row) for row in rows}


def _name(key: str, values: Mapping[str, Any]) -> str:
    """The same of one that is gone."""
    return f"{key} {values.get('name', '')}".strip()


def _known(register: Register, kept: Mapping[str, Any]) -> dict[str, Any]:
    return values(register, known(register, kept))


def _turns(
    register: Register, change: Change, before: Mapping[str, Any], after: Mapping[str, Any], names: Names
) -> list[Turn]:
    if change.action in (Change.Action.NEW, Change.Action.REMOVED):
        return []
    return [
        Turn(register.title_of(name), *(text_of(register, name, side.get(name), names) for side in (before, after)))
        for name in after
    ] + [Turn(register.title_of(name), _("不显示"), _("已更换")) for name in change.after if name in register.hidden]  # fmt: skip
