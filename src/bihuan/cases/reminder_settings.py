"""The ladders of reminders as they are set: read, checked, changed, back to the version before."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan.cases import set_versions
from bihuan.cases.errors import IllegalMove
from bihuan.cases.ladders import LADDERS, Ladder, Reach, Rung, Timing
from bihuan.cases.set_versions import Kind
from bihuan.cases.term_models import TermVersion
from bihuan.cases.term_settings import calendar_of
from bihuan.cases.terms import LONGEST, Unit
from bihuan.cases.texts import needed
from bihuan.registry.models import Person

MOST_RUNGS, MOST_BEFORE, WHAT = 6, 4, 40
LATEST = 400
"""The last rung at most: a year of days."""


def timing() -> Timing:
    """The ladders and the calendar as they are in force now."""
    newest = set_versions.newest()
    kept = newest.get(set_versions.LADDERS)
    return Timing(read(kept) if kept else LADDERS, calendar_of(newest))


@transaction.atomic
def change(by: Person, ladders: Mapping[Unit, Ladder], reason: str) -> TermVersion:
    """Set the ladders of all kinds of terms. Raises NotAllowed, IllegalMove, which names the field."""
    for unit, ladder in ladders.items():
        _demand(unit, ladder)
    if dict(ladders) == dict(timing().ladders):
        raise IllegalMove(_("没有改动"))
    return set_versions.keep(by, set_versions.LADDERS, Kind.CHANGED, written(ladders), reason)


@transaction.atomic
def undo(by: Person, reason: str) -> TermVersion:
    """Back to the ladders before. Raises NotAllowed, IllegalMove."""
    before = set_versions.earlier(set_versions.LADDERS, written(LADDERS))
    return set_versions.keep(by, set_versions.LADDERS, Kind.UNDONE, before, reason)


def _demand(unit: Unit, ladder: Ladder) -> None:
    longest = LONGEST[unit] or 24
    if len(ladder.before) > MOST_BEFORE or not all(1 <= n <= longest for n in ladder.before):
        said = {"most": MOST_BEFORE, "longest": longest}
        raise IllegalMove(
            _("到期前的提醒最多 %(most)d 次，各在 1 至 %(longest)d 之间") % said, f"{unit}_before"
        )
    for n, rung in enumerate(ladder.after):
        if not 1 <= rung.after <= LATEST:
            raise IllegalMove(_("超期后的提醒应在 1 至 %(n)d 之间") % {"n": LATEST}, f"{unit}_after_{n}")
        needed(rung.what, "要求", WHAT, _("请写明提醒要求做什么"), f"{unit}_what_{n}")
    if not ladder.after or len(ladder.after) > MOST_RUNGS:
        raise IllegalMove(_("超期后的提醒应有 1 至 %(n)d 次") % {"n": MOST_RUNGS}, f"{unit}_after_0")
    if any(a.after >= b.after for a, b in pairwise(ladder.after)):
        raise IllegalMove(_("超期后的提醒应由近及远，各不相同"), f"{unit}_after_0")


def written(ladders: Mapping[Unit, Ladder]) -> dict[str, Any]:
    """Ladders as they are kept."""
    return {
        str(unit): {
            "before": list(ladder.before),
            "half": ladder.half,
            "after": [[rung.after, str(rung.reach), rung.what] for rung in ladder.after],
        }
        for unit, ladder in ladders.items()
    }


def read(content: Mapping[str, Any]) -> dict[Unit, Ladder]:
    """Ladders from what `written` made of them."""
    return {
        Unit(unit): Ladder(
            tuple(kept["before"]),
            kept["half"],
            tuple(Rung(after, Reach(reach), what) for after, reach, what in kept["after"]),
        )
        for unit, kept in content.items()
    }
