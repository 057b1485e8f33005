"""督办 in three rungs, blue, orange, red: each stricter than the one before it, each with a new deadline of its own.

The new deadline is when the unit has to answer. The deadline of the case stays as it was: what is late stays late.
"""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from bihuan.cases.deadlines import TERMS
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Step
from bihuan.cases.terms import Term, Unit
from bihuan.cases.transitions import RUNNING, Rung

ORDER = list(Rung)
COPIES = {
    Rung.BLUE: "承办单位负责人",
    Rung.ORANGE: "承办单位负责人、上级主管部门",
    Rung.RED: "上级主管部门、纪检监察机关",
}
"""Whom a letter goes to besides the unit; one of before the rungs went as a red one does."""


def rungs(case: Case) -> list[Rung]:
    """The rungs that the next letter of this hand-over may have, the usual one first; after a red one another red one."""
    sent = case.steps.filter(action="urge", at__gt=case.dispatched_at).values_list("data__rung", flat=True)
    last = max((ORDER.index(Rung(rung)) for rung in sent if rung in Rung.values), default=-1)
    return ORDER[min(last + 1, len(ORDER) - 1) :]


def rung_of(case: Case, chosen: str) -> Rung:
    """The rung of a letter: as chosen, else the usual one. Raises IllegalMove for one that is not stricter than the last."""
    possible = rungs(case)
    if not chosen:
        return possible[0]
    if chosen not in possible:
        said = {
            "least": _(str(possible[0].label)),
            "chosen": _(str(dict(Rung.choices).get(chosen, chosen[:20]))),
        }
        raise IllegalMove(_("督办等级“%(chosen)s”不行：应比上一次更严，至少%(least)s") % said, "rung")
    return Rung(chosen)


def usual_term(rung: str) -> Term:
    """How long the unit has to answer where nobody chooses."""
    return Term(Unit.DAYS, TERMS.urge_days[ORDER.index(Rung(rung))])


def answers_by(now: datetime) -> dict[int, datetime]:
    """Until when running cases are to be answered: key of the case -> new deadline of the last letter of its hand-over."""
    letters = Step.objects.filter(
        action="urge",
        case__state__in=RUNNING,
        at__gt=F("case__dispatched_at"),
        at__lte=now,
        data__has_key="due",
    )
    rows = letters.order_by("seq").values_list("case_id", "data__due")
    return {case: datetime.fromisoformat(until) for case, until in rows}


def letter(step: Step) -> tuple[str, int, str]:
    """Of a 督办 step: the word of its rung, its number from 1 (mildest), and who gets a copy; of one of before: "", 0."""
    kept = step.data.get("rung", "")
    if kept not in Rung.values:
        return "", 0, COPIES[Rung.RED]
    rung = Rung(kept)
    return str(rung.label), ORDER.index(rung) + 1, COPIES[rung]
