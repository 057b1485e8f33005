"""Rain and flow beside the readings of a section, where they are known: by day, and from where."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl
from django.apps import apps
from django.db.models import Q

from bihuan import clock
from bihuan.archive.observations import Asked
from bihuan.domain.flags import measured
from bihuan.domain.places.geodesy import distance
from bihuan.domain.timeaxis import CST, local_date
from bihuan.registry.access import visible
from bihuan.registry.hours import archive, rain_of_days
from bihuan.registry.models import Person, Site
from bihuan.registry.subjects import Subject
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.values import values_of

FLOW, RAIN = "w00000", "rainfall"
LITRES = 1000
NEAR_KM = 50.0
STATIONS = 10
"""How far off, and of how many of the nearest stations rain is looked for. Ours."""
SCHEMA = {"day": pl.Date, "value": pl.Float64}


@dataclass(frozen=True)
class Gauge:
    """A place whose rain stands for that of a section, and how far off it is."""

    name: str
    km: float


@dataclass(frozen=True)
class RainAndFlow:
    """flow [m³/s], rain [mm]: day, value, by day; empty where nothing was measured. gauge: where the rain is from.

    registered: the flow of the section's reach as it is registered [m³/s], where none was measured; None: not known either.
    """

    flow: pl.DataFrame
    rain: pl.DataFrame
    gauge: Gauge | None
    registered: float | None

    @property
    def newest_flow(self) -> tuple[date, float] | None:
        """The last day with a flow."""
        return self.flow.row(-1) if self.flow.height else None


def rain_and_flow(section: Section, first: date, end: date, person: Person) -> RainAndFlow:
    """Of the days from `first` to before `end`, as known at the clock; of gauges that the person may see."""
    flow = _flow(section, first, end)
    gauge, rain = _rain(section, first, end, person)
    reach = section.reach
    return RainAndFlow(flow, rain, gauge, reach.flow if reach is not None and flow.is_empty() else None)


def _span(first: date, end: date) -> tuple[datetime, datetime]:
    return datetime.combine(first, time(), CST), datetime.combine(end, time(), CST)


def _flow(section: Section, first: date, end: date) -> pl.DataFrame:
    rows = values_of(Asked([section.code], [FLOW], None, *_span(first, end), clock.now())).filter(measured())
    days = rows.group_by(local_date().alias("day")).agg(pl.col("value").mean() / LITRES)
    return days.drop_nulls().sort("day").cast(SCHEMA)  # type: ignore[arg-type]


def _rain(section: Section, first: date, end: date, person: Person) -> tuple[Gauge | None, pl.DataFrame]:
    """The nearest gauge with rain on any of the days: a station, or an object that writes its own rain down, such as a sewage works."""
    begin, until = _span(first, end)
    stations = list(_near(section, visible(Site.objects.all(), person)))[:STATIONS]
    hours = rain_of_days([s.code for _km, s in stations], begin, until, clock.now())
    asked = Asked(None, [RAIN], ["day"], begin, until, clock.now())
    written = archive().observations.read(asked, ("site", "start", "value", "flag")).collect()
    written = written.filter(measured(), pl.col("value").is_not_null())
    own = written.select("site", local_date().alias("date"), rain="value")
    sums, told = _by_site(hours), _by_site(own)
    gauges = [(km, s.name, sums[s.code]) for km, s in stations if s.code in sums]
    gauges += [(km, one.name, rows) for km, one, rows in _writers(section, told, person)]
    if not gauges:
        return None, pl.DataFrame(schema=SCHEMA)
    km, name, rows = min(gauges, key=lambda g: g[0])
    days = rows.select(day="date", value="rain").unique("day").sort("day")
    return Gauge(name, km), days.cast(SCHEMA)  # type: ignore[arg-type]


def _by_site(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {str(site): mine for (site,), mine in rows.group_by("site")}


def _writers(
    section: Section, sums: Mapping[str, pl.DataFrame], person: Person
) -> Iterator[tuple[float, Subject, pl.DataFrame]]:
    """Registered objects under whose code or name rain was written down."""
    names = list(sums)
    models = [m for m in apps.get_models() if issubclass(m, Subject) and m is not Site] if names else []
    for model in models:
        rows = model._default_manager.filter(Q(pk__in=names) | Q(name__in=names))
        for km, one in _near(section, visible(rows, person)):
            yield km, one, sums[one.code] if one.code in sums else sums[one.name]


def _near(section: Section, rows: Iterable[Subject]) -> Iterator[tuple[float, Subject]]:
    """With the kilometres to the section, the nearest first; none beyond NEAR_KM."""
    here = (section.lon, section.lat)
    placed = ((distance(here, (one.lon, one.lat)) / 1000, one) for one in rows)
    yield from sorted((p for p in placed if p[0] <= NEAR_KM), key=lambda p: (p[0], p[1].code))
