"""What a place looked like when its case began, and what it looked like when the unit said that it was done."""

from collections.abc import Collection
from dataclasses import dataclass

from bihuan.cases.models import Attachment, Case
from bihuan.cases.transitions import OPENINGS
from bihuan.registry.access import visible
from bihuan.registry.models import Person

BEFORE = (*OPENINGS, "submit", "dispatch")
AFTER = ("apply_close",)


@dataclass(frozen=True)
class Pair:
    """The pictures of one case: those of its registration, and those of the newest application to be closed."""

    case: Case
    before: tuple[Attachment, ...]
    after: tuple[Attachment, ...]


def pairs_of(cases: Collection[Case], person: Person) -> list[Pair]:
    """The cases that have pictures of both, in their order, as far as the person may see them."""
    files = visible(Attachment.objects.filter(step__case__in=cases), person)
    shown = (
        files.filter(step__action__in=(*BEFORE, *AFTER)).select_related("step").order_by("step__seq", "pk")
    )
    of_case: dict[int, list[Attachment]] = {}
    for file in shown:
        if file.is_image:
            of_case.setdefault(file.step.case_id, []).append(file)
    made = [_pair(case, of_case.get(case.pk, [])) for case in cases]
    return [pair for pair in made if pair.before and pair.after]


def _pair(case: Case, files: list[Attachment]) -> Pair:
    after = [file for file in files if file.step.action in AFTER]
    last = max((file.step.seq for file in after), default=0)
    before = tuple(file for file in files if file.step.action in BEFORE)
    return Pair(case, before, tuple(file for file in after if file.step.seq == last))
