"""Who is concerned by a case: its unit, its office, its verifiers, who opened it, who sent it, the leader.

A side is its posts: whoever holds one at this moment is meant. Where a side that has to act is empty, the next rung is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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


UP = {Party.UNIT: Party.OFFICE, Party.VERIFIERS: Party.OFFICE, Party.OFFICE: Party.LEADER}
"""The next rung: who is told where nobody holds a post of the side, or nobody of it reads."""


@dataclass(frozen=True)
class Addressee:
    """A person of a side, with the post by which; None: for what the person did in the case.

    instead: the side in whose place it is told, because nobody holds a post of that one.
    """

    person: int
    party: Party
    post: Post | None = None
    instead: Party | None = None


def addressees(case: Case, parties: Iterable[Party]) -> tuple[list[Addressee], list[Party]]:
    """The people of these sides, each once, and the sides of which nobody holds a post."""
    found: dict[int, Addressee] = {}
    empty: list[Party] = []
    waiting: list[tuple[Party, Party | None]] = [(party, None) for party in parties]
    for party, instead in waiting:
        there = _holders(case, party)
        if not there and _is_empty(case, party) and party not in empty:
            empty.append(party)
            if party in UP:
                waiting.append((UP[party], instead or party))
        for person, post in there.items():
            found.setdefault(person, Addressee(person, party, post, instead))
    return list(found.values()), empty


def _is_empty(case: Case, party: Party) -> bool:
    """Is a side without people one whose posts nobody holds, and not one that the case does not have?"""
    return party in (Party.OFFICE, Party.LEADER, Party.VERIFIERS) or (
        party is Party.UNIT and case.organisation_id is not None
    )


def _holders(case: Case, party: Party) -> dict[int, Post | None]:
    match party:
        case Party.UNIT:
            return dict(_of_unit(case))
        case Party.OFFICE:
            return dict(_covering(case, Role.DISPATCHER))
        case Party.LEADER:
            return dict(_covering(case, Role.CHIEF))
        case Party.VERIFIERS:
            unit = _of_unit(case)
            found = _covering(case, Role.VERIFIER, other_unit=True)
            return {person: post for person, post in found.items() if person not in unit}
        case Party.OPENER:
            return dict.fromkeys(_actor(case, ("open",)))
        case Party.SENDER:
            return dict.fromkeys(_actor(case, SENT))


def _of_unit(case: Case) -> dict[int, Post]:
    if not case.organisation_id:
        return {}
    posts = Post.objects.in_force().filter(
        organisation=case.organisation_id, role__in=UNIT, person__is_active=True
    )
    return {post.person_id: post for post in posts.select_related("region", "organisation")}


def _covering(case: Case, role: Role, *, other_unit: bool = False) -> dict[int, Post]:
    unit = case.organisation if other_unit else None
    posts = Post.objects.in_force().filter(role=role, person__is_active=True)
    return {
        post.person_id: post
        for post in posts.select_related("region", "organisation")
        if case.region_id.startswith(prefix_of(post.region_id)) and not (unit and stands_for(post, unit))
    }


def _actor(case: Case, actions: tuple[str, ...]) -> set[int]:
    last = case.steps.filter(action__in=actions, actor__is_active=True).order_by("-seq").first()
    return {last.actor_id} if last and last.actor_id else set()
