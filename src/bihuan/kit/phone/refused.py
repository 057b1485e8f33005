"""What came from a phone into a case: when a step was written there, and what was not accepted, for those it concerns."""

from django.db.models import QuerySet

from bihuan.cases.models import Case
from bihuan.kit.phone.models import Item, Outcome
from bihuan.registry.access import may
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE


def refused_in(case: Case, person: Person) -> QuerySet[Item]:
    """Items about a case that were not accepted: the person's own, and everybody's for the office of its region."""
    rows = Item.objects.filter(case=case).exclude(outcome=Outcome.DONE)
    if not may(person, *OFFICE, region=case.region):
        rows = rows.filter(person=person)
    return rows.select_related("person").prefetch_related("files")


def tried_again(case: Case) -> set[str]:
    """The numbers of items about a case that a later one was a second try of."""
    rows = Item.objects.filter(chain=case.number, content__has_key="replaces")
    return set(rows.values_list("content__replaces", flat=True))


def written_in(case: Case) -> dict[int, Item]:
    """The item behind each step that came from a phone, by the step's key."""
    return {item.step_id: item for item in Item.objects.filter(case=case).exclude(step=None) if item.step_id}
