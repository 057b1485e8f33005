"""Plans: what is to be visited how often, what is due, and the route of a day over all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove, NotVisible
from bihuan.cases.texts import needed
from bihuan.domain.patrol.coverage import by_object, cells
from bihuan.domain.patrol.route import MOST, Route, route
from bihuan.domain.places.geodesy import distance
from bihuan.domain.timeaxis import CST
from bihuan.errors import NotAllowed
from bihuan.kit.patrol.covering import shapes_of, visits_since
from bihuan.kit.patrol.declared import PatrolObjects, Place
from bihuan.kit.patrol.models import Plan, PlanEnd
from bihuan.kit.patrol.rules import in_force
from bihuan.registry.access import may, visible
from bihuan.registry.audit import record
from bihuan.registry.models import Person, Region, prefix_of
from bihuan.registry.roles import FINDERS, OFFICE

DONE = 0.8
"""Share of a line or an area that has to be seen for it to count as visited; ours: its ends are often not walkable."""
Offered = Mapping[str, PatrolObjects]


@dataclass(frozen=True)
class Wanted:
    """What a plan asks for, as it is entered."""

    title: str
    objects_of: str
    region: Region
    every_days: int
    since: date
    until: date | None = None
    codes: tuple[str, ...] = ()
    person: Person | None = None


@dataclass(frozen=True)
class Due:
    """A thing of a plan: seen: its share in the running period; last: when somebody was there; days: how long that is over due."""

    plan: Plan
    place: Place
    seen: float
    last: datetime | None
    overdue_days: int | None


@dataclass(frozen=True)
class DayRoute:
    """What is due in the order in which it is visited; legs: metres as the crow flies; left_out: what is for another day."""

    stops: tuple[tuple[Due, float], ...]
    left_out: int

    @property
    def metres(self) -> float:
        """All of it, as the crow flies."""
        return sum(leg for _due, leg in self.stops)


def plans_of(person: Person) -> QuerySet[Plan]:
    """The plans that a person may see, as of the clock."""
    rows = Plan.objects.filter(at__lte=clock.now()).select_related("region", "person", "by", "ended")
    return visible(rows, person)


def plan_for(person: Person, pk: int) -> Plan:
    """The plan, if the person may see it. Raises NotVisible (a 404)."""
    found = plans_of(person).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的巡查计划") % {"number": pk})
    return found


def may_plan(person: Person, region: Region | str) -> bool:
    """May the person set plans in a region?"""
    return may(person, *OFFICE, region=region)


@transaction.atomic
def make_plan(by: Person, wanted: Wanted, offered: Offered) -> Plan:
    """Set a plan. Raises NotAllowed, IllegalMove naming the field."""
    if not may_plan(by, wanted.region):
        raise NotAllowed(_("巡查计划由当地的调度岗或负责人制定。"))
    title = needed(wanted.title, "名称", 60, _("请写明计划名称"), "title")
    objects = offered.get(wanted.objects_of)
    if objects is None:
        raise IllegalMove(_("请选择巡查对象"), "objects_of")
    known = {p.code for p in objects.places(by) if p.region.startswith(prefix_of(wanted.region.code))}
    if unknown := sorted(set(wanted.codes) - known):
        raise IllegalMove(_("%(codes)s 不在该区划的巡查对象中") % {"codes": "、".join(unknown)[:80]}, "codes")
    if not 1 <= wanted.every_days <= 366:
        raise IllegalMove(_("周期应为 1 至 366 天"), "every_days")
    if wanted.until and wanted.until < wanted.since:
        raise IllegalMove(_("结束日不能早于开始日"), "until")
    if wanted.person and not may(wanted.person, *FINDERS, region=wanted.region):
        raise IllegalMove(_("%(person)s在该区划没有巡查的职务") % {"person": wanted.person}, "person")
    made = Plan.objects.create(
        title=title, objects_of=objects.key, codes=sorted(set(wanted.codes)), region=wanted.region, person=wanted.person,
        every_days=wanted.every_days, since=wanted.since, until=wanted.until, by=by, at=clock.now(),
    )  # fmt: skip
    record(by, "patrol.plan", str(made.pk))
    return made


@transaction.atomic
def end_plan(by: Person, plan: Plan, reason: str) -> PlanEnd:
    """End a plan. Raises NotAllowed, IllegalMove."""
    if not may_plan(by, plan.region):
        raise NotAllowed(_("巡查计划由当地的调度岗或负责人制定。"))
    if PlanEnd.objects.filter(plan=plan).exists():
        raise IllegalMove(_("计划已经结束"))
    why = needed(reason, "理由", 400, _("请写明理由"), "reason")
    made = PlanEnd.objects.create(plan=plan, reason=why, by=by, at=clock.now())
    record(by, "patrol.plan_end", str(plan.pk), reason=why)
    return made


def running(person: Person, day: date) -> QuerySet[Plan]:
    """The plans of a day that the person follows: those of the person, and those of everybody where the person patrols."""
    rows = plans_of(person).filter(Q(person=person) | Q(person=None), Q(until=None) | Q(until__gte=day))
    return rows.filter(since__lte=day, ended=None)


def places_of(plan: Plan, person: Person, offered: Offered) -> list[Place]:
    """The things of a plan; none of a line of business that is gone."""
    objects = offered.get(plan.objects_of)
    inside = prefix_of(plan.region_id)
    every = objects.places(person) if objects else ()
    return [p for p in every if p.region.startswith(inside) and (not plan.codes or p.code in plan.codes)]


def due_of(plan: Plan, person: Person, offered: Offered) -> list[Due]:
    """The things of a plan, the longest overdue first: overdue_days is None of what was visited in the running period."""
    now, places = clock.now(), places_of(plan, person, offered)
    rules = in_force(now.astimezone(CST).date())
    found = cells(shapes_of(places), rules.cell_m)
    seen = visits_since(found, plan.region, now - timedelta(days=2 * plan.every_days), rules)
    recent = seen.filter(pl.col("at") >= now - timedelta(days=plan.every_days))
    shares = dict(by_object(found, recent).select("object", "seen").iter_rows())
    lasts = dict(by_object(found, seen).select("object", "last").iter_rows())
    made = [_due(plan, place, shares.get(place.code, 0.0), lasts.get(place.code), now) for place in places]
    return sorted(
        made, key=lambda d: (-1 if d.overdue_days is None else d.overdue_days, d.place.code), reverse=True
    )


def _due(plan: Plan, place: Place, seen: float, last: datetime | None, now: datetime) -> Due:
    if seen >= DONE:
        return Due(plan, place, seen, last, None)
    since = last or datetime(plan.since.year, plan.since.month, plan.since.day, tzinfo=CST) - timedelta(
        days=plan.every_days
    )
    return Due(plan, place, seen, last, max(0, (now - since).days - plan.every_days))


def day_route(
    person: Person, start: tuple[float, float] | None, offered: Offered, within_m: float | None = None
) -> DayRoute:
    """Everything that is due for a person today, as one way from where the person is (lon, lat); without a place, from the first.

    Each thing once, also where two plans ask for it. within_m: only what lies so near to the start [m].
    """
    day = clock.now().astimezone(CST).date()
    every = [
        d
        for plan in running(person, day)
        for d in due_of(plan, person, offered)
        if d.overdue_days is not None
    ]
    once = list({(d.plan.objects_of, d.place.code): d for d in sorted(every, key=_late)}.values())
    if not once:
        return DayRoute((), 0)
    begin = start or _at(once[-1])
    near = sorted(once, key=lambda d: distance(begin, _at(d)))
    if within_m is not None:
        near = [d for d in near if distance(begin, _at(d)) <= within_m]
    found: Route = route(begin, [_at(d) for d in near[:MOST]])
    stops = tuple((near[i], leg) for i, leg in zip(found.order, found.legs, strict=True))
    return DayRoute(stops, len(once) - len(stops))


def _late(due: Due) -> int:
    return due.overdue_days or 0


def _at(due: Due) -> tuple[float, float]:
    return due.place.lon, due.place.lat
