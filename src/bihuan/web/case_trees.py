"""The tree of a case as its page shows it: what stands above, what is below, who has a part in it, and its milestones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bihuan.cases import milestones, trees
from bihuan.cases.lamps import Lamp
from bihuan.cases.models import Case
from bihuan.cases.reminder_settings import timing
from bihuan.registry.access import visible
from bihuan.registry.models import Person


@dataclass(frozen=True)
class Member:
    """A case of the tree: what it is there, how deep it lies, how it stands; `open`: the person may look at it."""

    case: Case
    role: str
    depth: int
    lamp: Lamp
    open: bool


@dataclass(frozen=True)
class Tree:
    """The members from the top down, and how far those directly below the case are."""

    members: Sequence[Member]
    progress: trees.Progress


@dataclass(frozen=True)
class Shown:
    """A milestone, how it stands and in which colour."""

    node: milestones.Node
    standing: str
    colour: str


def tree_of(case: Case, person: Person, now: datetime) -> Tree | None:
    """The tree around a case; None where it stands alone.

    Who has a part in a joint handling sees units and states of the others, also where the cases are not the person's to read.
    """
    if case.parent is None and not case.parts:
        return None
    above = list(trees.line_up(case.parent))[::-1]
    joint = trees.joint(case)
    beside = [c for c in joint[1:] if c.pk != case.pk] if case.tie == Case.Tie.JOINT else []
    below = trees.everything_below([case]) if case.parts else []
    every = [*above, case, *beside, *below]
    seen = set(
        visible(Case.objects.filter(pk__in=[c.pk for c in every]), person).values_list("pk", flat=True)
    )
    set_now, lead, depths = timing(), joint[0].pk if joint else None, _depths(above, case, beside, below)
    members = [
        Member(c, _role(c, lead), depths[c.pk], c.lamp(now, set_now), c.pk in seen) for c in _ordered(every)
    ]
    return Tree(members, trees.progress([c for c in below if c.parent_id == case.pk]))


def _depths(
    above: Iterable[Case], case: Case, beside: Iterable[Case], below: Iterable[Case]
) -> dict[int, int]:
    depths = {c.pk: n for n, c in enumerate(above)}
    depths |= dict.fromkeys((c.pk for c in (case, *beside)), len(depths))
    for c in below:
        assert c.parent_id is not None
        depths[c.pk] = depths[c.parent_id] + 1
    return depths


def _ordered(every: Sequence[Case]) -> list[Case]:
    """Each case followed by what is below it."""
    known = {c.pk for c in every}
    found: list[Case] = []
    waiting = [c for c in every if c.parent_id not in known][::-1]
    while waiting:
        case = waiting.pop()
        found.append(case)
        waiting += sorted((c for c in every if c.parent_id == case.pk), key=lambda c: -c.pk)
    return found


def _role(member: Case, lead: int | None) -> str:
    if member.tie == Case.Tie.JOINT:
        return _("协办")
    if member.pk == lead:
        return _("牵头")
    if member.organisation_id is None:
        return _("清单")
    return _("下级") if member.parent_id else _("上级")


def nodes_of(case: Case, now: datetime) -> list[Shown]:
    """The milestones of a case by their days."""
    return [Shown(node, *node.standing(now)) for node in milestones.nodes(case)]
