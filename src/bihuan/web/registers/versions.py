"""All versions of what is never changed but followed, as the page of each shows them: from when to when, and what became other."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import Model

from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.succession import line_of, versions
from bihuan.web.registers.history import Turn
from bihuan.web.registers.kinds import url_of
from bihuan.web.registers.shown import names_of, text_of, values_of


@dataclass(frozen=True)
class Told:
    """A version: its days as registered, its page unless it is the one that is looked at, and what it changed."""

    begin: date
    end: date | None
    now: bool
    url: str
    turns: list[Turn]


def told(register: Register, target: Model, today: date) -> list[Told]:
    """The versions of the object's line, newest first."""
    terms = register.succession
    assert terms is not None
    line = line_of(register, target)
    found = versions(register, [line])[line]
    turns = [[], *(_turns(register, before, after) for before, after in pairwise(found))]
    return [
        Told(
            (begin := getattr(each, terms.begin)), (end := getattr(each, terms.end)),
            begin <= today and (end is None or end > terms.before(today)),
            "" if each.pk == target.pk else url_of(register, each.pk), turned,
        )
        for each, turned in zip(reversed(found), reversed(turns), strict=True)
    ]  # fmt: skip


def _turns(register: Register, before: Model, after: Model) -> list[Turn]:
    terms = register.succession
    columns = [n for n in register.named if terms is None or n not in (terms.begin, terms.end)]
    sides: list[dict[str, Any]] = [values_of(register, one, columns) for one in (before, after)]
    names = names_of(register, sides)
    return [
        Turn(register.title_of(n), *(text_of(register, n, side[n], names) for side in sides))
        for n in columns
        if sides[0][n] != sides[1][n]
    ]
