"""Who may have caused an event of a section: the suspects upstream, as known at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.utils.translation import gettext_noop

from bihuan.domain.river_network import REACHES, Network, Travel, network, placed, upstream
from bihuan.domain.standards.surface_water import items
from bihuan.domain.timeaxis import HOUR
from bihuan.domain.water_events import events
from bihuan.domain.water_suspects import WATCHED, Event, suspects
from bihuan.registry.models import Reach
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.water_sections.closing import LOOK_BACK
from bihuan.scenarios.water_sections.events import judged_readings
from bihuan.scenarios.water_sections.inputs import readings_and_sections
from bihuan.scenarios.water_sections.models import Section

NO_REACH = gettext_noop("断面没有登记河段，无法沿河上溯。")
NO_EVENT = gettext_noop("按现在的数据，当时没有水质突变。")
NO_DISCHARGES = gettext_noop("上游没有登记排放口。")
LOGGED_BEFORE = timedelta(days=10)
"""How long before an event loggers are read, so that it is known what is usual and how often they rise."""
NEAR = timedelta(hours=12)
"""By how much the start of a finding may differ from that of its event: values are revised."""
UNUSUAL = 2.0
"""Spreads from which an item counts as risen along with others."""


@dataclass(frozen=True)
class Traced:
    """The suspects of an event, the likeliest first (rows as `suspects` has them), and `why` there are none."""

    rows: pl.DataFrame
    why: str = ""


NOBODY = pl.DataFrame()


def trace(section: Section, started: datetime, at: datetime, travel: Travel | None = None) -> Traced:
    """The suspects of the event of a section that began at `started`, by all that was known at `at`."""
    if section.reach is None:
        return Traced(NOBODY, NO_REACH)
    travel = travel or Travel()
    found = _event(section, section.reach, started, at, travel.ratio)
    if found is None:
        return Traced(NOBODY, NO_EVENT)
    net = _network()
    above = upstream(net, found.reach, found.km, travel)
    given = resolved_discharges.given(at)
    there = placed(pl.DataFrame([(d.code, d.reach, d.km) for d in given], schema=PLACES, orient="row"), above)
    if there.is_empty():
        return Traced(NOBODY, NO_DISCHARGES)
    until = min(at, found.peak).replace(minute=0, second=0, microsecond=0)
    logged = resolved_discharges.hours(
        there["code"].to_list(), _hour(found.start - LOGGED_BEFORE), until + HOUR, at
    )
    rows = suspects(
        found, given, net, travel=travel, logged=logged, watched=_watched(section, above, found, at)
    )
    return Traced(rows, NO_DISCHARGES if rows.is_empty() else "")


PLACES = pl.Schema({"code": pl.String(), "reach": pl.String(), "km": pl.Float64()})


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _network() -> Network:
    rows = Reach.objects.values_list("code", "below_id", "length_km", "speed", "flow")
    return network(pl.DataFrame(list(rows), schema=REACHES, orient="row"))


def _event(section: Section, reach: Reach, started: datetime, at: datetime, ratio: float) -> Event | None:
    """The event nearest to a moment, in the terms of those who look for its source; None without one. ratio: flow now over the usual."""
    readings, about = readings_and_sections([section.code], started - LOOK_BACK - NEAR, at)
    rows = events(judged_readings(readings, about)).with_columns(off=(pl.col("start") - started).abs())
    near = rows.filter(pl.col("off") <= NEAR).sort("off").head(1).to_dicts()
    if not near:
        return None
    row = near[0]
    km = section.km if section.km is not None else reach.length_km / 2
    before = row["before"] or row["start"]
    flow = reach.flow * ratio if reach.flow else None
    return Event(reach.code, km, before, row["start"], row["peak"], _excess(row["items"]), flow)


def _excess(measured: list[Mapping[str, Any]]) -> dict[str, float]:
    """By code, how far each item rose; 0 for one that did not."""
    return {
        items()[i["item"]].code: max(i["worst"] - i["usual"], 0.0) if (i["spreads"] or 0) >= UNUSUAL else 0.0
        for i in measured
        if i["usual"] is not None
    }


def _watched(section: Section, above: pl.DataFrame, found: Event, at: datetime) -> pl.DataFrame:
    """WATCHED: what the other sections upstream showed, by whether they had an event then."""
    rows = Section.objects.filter(reach__isnull=False).exclude(pk=section.pk)
    places = pl.DataFrame(list(rows.values_list("code", "reach_id", "km")), schema=PLACES, orient="row")
    near = placed(places, above)
    readings, about = readings_and_sections(
        near["code"].to_list(), found.start - LOOK_BACK - LOGGED_BEFORE, at
    )
    judged = judged_readings(readings, about)
    shown = events(judged).select("site", "until", began="start")
    during = judged.select("site", "start").join(shown, on="site", how="left")
    inside = (pl.col("start") >= pl.col("began")) & (pl.col("start") < pl.col("until"))
    risen = during.group_by("site", "start").agg(risen=inside.fill_null(value=False).any())
    told = risen.join(near, left_on="site", right_on="code").with_columns(section="site")
    return told.select(list(WATCHED)).cast(WATCHED)
