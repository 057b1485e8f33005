"""The centre: how bad now, what will be, what to do. One page for the whole duty, of panels that all lines of business give."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from bihuan import clock
from bihuan.cases import statistics
from bihuan.registry.access import Asked
from bihuan.scenarios.contract import Panel
from bihuan.scenarios.resolved import every_scenario
from bihuan.web import incident_list, judging_forms

NEW_ONES = 8
"""New incidents shown on the page."""


def page(request: Asked) -> HttpResponse:
    """The whole page."""
    return render(request, "web/centre.html", {"panels": panels(request)})


def panels(request: Asked) -> dict[str, list[str]]:
    """What the house and the lines of business show on this page, by column, in order."""
    declared = (panel for s in every_scenario().values() for panel in s.panels)
    found: dict[str, list[str]] = {}
    for panel in sorted((*OWN, *declared), key=lambda p: p.place):
        html = render_to_string(panel.template, dict(panel.context(request)), request)
        found.setdefault(panel.column, []).append(html)
    return found


def _counts(request: Asked) -> dict[str, Any]:
    return {"counts": statistics.counts(request.user, clock.now())}


def _incidents(request: Asked) -> dict[str, Any]:
    newest = incident_list.newest(request.user, NEW_ONES, clock.now())
    return {"new_incidents": newest, **judging_forms.context(request)}


OWN = (
    Panel("left", "web/_centre_counts.html", _counts, 20),
    Panel("left", "web/_centre_incidents.html", _incidents, 30),
    Panel("middle", "web/_centre_map.html", lambda _: {}, 10),
)
