"""Layers that the pages of patrols show: a track, its stops, the route of a day, what nobody visited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.domain.patrol.track import DRIVE, GAP, JUMP, WALK
from bihuan.domain.timeaxis import CST
from bihuan.kit.layers import Layer, Mark, View
from bihuan.kit.patrol.covering import coverage_of
from bihuan.kit.patrol.judging import judged, steps_of
from bihuan.kit.patrol.models import Patrol
from bihuan.kit.patrol.planning import day_route
from bihuan.kit.patrol.receiving import patrols_of
from bihuan.scenarios.resolved import every_patrolled
from bihuan.web.patrol.words import metres, minutes

EXACT = 30.0
"""Up to so many metres of both ends together a step is drawn as exact."""
DAYS = (7, 30, 90, 366)


@dataclass(frozen=True)
class Drawn:
    """Something to draw, made when the layer is asked where things lie."""

    lon: float
    lat: float
    name: str
    line: str
    tone: str = ""
    text: str = ""
    url: str = ""
    simulated: bool = False
    shape: Any = None


def _marks(view: View, drawn: Sequence[Drawn]) -> Iterator[Mark]:
    for one in drawn:
        yield Mark(
            one.lon,
            one.lat,
            one.name,
            one.line,
            one.url,
            one.tone,
            one.text,
            simulated=one.simulated,
            shape=one.shape,
        )


def _patrol(view: View) -> Patrol | None:
    return patrols_of(view.person).filter(key=view.asked.get("patrol", "")).first()


def _track(view: View) -> list[Drawn]:
    """The steps of a patrol by how far they can be trusted and how fast they were; a gap is two signs and no line."""
    patrol = _patrol(view)
    if patrol is None:
        return []
    made = steps_of(judged(patrol))
    exact = pl.col("accuracy_m") <= EXACT
    kinds = (
        (_("步行，定位好"), "good", (pl.col("kind") == WALK) & exact),
        (_("步行，定位差"), "warn", (pl.col("kind") == WALK) & ~exact),
        (_("行车（不计有效里程）"), "accent", pl.col("kind") == DRIVE),
    )
    lines = [_line(made.filter(which), name, tone) for name, tone, which in kinds]
    return [
        *filter(None, lines),
        *map(_broken, made.filter(pl.col("kind").is_in([GAP, JUMP])).iter_rows(named=True)),
    ]


def _line(part: pl.DataFrame, name: str, tone: str) -> Drawn | None:
    if part.is_empty():
        return None
    rows = part.select("lon", "lat", "to_lon", "to_lat").rows()
    shape = {"type": "MultiLineString", "coordinates": [[[a, b], [c, d]] for a, b, c, d in rows]}
    return Drawn(rows[0][0], rows[0][1], name, metres(float(part["metres"].sum())), tone, shape=shape)


def _broken(step: dict[str, Any]) -> Drawn:
    at = f"{step['start'].astimezone(CST):%H:%M}–{step['until'].astimezone(CST):%H:%M}"
    name = _("中断 %(span)s") % {"span": minutes(step["seconds"])} if step["kind"] == GAP else _("跳跃")
    return Drawn(step["lon"], step["lat"], name, at, "bad" if step["kind"] == JUMP else "dim")


def _stops(view: View) -> list[Drawn]:
    patrol = _patrol(view)
    stops = patrol.stops.all() if patrol else ()
    return [
        Drawn(
            s.lon,
            s.lat,
            str(s) or _("到点"),
            f"{s.said_at.astimezone(CST):%m-%d %H:%M}",
            "bad" if s.finding_id else "good",
        )
        for s in stops
    ]


def start_of(asked: Any) -> tuple[float, float] | None:
    """The place of the person as an address gives it (lon, lat); None where it gives none that can be."""
    try:
        lon, lat = float(asked.get("lon", "")), float(asked.get("lat", ""))
    except ValueError:
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


def _route(view: View) -> list[Drawn]:
    found = day_route(view.person, start_of(view.asked), every_patrolled())
    return [
        Drawn(
            due.place.lon, due.place.lat, due.place.name, due.plan.title, "warn" if due.overdue_days else "", str(number),
            shape=due.place.shape,
        )
        for number, (due, _leg) in enumerate(found.stops, 1)
    ]  # fmt: skip


def days_of(asked: Any) -> int:
    """For how many days back coverage is asked."""
    text = asked.get("days", "")
    return int(text) if text in {str(days) for days in DAYS} else DAYS[1]


def _unvisited(view: View) -> list[Drawn]:
    objects = every_patrolled().get(view.asked.get("objects", ""))
    if objects is None:
        return []
    found = coverage_of(objects, view.person, days_of(view.asked))
    return [
        Drawn(row["lon"], row["lat"], found.places[row["object"]].name, _("没有人到过"), "warn")
        for row in found.old.iter_rows(named=True)
    ]


def _covered(view: View) -> list[Drawn]:
    objects = every_patrolled().get(view.asked.get("objects", ""))
    if objects is None:
        return []
    found = coverage_of(objects, view.person, days_of(view.asked))
    drawn = []
    for row in found.objects.iter_rows(named=True):
        place, share = found.places[row["object"]], f"{row['seen'] * 100:.0f}%"
        tone = "good" if row["seen"] >= 0.8 else "accent" if row["seen"] else "dim"
        drawn.append(Drawn(place.lon, place.lat, place.name, share, tone, share, shape=place.shape))
    return drawn


PATROL_LAYERS: tuple[Layer[Any], ...] = (
    Layer("patrol-track", gettext_lazy("轨迹"), _track, _marks),
    Layer("patrol-stops", gettext_lazy("到点"), _stops, _marks, "pin"),
    Layer("patrol-route", gettext_lazy("今日路线"), _route, _marks),
    Layer("patrol-old", gettext_lazy("未到的单元"), _unvisited, _marks),
    Layer("patrol-covered", gettext_lazy("覆盖"), _covered, _marks),
)
