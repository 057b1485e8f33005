"""入河排污口: the list, one outfall and the steps of the work on it, its sign, the progress of the year."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.kit.forms import acted
from bihuan.kit.listing.shown import listed
from bihuan.kit.spans import today
from bihuan.registry.access import Asked, visible
from bihuan.scenarios.outfalls import actions, report
from bihuan.scenarios.outfalls.classes import looks_usual
from bihuan.scenarios.outfalls.conditions import INSPECTION
from bihuan.scenarios.outfalls.duplicates import doubles_seen
from bihuan.scenarios.outfalls.forms import form_of
from bihuan.scenarios.outfalls.inspections import FIND, SURVEY
from bihuan.scenarios.outfalls.listing import listing_of, seen
from bihuan.scenarios.outfalls.models import Milestone, Outfall, Step
from bihuan.scenarios.outfalls.progress import year_of
from bihuan.scenarios.outfalls.reading import newest
from bihuan.scenarios.outfalls.sign import qr, sign_of, with_sign
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


def sign(request: Asked, code: str) -> HttpResponse:
    """The sign as it is printed, with the code that opens the public page."""
    found = _of(request, code)
    address = request.build_absolute_uri(reverse("outfalls:public", args=[code]))
    context = {
        "outfall": found, "sign": sign_of(found), "address": address, "qr": qr(address), "public": with_sign().filter(pk=code).exists(),
    }  # fmt: skip
    return render(request, "outfalls/sign.html", context)


@login_not_required
def public(request: HttpRequest, code: str) -> HttpResponse:
    """For everybody who scans the sign: what stands on it, of an outfall that has one."""
    return render(request, "outfalls/public.html", {"sign": sign_of(get_object_or_404(with_sign(), pk=code))})


def progress(request: Asked) -> HttpResponse:
    """The counties against their goals of the year."""
    year = year_of(request.user)
    rows = [
        {"region": r.region, "total": r.total, "named": list(zip(report.NAMES, r.shares, strict=True))}
        for r in (*year.rows, year.whole)
    ]
    context = {"title": report.title_of(year), "sentences": report.sentences(year), "rows": rows}
    return render(request, "outfalls/progress.html", context)


def word(request: Asked) -> HttpResponse:
    """The same as a Word paper."""
    year = year_of(request.user)
    return download(report.as_word(year), f"{report.title_of(year)}.docx", WORD)


def book(request: Asked) -> HttpResponse:
    """The same as a workbook."""
    year = year_of(request.user)
    return download_book(report.title_of(year), report.sheet(year))


urlpatterns = [
    path("", index, name="index"),
    path("progress/", progress, name="progress"),
    path("progress.docx", word, name="word"),
    path("progress.xlsx", book, name="book"),
    path("sign/<str:code>/", public, name="public"),
    path("at/<str:code>/", outfall, name="outfall"),
    path("at/<str:code>/sign/", sign, name="sign"),
    path("at/<str:code>/<slug:action>/", step, name="step"),
]
