"""What is told of parks in a month: gathered once for pages, the Word report and the workbook, as far as a person may see it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.quantities import LONG, Quantity
from bihuan.domain.standards.surface_water import ROMAN
from bihuan.domain.timeaxis import CST, next_month
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region, prefix_of
from bihuan.registry.subjects import there_on
from bihuan.scenarios.industrial_parks.days import FLOW, days_of, months_of
from bihuan.scenarios.industrial_parks.figures import (
    DOWN,
    MAIN,
    UP,
    Compared,
    Gap,
    Node,
    classes,
    compared,
    exceeded,
    flows,
    gaps,
    nodes,
    over,
)  # fmt: skip
from bihuan.scenarios.industrial_parks.inputs import parks_of, sites_of
from bihuan.scenarios.industrial_parks.models import Member, Park, ParkOutlet, ParkStation
from bihuan.scenarios.industrial_parks.reading import values_of
from bihuan.scenarios.industrial_parks.registers import SITE, TARGET

Place = ParkOutlet | ParkStation
OPEN = (Finding.Status.NEW, Finding.Status.CONFIRMED, Finding.Status.HANDED)


@dataclass(frozen=True)
class Month:
    """A month of China; `end` is the first day after it."""

    first: date

    @property
    def end(self) -> date:
        """The first day of the next one."""
        return next_month(self.first)

    @property
    def before(self) -> date:
        """The first day of the one before."""
        return next_month(self.first, -1)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its begin and its end."""
        begin, end = (datetime.combine(day, time(), CST) for day in (self.first, self.end))
        return begin, end


@dataclass(frozen=True)
class Value:
    """An item of a place in the month. limit: of an outlet, None where none is known. times, samples, worst: of `figures.OVER`."""

    quantity: Quantity
    value: float
    limit: float | None
    times: int
    samples: int
    worst: float | None
    exceeded: bool


@dataclass(frozen=True)
class Told:
    """A place in the month. water [m³/d], None where not measured. water_class, main: of a station in a river or lake. behind: against its control."""

    place: Place
    water: float | None
    values: tuple[Value, ...]
    water_class: int | None
    main: str
    behind: Compared | None

    @property
    def exceeded(self) -> tuple[Value, ...]:
        """The items beyond their limits."""
        return tuple(value for value in self.values if value.exceeded)

    @property
    def worse(self) -> bool:
        """Is it a class worse than its control?"""
        return self.behind is not None and self.behind.steps > 0


@dataclass(frozen=True)
class ParkTold:
    """A park in the month. nodes, gaps: its balance. unknown: enterprises whose water is not registered. findings: open ones of the month."""

    park: Park
    members: tuple[Member, ...]
    outlets: tuple[Told, ...]
    stations: tuple[Told, ...]
    nodes: tuple[Node, ...]
    gaps: tuple[Gap, ...]
    registered: float | None
    unknown: int
    findings: int

    @property
    def treated(self) -> bool:
        """Is there central treatment?"""
        return self.park.way in (Park.Way.OWN, Park.Way.CITY)

    @property
    def water(self) -> float | None:
        """What left by the main outlets [m³/d]."""
        known = [t.water for t in self.outlets if t.place.kind == MAIN and t.water is not None]
        return sum(known) if known else None

    @property
    def load(self) -> float | None:
        """Inflow, or without it what left, as a share of what the works are designed for."""
        known = {node.key: node.water for node in self.nodes}
        water = known.get("inflow", known.get("main"))
        return water / self.park.design if water is not None and self.park.design else None

    @property
    def exceeded(self) -> tuple[Told, ...]:
        """Outlets beyond a limit."""
        return tuple(t for t in self.outlets if t.exceeded)

    @property
    def worst_gap(self) -> Gap | None:
        """The largest part of the water that is not accounted for."""
        return max(self.gaps, key=lambda gap: gap.share, default=None)

    def station(self, kind: str) -> Told | None:
        """The station of a kind whose class is worst."""
        known = [t for t in self.stations if t.place.kind == kind and t.water_class]
        return max(known, key=lambda t: t.water_class or 0, default=None)

    @property
    def up(self) -> Told | None:
        """The control upstream."""
        return self.station(UP)

    @property
    def down(self) -> Told | None:
        """The worst downstream."""
        return self.station(DOWN)


@dataclass(frozen=True)
class County:
    """The parks of a county in the month."""

    name: str
    parks: int
    treated: int
    linked: int
    exceeded: int
    worse: int
    findings: int


@dataclass(frozen=True)
class Whole:
    """The parks of a region in a month."""

    month: Month
    parks: tuple[ParkTold, ...]

    @property
    def counties(self) -> list[County]:
        """Its parks by county."""
        by: dict[str, list[ParkTold]] = {}
        for told in self.parks:
            by.setdefault(told.park.region.name, []).append(told)
        return [_county(name, rows) for name, rows in by.items()]


def _county(name: str, rows: Sequence[ParkTold]) -> County:
    return County(
        name,
        len(rows),
        sum(t.treated for t in rows),
        sum(t.park.linked == "yes" for t in rows),
        sum(bool(t.exceeded) for t in rows),
        sum(any(s.worse for s in t.stations) for t in rows),
        sum(t.findings for t in rows),
    )


