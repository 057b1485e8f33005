"""What follows from answers: a find becomes an outfall, a survey of one that was found makes it checked. Once, as the answer is."""

from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.kit.inspection.measurements import said
from bihuan.kit.inspection.models import Answer
from bihuan.kit.registers.planning import plan_one
from bihuan.kit.registers.writing import Act, alone, write
from bihuan.scenarios.outfalls import actions
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.registers import OUTFALLS
from bihuan.scenarios.outfalls.transitions import State

TAKEN = ("name", "kind", "reach", "bank", "shape", "size")
"""Questions of the form of a find that are columns of the register."""


def code_of(answer: Answer) -> str:
    """The code of what a find registers: of its county, and the same whenever the answer comes."""
    number = answer.instance.removeprefix("uuid:").replace("-", "")
    return f"{answer.region_id}-{number[:12].upper()}"


def found(answer: Answer) -> None:
    """Register what was found, by the right of who may inspect there. Raises IllegalMove for what cannot be registered."""
    told = said(answer)
    texts = {name: told.get(name, "") for name in TAKEN} | {
        "code": code_of(answer), "region": answer.region_id, "lon": str(answer.lon), "lat": str(answer.lat),
    }  # fmt: skip
    row = plan_one(OUTFALLS, texts, None)
    if row.problems:
        raise IllegalMove("；".join(f"{p.why}（{p.remedy}）" for p in row.problems))
    write(OUTFALLS, [row], Act(answer.by, _("现场发现")), alone)
    actions.found(Outfall.objects.get(pk=texts["code"]), answer.by, answer.summary, answer)


def surveyed(answer: Answer) -> None:
    """One that was found and is an outfall is checked; of what is none, the office decides."""
    outfall = Outfall.objects.get(pk=answer.target)
    if outfall.stage == State.FOUND and said(answer).get("is_outfall") == "yes":
        actions.take(outfall, "check", answer.by, {"note": answer.summary}, answer)
