"""The way of findings and cases by the rules in force, with the units that the registry knows; read once for many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from bihuan.cases.deadlines import local_day
from bihuan.cases.models import Case, Finding
from bihuan.cases.route_settings import rules as rules_in_force
from bihuan.cases.route_settings import with_rule
from bihuan.cases.routing import Question, Route, RouteRule, decide
from bihuan.registry.access import visible
from bihuan.registry.models import Organisation, Person, Post, prefix_of
from bihuan.registry.roles import UNIT

PERIOD = timedelta(days=30)
"""How far back a rule is tried on what was handed over."""


def active_units() -> frozenset[int]:
    """The units in which somebody can sign for a problem: an open account with a post of the unit in force."""
    posts = Post.objects.in_force().filter(role__in=UNIT, person__is_active=True, organisation__isnull=False)
    found = posts.order_by().values_list("organisation_id", flat=True).distinct()
    return frozenset(pk for pk in found if pk is not None)


@dataclass(frozen=True)
class Proposal:
    """What the rules propose: the unit, None where none can be; `beyond`: there is one, and the person may not hand it anything."""

    route: Route
    unit: Organisation | None
    beyond: Organisation | None = None

    @property
    def post(self) -> str:
        """Who in the unit answers for it, by the rule."""
        return self.route.rule.post if self.route.rule and self.unit else ""


@dataclass(frozen=True)
class Router:
    """The rules of a moment, and the units to which they can send."""

    rules: tuple[RouteRule, ...]
    active: frozenset[int]
    now: datetime

    @cached_property
    def _local(self) -> Mapping[str, int]:
        """By prefix of an area, the first of its governments (by name) in which somebody can sign, else the first."""
        rows = Organisation.objects.filter(kind=Organisation.Kind.COUNTY).order_by("-name")
        units = sorted(rows.values_list("region_id", "pk"), key=lambda row: row[1] in self.active)
        return {prefix_of(region): pk for region, pk in units}

    def local(self, region: str) -> int | None:
        """The unit of the smallest area that holds a place: a grid cell, a township, a county."""
        around = (region[:length] for length in range(len(region), 0, -1))
        return next((self._local[code] for code in around if code in self._local), None)

    def decide(self, asked: Question) -> Route:
        """Where a problem goes now."""
        asked = replace(asked, local=self.local(asked.region))
        return decide(self.rules, asked, local_day(self.now), self.active)

    def of_finding(self, found: Finding, level: str = "", source: str = Case.Source.PLATFORM) -> Route:
        """Where a finding goes; of a level of its own where what is handed over with it is worse."""
        return self.decide(
            Question(
                found.region_id, found.check_key, found.target_kind, source, level or found.severity,
                found.organisation_id,
            )
        )  # fmt: skip

    def of_case(self, case: Case) -> Route:
        """Where a case goes, by the finding that explains the others, or without one by what was registered."""
        findings = sorted(case.findings.all(), key=lambda f: (f.pk != f.incident.root_id, f.started_at, f.pk))
        if findings:
            return self.of_finding(findings[0], case.level, case.source)
        return self.decide(Question(case.region_id, source=case.source, level=case.level))

    def with_rule(self, rule: RouteRule) -> "Router":
        """The same with a rule that is new or changed."""
        return Router(with_rule(self.rules, rule), self.active, self.now)


def router(now: datetime) -> Router:
    """By the rules in force."""
    return Router(rules_in_force(), active_units(), now)


def propose(routes: Iterable[Route], person: Person) -> list[Proposal]:
    """What the person is proposed for each way, in their order: only units that the person may choose."""
    routes = list(routes)
    units = Organisation.objects.filter(pk__in={route.unit for route in routes if route.unit})
    mine = {unit.pk: unit for unit in visible(units, person)}
    beyond = {route.unit for route in routes if route.unit} - mine.keys()
    others = units.in_bulk(list(beyond)) if beyond else {}
    return [Proposal(r, mine.get(r.unit or 0), others.get(r.unit or 0)) for r in routes]


@dataclass(frozen=True)
class Moved:
    """A case that goes elsewhere with a rule that is tried."""

    case: Case
    now: Route
    then: Route


def tried(rule: RouteRule, person: Person, router: Router) -> tuple[int, list[Moved]]:
    """A rule on what was handed over in the last 30 days, as far as the person sees it: how many, and those that go elsewhere."""
    since = router.now - PERIOD
    cases = visible(Case.objects.filter(dispatched_at__gt=since, dispatched_at__lte=router.now), person)
    other, looked, moved = router.with_rule(rule), 0, []
    for case in cases.prefetch_related("findings__incident").select_related("organisation"):
        looked += 1
        now, then = router.of_case(case), other.of_case(case)
        if now.unit != then.unit:
            moved.append(Moved(case, now, then))
    return looked, moved