def parks_seen(person: Person, region: Region | None = None) -> QuerySet[Park]:
    """The parks in use that a person may see, of a region where one is given."""
    rows = visible(Park.objects.filter(there_on(clock.now().astimezone(CST).date())), person)
    rows = rows.select_related("region", "organisation").order_by("region_id", "code")
    return rows.filter(region__code__startswith=prefix_of(region.code)) if region else rows


def whole_of(person: Person, month: Month, parks: Sequence[Park]) -> Whole:
    """What is told of some parks."""
    now = clock.now()
    codes = [park.pk for park in parks]
    sites, loggers = sites_of(codes, now)
    places = _places(person, codes, now)
    sites = sites.filter(pl.col("site").is_in(list(places)))
    values = values_of({site: loggers[site] for site in places}, *month.moments, now)
    gathered = _Gathered(sites, values, month.first)
    told = {code: gathered.told(place) for code, place in places.items()}
    facts = {row["park"]: row for row in parks_of(codes, now).iter_rows(named=True)}
    counts = findings_of(person, month, parks, places)
    members = _members(person, codes)
    return Whole(
        month, tuple(_park(p, facts[p.pk], told, members.get(p.pk, ()), counts[p.pk]) for p in parks)
    )


def _park(
    park: Park, facts: Mapping[str, Any], told: Mapping[str, Told], members: Sequence[Member], findings: int
) -> ParkTold:  # fmt: skip
    mine = [t for t in told.values() if t.place.park_id == park.pk]
    flow = {t.place.pk: t.water for t in mine if t.water is not None}
    registered = facts["registered"] if not facts["unknown"] else None
    found = nodes(registered, flow, {t.place.pk: t.place.kind for t in mine})
    return ParkTold(
        park,
        tuple(members),
        tuple(t for t in mine if isinstance(t.place, ParkOutlet)),
        tuple(t for t in mine if isinstance(t.place, ParkStation)),
        tuple(found),
        tuple(gaps(found)),
        facts["registered"],
        facts["unknown"],
        findings,
    )


def _places(person: Person, parks: Sequence[str], now: datetime) -> dict[str, Place]:
    """The outlets and stations of parks that a person may see, by code: outlets first."""
    there = Q(park__in=parks) & there_on(now.astimezone(CST).date())
    found: dict[str, Place] = {}
    for of in (ParkOutlet, ParkStation):
        rows: QuerySet[Any] = visible(of._default_manager.filter(there), person)
        for place in rows.select_related("park", "reach__river", "region").order_by("kind", "code"):
            found[place.pk] = place
    return found


def _members(person: Person, parks: Sequence[str]) -> dict[str, list[Member]]:
    rows = visible(Member.objects.filter(park__in=parks), person).select_related("organisation", "outlet")
    found: dict[str, list[Member]] = {}
    for member in rows.order_by("-water", "organisation__name"):
        found.setdefault(member.park_id, []).append(member)
    return found


def about(parks: Sequence[Park], places: Mapping[str, Place]) -> Q:
    """Findings about parks and their places."""
    of_parks = Q(target_kind=TARGET, target__in=[park.pk for park in parks])
    return of_parks | Q(target_kind=SITE, target__in=list(places))


def findings_of(
    person: Person, month: Month, parks: Sequence[Park], places: Mapping[str, Place]
) -> Counter[str]:
    """How many open findings of the month each park has, with those about its places."""
    begin, end = month.moments
    rows = visible(Finding.objects.filter(about(parks, places), status__in=OPEN), person)
    rows = rows.filter(started_at__lt=end, until__gt=begin).order_by()
    return Counter(
        places[target].park_id if kind == SITE else target
        for kind, target in rows.values_list("target_kind", "target")
    )


class _Gathered:
    """What was measured in the month, looked up by place."""

    def __init__(self, sites: pl.DataFrame, values: pl.DataFrame, month: date) -> None:
        days = days_of(values)
        months = months_of(values, days).filter(pl.col("month") == month)
        self._water = {site: water for site, _month, _days, water in flows(months).iter_rows()}
        self._values = _by_site(months.filter(pl.col("quantity") != FLOW))
        found = over(days, months, sites).with_columns(exceeded=exceeded())
        self._over = {(row["site"], row["quantity"]): row for row in found.iter_rows(named=True)}
        stations = classes(months, sites.filter(pl.col("role").is_in([UP, DOWN, "inner"])))
        rows = stations.select("site", "class", "main").iter_rows()
        self._class = {site: (found, main or "") for site, found, main in rows}
        self._behind = {one.site: one for one in compared(months, sites)}

    def told(self, place: Place) -> Told:
        """What is told of a place."""
        values = tuple(self._value(place, row) for row in self._values.get(place.pk, ()))
        found, main = self._class.get(place.pk, (None, ""))
        return Told(place, self._water.get(place.pk), values, found, main, self._behind.get(place.pk))

    def _value(self, place: Place, row: Mapping[str, Any]) -> Value:
        limit = self._over.get((place.pk, row["quantity"]))
        quantity = LONG[row["quantity"]]
        if limit is None:
            return Value(quantity, row["value"], None, 0, 0, None, False)
        return Value(
            quantity,
            row["value"],
            limit["limit"],
            limit["times"],
            limit["samples"],
            limit["worst"],
            limit["exceeded"],
        )


def _by_site(months: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in months.filter(pl.col("quantity").is_in(list(LONG))).iter_rows(named=True):
        found.setdefault(row["site"], []).append(row)
    return found


def roman(found: int | None) -> str:
    """A class as it is written; a dash for none."""
    return ROMAN[found - 1] if found else "—"
