"""入河排污口: the list, one outfall, and the steps of the work on it."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.models import Case, Finding
from bihuan.kit.forms import acted
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import Asked, visible
from bihuan.scenarios.outfalls import actions
from bihuan.scenarios.outfalls.classes import looks_usual
from bihuan.scenarios.outfalls.conditions import INSPECTION
from bihuan.scenarios.outfalls.duplicates import doubles_seen
from bihuan.scenarios.outfalls.forms import form_of
from bihuan.scenarios.outfalls.inspections import FIND, SURVEY
from bihuan.scenarios.outfalls.listing import listing_of, seen, today
from bihuan.scenarios.outfalls.models import Milestone, Outfall, Step
from bihuan.scenarios.outfalls.reading import newest
from bihuan.scenarios.outfalls.transitions import State, leaving

SHOWN = 30
BACK = timedelta(days=366)
"""How far back the values of an outfall are shown."""


def index(request: Asked) -> HttpResponse:
    """The list."""
    return listed(request, listing_of(request.user), "outfalls/index.html", {"find": FIND.key})


def _of(request: Asked, code: str) -> Outfall:
    return get_object_or_404(seen(request.user), pk=code)


def outfall(request: Asked, code: str) -> HttpResponse:
    """One outfall: where it lies, what flows out, what was done, what may be the same, findings and cases."""
    found, by = _of(request, code), request.user
    near = doubles_seen(by).get(code, [])
    findings = visible(Finding.objects.filter(target_kind="outfall", target=code), by)
    steps = visible(Step.objects.filter(outfall=found), by).select_related("by", "answer", "milestone")
    plan = steps.filter(action="plan").last()
    open_to = [t for t in leaving(found.stage) if not actions.why_not(found, by, t)]
    named = [(n.spot.code, n.spot.name) for n in near]
    context = {
        "outfall": found, "near": near, "duplicates": visible(found.duplicates.order_by("code"), by), "today": today(),
        "steps": list(steps)[::-1], "milestones": visible(Milestone.objects.filter(plan=plan), by).prefetch_related("done") if plan else (),
        "planned": found.stage == State.PLANNED, "forms": [(t, form_of(found, by, t, named)) for t in open_to],
        "values": newest(found, clock.now(), BACK, SHOWN), "inspection": INSPECTION, "survey": SURVEY.key,
        "usual": not found.official_code or looks_usual(found.official_code, found.region_id),
        "findings": findings.prefetch_related("cases")[:SHOWN],
        "cases": visible(Case.objects.filter(findings__in=findings).distinct(), by)[:SHOWN],
    }  # fmt: skip
    return render(request, "outfalls/outfall.html", context)


@require_POST
def step(request: Asked, code: str, action: str) -> HttpResponse:
    """Take a step of the work."""
    found = _of(request, code)

    def act() -> str:
        done = actions.take(found, action, request.user, request.POST.dict())
        said = {"step": _(done.label), "stage": _(found.get_stage_display())}
        return _("已记录“%(step)s”，现在是“%(stage)s”") % said

    return acted(request, reverse("outfalls:outfall", args=[code]), act)


urlpatterns = [
    path("", index, name="index"),
    path("at/<str:code>/", outfall, name="outfall"),
    path("at/<str:code>/<slug:action>/", step, name="step"),
]
