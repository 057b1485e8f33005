"""Measures end with the warning that they were taken for: each of their cases takes a last step, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from bihuan.cases.actions import take
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.transitions import BY_KEY, UNFINISHED, State
from bihuan.registry.log import enter
from bihuan.registry.models import Person, Region
from bihuan.scenarios.heavy_pollution.models import Suggestion


@dataclass(frozen=True)
class Ended:
    """How many cases ended, and the numbers of those that whoever approved may not end (left as they are)."""

    cases: int = 0
    left: tuple[str, ...] = ()


def end_measures(region: Region, levels: Sequence[str], by: Person, why: str) -> Ended:
    """End the cases of measures of these levels in a region; call it in the transaction of what ends them."""
    running = Suggestion.objects.filter(
        advice__region=region, level__in=levels, case__state__in=UNFINISHED - {State.RECHECK}
    )
    ids = list(running.values_list("case", flat=True).distinct())
    ended, left = [], []
    for case in Case.objects.filter(pk__in=ids).select_related("region", "organisation"):
        # What was verified is closed; everything before that is voided. A recheck concerns a case that was closed.
        action = "void" if (State(case.state), "void") in BY_KEY else "close"
        try:
            take(case, action, by, note=why)
            ended.append(case.pk)
        except IllegalMove:
            left.append(case.number)
    measures = Suggestion.objects.filter(case__in=ended)
    measures.update(status=Suggestion.Status.ENDED)
    for measure in measures.filter(decided_at__isnull=False):
        enter(measure)
    return Ended(len(ended), tuple(left))
