"""Problems that people saw themselves: a patrol, a complaint, an order of the leader; registered without a finding."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.evidence import Kept, Upload, kept
from bihuan.cases.models import Case
from bihuan.cases.terms import Term
from bihuan.registry.access import may, scope_of, visible
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.roles import FINDERS, OFFICE

Source = Case.Source
# What a grid worker reports; orders and inspections come to the office.
SEEN = (Source.PATROL, Source.COMPLAINT, Source.DRONE)
RECEIVED = (Source.CHIEF, Source.INSPECTION, Source.PROCURATORATE)


def sources(person: Person) -> tuple[Source, ...]:
    """The sources that this person may register."""
    return (*SEEN, *RECEIVED) if scope_of(person).has(*OFFICE) else SEEN


def regions(person: Person) -> list[Region]:
    """Where this person may register a problem: from the widest to the smallest."""
    return [r for r in visible(Region.objects.order_by("code"), person) if may(person, *FINDERS, region=r)]


def reported(person: Person) -> "QuerySet[Case]":
    """我上报的: the cases that this person registered, as far as they may still be seen."""
    cases = visible(Case.objects.select_related("region", "organisation"), person)
    return cases.filter(steps__action="open", steps__actor=person)


def report(
    by: Person,
    *,
    region: Region,
    title: str,
    organisation: Organisation | None = None,
    due: datetime | Term | None = None,
    note: str = "",
    files: Sequence[Upload | Kept] = (),
    **fields: Any,
) -> Case:
    """Register a problem: with a unit it is handed over at once (which the office may), else it waits for the office.

    Raises IllegalMove, as every step does, and BadFile; then nothing is kept.
    """
    if organisation is not None:
        return hand_over(
            [], by, organisation, region=region, title=title, due=due, note=note, files=files, **fields
        )
    stored = kept(files)
    with transaction.atomic():
        case = open_case([], by, region=region, title=title, note=note, files=stored, **fields)
        take(case, "submit", by)
    return case
