"""水质突变: the events of sections, and the suspects upstream of one."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.river_network import Travel
from bihuan.domain.water_suspects import Evidence, evidence
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Person
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.water_sections.events import event
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.tracing import trace

MOST_EVENTS, MOST_SUSPECTS = 50, 20
RATIOS = ("0.5", "1", "2", "4")
"""How much water flows, against what is usual: the reader chooses, as nobody measures it everywhere."""


@dataclass(frozen=True)
class Who:
    """What a suspect is, with the evidence about it; all empty where the reader may not see it."""

    name: str
    kind: str
    url: str
    simulated: bool
    evidence: Sequence[Evidence]


HIDDEN = Who("", "", "", False, ())


@dataclass(frozen=True)
class Suspect:
    """A row of the table."""

    rank: int
    who: Who
    distance_km: float
    hours: float
    share: float


def suspects_shown(rows: pl.DataFrame, person: Person) -> list[Suspect]:
    """The likeliest, as a person may see them: evidence about one that the person may not see is left out too."""
    seen = resolved_discharges.seen(person)
    found = []
    for row in rows.head(MOST_SUSPECTS).iter_rows(named=True):
        if row["code"] in seen:
            who = Who(row["name"], row["kind"], row["url"], row["simulated"], evidence(row))
        else:
            who = HIDDEN
        found.append(Suspect(row["rank"], who, row["distance_km"], row["hours"], row["share"]))
    return found


def index(request: Asked) -> HttpResponse:
    """The newest events of the sections that the person may see."""
    found = _found(request.user).order_by("-started_at")[:MOST_EVENTS]
    return render(request, "water_sections/events.html", {"findings": found})


def suspects(request: Asked, pk: int) -> HttpResponse:
    """The suspects upstream of one event, by all that is known now."""
    finding = get_object_or_404(_found(request.user), pk=pk)
    section = get_object_or_404(Section.objects.select_related("reach"), pk=finding.target)
    ratio = request.GET.get("ratio", "1")
    ratio = ratio if ratio in RATIOS else "1"
    traced = trace(section, finding.started_at, clock.now(), Travel(ratio=float(ratio)))
    context = {
        "finding": finding, "section": section, "ratio": ratio, "ratios": RATIOS, "why": _(traced.why) if traced.why else "",
        "suspects": [] if traced.why else suspects_shown(traced.rows, request.user), "count": traced.rows.height,
    }  # fmt: skip
    return render(request, "water_sections/suspects.html", context)


def _found(person: Person) -> QuerySet[Finding]:
    return visible(Finding.objects.filter(check_key=event.key), person)


urlpatterns = [
    path("events/", index, name="events"),
    path("events/<int:pk>/", suspects, name="suspects"),
]
