"""Whose turn it is (待办): the cases in which a step is waited for that a person may take now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import F, Q, QuerySet

from bihuan import clock
from bihuan.cases import rules
from bihuan.cases.key_sets import among
from bihuan.cases.models import Case, Step
from bihuan.cases.transitions import TABLE, leaving
from bihuan.registry.access import scope_of, visible
from bihuan.registry.models import Person, prefix_of

TURN = frozenset(
    {
        "submit",
        "dispatch",
        "sign",
        "accept",
        "redispatch",
        "plan",
        "apply_close",
        "grant",
        "pass",
        "close",
        "confirm",
        "strike",
    }
)
"""The steps that somebody waits for; the others (urge, void, recheck, ...) are a choice."""
ALIKE = ("state", "region_id", "organisation_id", "returns")
"""What the rules ask of a case about these steps, besides who acted in it and what stands below it."""


def todo(person: Person) -> QuerySet[Case]:
    """The cases in which it is this person's turn (by state, post and unit), most urgent first."""
    cases = visible(Case.objects.select_related("region", "organisation"), person)
    acted = set(Step.objects.filter(by_unit=True, actor=person).values_list("case_id", flat=True))
    can = among(_waiting(cases.filter(_near(person)), person, acted, clock.now()))
    return cases.filter(pk__in=can).order_by(F("due").asc(nulls_last=True), "id")


def _near(person: Person) -> Q:
    """Where a step may wait for the person, by state, post and unit alone."""
    mine = Q(pk__in=[])
    for post in scope_of(person).posts:
        for by_unit in (True, False):
            states = {
                t.source
                for t in TABLE
                if t.source and t.by_unit is by_unit and post.role in t.roles and t.action in TURN
            }
            here = (
                Q(organisation=post.organisation_id)
                if by_unit
                else Q(region__code__startswith=prefix_of(post.region_id))
            )
            if states and (post.organisation_id or not by_unit):
                mine |= here & Q(state__in=states)
    return mine


def _waiting(cases: "QuerySet[Case]", person: Person, acted: set[int], now: datetime) -> Iterator[int]:
    """The keys of those in which the person may act: of cases that are alike to the rules one is asked."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for pk, parts, *asked in cases.order_by().values_list("pk", "parts", *ALIKE):
        groups[(pk in acted, *asked, pk if parts else 0)].append(pk)
    of_each = Case.objects.select_related("region", "organisation").in_bulk([g[0] for g in groups.values()])
    for group in groups.values():
        if _may_act(of_each[group[0]], person, [person.pk] if group[0] in acted else (), now):
            yield from group


def _may_act(case: Case, person: Person, unit_people: Iterable[int], now: datetime) -> bool:
    """Is there a step in this case that is waited for and that the person may take now?"""
    steps = (t for t in leaving(case.state) if t.action in TURN)
    return any(not rules.why_not(case, person, t, now, unit_people) for t in steps)
