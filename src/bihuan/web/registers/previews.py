"""A plan as a page shows it: what is new, what changes from what to what, what is refused and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.plan import Fate, Plan, Row
from bihuan.web.registers.history import Turn
from bihuan.web.registers.shown import names_of, text_of

SHOWN = 100
"""Rows of each kind that a page shows; the counts are of all."""


@dataclass(frozen=True)
class Told:
    """A row of the plan: its number in the file, what it is called, what of it changes, what one should look at."""

    number: int
    name: str
    turns: list[Turn]
    warnings: list[str]


@dataclass(frozen=True)
class Refused:
    """A cell, or a whole row, that is not taken in."""

    number: int
    column: str
    value: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Preview:
    """The parts of the page; each list holds the first SHOWN."""

    counts: dict[str, int]
    new: list[Told]
    changed: list[Told]
    refused: list[Refused]
    doubtful: list[Told]
    ignored: tuple[str, ...]
    notes: tuple[str, ...]
    effective: int


def previewed(plan: Plan) -> Preview:
    """What to show of a plan."""
    register, counts = plan.register, plan.counts
    return Preview(
        {fate.value: counts[fate] for fate in Fate},
        _told(register, plan.of(Fate.NEW)),
        _told(register, plan.of(Fate.CHANGED)),
        refusals(plan),
        _told(register, (row for row in plan.rows if row.warnings)),
        plan.ignored,
        plan.notes,
        counts[Fate.NEW] + counts[Fate.CHANGED],
    )


def refusals(plan: Plan, most: int = SHOWN) -> list[Refused]:
    """The first cells that are refused."""
    register = plan.register
    cells = (
        Refused(row.number, register.title_of(p.name) if p.name else "", p.value, p.why, p.remedy)
        for row in plan.of(Fate.REFUSED)
        for p in row.problems
    )
    return list(islice(cells, most))


def _told(register: Register, rows: Iterable[Row]) -> list[Told]:
    some = list(islice(rows, SHOWN))
    names = names_of(register, [side for row in some for side in (row.before, row.after)])

    def turn(name: str, before: dict[str, Any], after: dict[str, Any]) -> Turn:
        return Turn(register.title_of(name), *(text_of(register, name, s.get(name), names) for s in (before, after)))  # fmt: skip

    def turns(row: Row) -> list[Turn]:
        cut = row.cuts  # of the version before it
        shown = cut if cut is not None else None if row.new else row
        return [turn(name, shown.before, shown.after) for name in shown.after] if shown is not None else []

    return [
        Told(row.number, _called(row), [*turns(row), *_unseen(register, row)], row.warnings)
        for row in some
    ]  # fmt: skip


def _unseen(register: Register, row: Row) -> list[Turn]:
    return [Turn(register.title_of(name), _("不显示"), _("已更换")) for name in row.secrets]


def _called(row: Row) -> str:
    """Its key and, where that is another, its name."""
    key = " ".join(str(part) for part in row.key if part is not None)
    return key if row.name in ("", key) else f"{key} {row.name}"
