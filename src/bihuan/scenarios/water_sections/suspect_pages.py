"""水质突变: the events of sections, and the suspects upstream of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.river_network import Travel
from bihuan.domain.water_suspects import Evidence, evidence
from bihuan.kit.forms import acted
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Person
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.water_sections.events import event
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.sending import Visit, send, visits
from bihuan.scenarios.water_sections.tracing import Traced, trace

MOST_EVENTS, MOST_SUSPECTS, MOST_BESIDE = 50, 20, 3
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
    """A row of the table. visit: None where no form inspects it, or the reader may not see it."""

    rank: int
    who: Who
    distance_km: float
    hours: float
    share: float
    code: str = ""
    visit: Visit | None = None


def suspects_shown(rows: pl.DataFrame, person: Person, finding: Finding, most: int) -> list[Suspect]:
    """The likeliest, as a person may see them: evidence about one that the person may not see is left out too."""
    shown, seen = rows.head(most), resolved_discharges.seen(person)
    visited = visits([c for c in shown["code"] if c in seen], finding.started_at, person)
    found = []
    for row in shown.iter_rows(named=True):
        way = Suspect(row["rank"], HIDDEN, row["distance_km"], row["hours"], row["share"])
        if row["code"] in seen:
            who = Who(row["name"], row["kind"], row["url"], row["simulated"], evidence(row))
            way = replace(way, who=who, code=row["code"], visit=visited.get(row["code"]))
        found.append(way)
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
        "section": section, "ratio": ratio, "ratios": RATIOS,
        **_shown(traced, request, finding, MOST_SUSPECTS),
    }  # fmt: skip
    return render(request, "water_sections/suspects.html", context)


def _shown(traced: Traced, request: Asked, finding: Finding, most: int) -> dict[str, Any]:
    rows = [] if traced.why else suspects_shown(traced.rows, request.user, finding, most)
    return {
        "suspects": rows,
        "count": traced.rows.height,
        "why": _(traced.why) if traced.why else "",
        "finding": finding,
    }


def first_suspects(request: Asked, finding: Finding) -> dict[str, Any]:
    """What stands beside an event: its likeliest suspects by all that is known now."""
    section = Section.objects.filter(pk=finding.target).select_related("reach").first()
    if section is None:
        return {}
    return {
        "section": section,
        **_shown(trace(section, finding.started_at, clock.now()), request, finding, MOST_BESIDE),
    }


@require_POST
def inspect(request: Asked, pk: int) -> HttpResponse:
    """Send people to a suspect with its form on the phone."""
    finding = get_object_or_404(_found(request.user), pk=pk)

    def sent() -> str:
        made = send(request.user, finding, request.POST.get("code", ""))
        return _("已派查：%(title)s，%(until)s 前完成") % {"title": made.title, "until": made.until}

    return acted(request, reverse("water_sections:suspects", args=[pk]), sent)


def _found(person: Person) -> QuerySet[Finding]:
    return visible(Finding.objects.filter(check_key=event.key), person)


urlpatterns = [
    path("events/", index, name="events"),
    path("events/<int:pk>/", suspects, name="suspects"),
    path("events/<int:pk>/inspect/", inspect, name="inspect"),
]
