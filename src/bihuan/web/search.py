"""What the search box finds: what is registered, cases and findings, then what each line of business finds."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from bihuan.cases.models import Case, Finding
from bihuan.english import told
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.contract import Finder, Hit
from bihuan.scenarios.resolved import every_scenario
from bihuan.web.registers.finding import register_finders

MOST = 20


@dataclass(frozen=True)
class Found:
    """The hits of one kind; `more`: there are others that are not shown."""

    title: str
    hits: list[Hit]
    more: bool


def search_all(person: Person, text: str) -> list[Found]:
    """At most MOST hits of each kind, what the person may see. Every kind is told, also one without a hit."""
    found = []
    declared = (f for s in every_scenario().values() for f in s.finders)
    for finder in (*register_finders(), *OWN, *declared):
        hits = list(finder.find(person, text, MOST + 1))
        found.append(Found(finder.title, hits[:MOST], len(hits) > MOST))
    return found


def _cases(person: Person, text: str, most: int) -> list[Hit]:
    named = Q(title__icontains=text) | Q(number__icontains=text)
    rows = visible(Case.objects.filter(named), person)[:most]
    return [Hit(told(c.title), c.number, reverse("case", args=[c.number]), c.simulated) for c in rows]


def _findings(person: Person, text: str, most: int) -> list[Hit]:
    named = Q(title__icontains=text) | Q(target_name__icontains=text)
    rows = visible(Finding.objects.filter(named), person)[:most]
    return [
        Hit(f"{f.target_name} {told(f.title)}", "", reverse("finding", args=[f.pk]), f.simulated)
        for f in rows
    ]


OWN = (
    Finder("问题", _cases),
    Finder("发现", _findings),
)
