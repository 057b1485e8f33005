"""What is wrong at rivers and reaches: cases that are open, those past their deadline, and findings that nobody has judged."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import FINISHED
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.river_chiefs.models import RiverCase

KINDS = ("reach", "river")


@dataclass
class Troubles:
    """Open cases by their number, those of them that are overdue, and how many findings wait for a judgement."""

    cases: set[str] = field(default_factory=set)
    overdue: set[str] = field(default_factory=set)
    findings: int = 0

    @property
    def tone(self) -> str:
        """Its colour: of what is overdue, of what is open, of nothing."""
        return "bad" if self.overdue else "warn" if self.cases or self.findings else "good"

    def add(self, number: str, overdue: bool) -> None:
        """An open case."""
        self.cases.add(number)
        if overdue:
            self.overdue.add(number)


@dataclass(frozen=True)
class Found:
    """What is wrong, by the code of the river and of the reach."""

    rivers: Mapping[str, Troubles]
    reaches: Mapping[str, Troubles]


def troubles_seen(person: Person, now: datetime) -> Found:
    """Everything that a person may see, of all rivers."""
    river_of = dict(Reach.objects.values_list("pk", "river"))
    rivers: dict[str, Troubles] = defaultdict(Troubles)
    reaches: dict[str, Troubles] = defaultdict(Troubles)

    def homes(kind: str, key: str) -> tuple[Troubles, ...]:
        return (rivers[key],) if kind == "river" else (reaches[key], rivers[river_of.get(key, "")])

    for number, due, stopped, kind, key in _open_cases(person):
        for home in homes(kind, key):
            home.add(number, due is not None and (stopped or now) > due)
    for kind, key in _new_findings(person):
        for home in homes(kind, key):
            home.findings += 1
    return Found(rivers, reaches)


def _open_cases(person: Person) -> Iterable[tuple[str, datetime | None, datetime | None, str, str]]:
    """(number, due, stopped at, kind of target, target) of each open case at each river or reach that it concerns."""
    rows = visible(Case.objects.exclude(state__in=FINISHED), person).order_by()
    at = rows.filter(findings__target_kind__in=KINDS)
    named = ("number", "due", "stopped_at", "findings__target_kind", "findings__target")
    yield from at.values_list(*named).distinct()
    for number, due, stopped, river in rows.filter(river_link__isnull=False).values_list(
        "number", "due", "stopped_at", "river_link__river"
    ):
        yield number, due, stopped, "river", river


def _new_findings(person: Person) -> Iterable[tuple[str, str]]:
    rows = visible(Finding.objects.filter(target_kind__in=KINDS, status=Finding.Status.NEW), person)
    return rows.order_by().values_list("target_kind", "target")


def of_river(river: River, reaches: Iterable[str]) -> Q:
    """The condition of findings about a river or one of its reaches."""
    return Q(target_kind="river", target=river.pk) | Q(target_kind="reach", target__in=list(reaches))


def cases_of(river: River, reaches: Iterable[str], person: Person) -> QuerySet[Case]:
    """The cases that concern a river and that a person may see, newest first."""
    findings = Finding.objects.filter(of_river(river, reaches))
    linked = RiverCase.objects.filter(river=river).values("case")
    rows = Case.objects.filter(Q(pk__in=findings.values("cases")) | Q(pk__in=linked))
    return visible(rows.select_related("region", "organisation"), person).defer("region__geometry")


def awaiting_reply(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Of some cases the suggestions of the procuratorate that are not answered for good; the first deadline first."""
    rows = cases.filter(source=Case.Source.PROCURATORATE).exclude(state__in=FINISHED)
    return rows.order_by("due", "-pk")
