"""Who is concerned by a case: its unit, its office, its verifiers, who opened it, who sent it, the leader."""

from enum import Enum

from bihuan.cases.models import Case
from bihuan.cases.rules import stands_for
from bihuan.cases.transitions import REOPENINGS
from bihuan.registry.models import Post, prefix_of
from bihuan.registry.roles import UNIT, Role

SENT = ("dispatch", "redispatch", "offer", *REOPENINGS)


class Party(Enum):
    """One side of a case."""

    UNIT = "unit"
    OFFICE = "office"
    LEADER = "leader"
    VERIFIERS = "verifiers"
    OPENER = "opener"
    SENDER = "sender"


def people(case: Case, party: Party) -> set[int]:
    """Keys of the persons of this side whose accounts are open."""
    match party:
        case Party.UNIT:
            return _of_unit(case)
        case Party.OFFICE:
            return _covering(case, Role.DISPATCHER)
        case Party.LEADER:
            return _covering(case, Role.CHIEF)
        case Party.VERIFIERS:
            return _covering(case, Role.VERIFIER, other_unit=True) - _of_unit(case)
        case Party.OPENER:
            return _actor(case, ("open",))
        case Party.SENDER:
            return _actor(case, SENT)


def _of_unit(case: Case) -> set[int]:
    posts = Post.objects.in_force().filter(
        organisation=case.organisation_id, role__in=UNIT, person__is_active=True
    )
    return set(posts.values_list("person_id", flat=True)) if case.organisation_id else set()


def _covering(case: Case, role: Role, *, other_unit: bool = False) -> set[int]:
    unit = case.organisation if other_unit else None
    return {
        post.person_id
        for post in Post.objects.in_force().filter(role=role, person__is_active=True)
        if case.region_id.startswith(prefix_of(post.region_id)) and not (unit and stands_for(post, unit))
    }


def _actor(case: Case, actions: tuple[str, ...]) -> set[int]:
    last = case.steps.filter(action__in=actions, actor__is_active=True).order_by("-seq").first()
    return {last.actor_id} if last and last.actor_id else set()
