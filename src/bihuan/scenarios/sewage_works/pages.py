"""污水处理厂与再生水: the works in a month, one works over a year, the networks of the city, the balance of reused water."""

from datetime import date
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.sewage.works.dilution import undiluted
from bihuan.domain.sewage.works.rules import rules_on
from bihuan.domain.timeaxis import next_month
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.kit.found import found_about
from bihuan.kit.inspection.models import Answer
from bihuan.kit.spans import today
from bihuan.registry.access import Asked, visible
from bihuan.scenarios.sewage_works import report
from bihuan.scenarios.sewage_works.charts import panels_of
from bihuan.scenarios.sewage_works.grades import grades
from bihuan.scenarios.sewage_works.inspections import FORM
from bihuan.scenarios.sewage_works.models import User, Works
from bihuan.scenarios.sewage_works.network import network_of
from bihuan.scenarios.sewage_works.reused import reuse_of
from bihuan.scenarios.sewage_works.spans import Span, month_span, year_span
from bihuan.scenarios.sewage_works.view import lines_of, story_of, works_seen

LOADED, FULL = 0.6, 1.0
"""Load rates from which a month of the ribbon looks usual, and above which it is over."""


def _moved(span: Span) -> dict[str, str]:
    """The months before and after one, as far as they are over or running."""
    after = next_month(span.start)
    return {
        "value": span.text,
        "previous": f"{next_month(span.start, -1):%Y-%m}",
        "next": f"{after:%Y-%m}" if after <= today() else "",
    }


def index(request: Asked) -> HttpResponse:
    """Every works in a month against what is asked of it."""
    span = month_span(request.GET.get("month", ""))
    lines = lines_of(works_seen(request.user), span)
    thin = [line.works for line in lines if line.thin]
    context = {
        "span": span,
        "lines": lines,
        "thin": thin,
        "rules": rules_on(span.until),
        "form": FORM.key,
        **_moved(span),
    }
    return render(request, "sewage_works/index.html", context)


def _of(request: Asked, code: str) -> Works:
    return get_object_or_404(works_seen(request.user), pk=code)


def works(request: Asked, code: str) -> HttpResponse:
    """One works: its days, its load by month, what comes in, what rain and ground water add, its effluent, findings and cases."""
    found, span = _of(request, code), month_span(request.GET.get("month", ""))
    story = story_of(found, span)
    findings = Finding.objects.filter(target_kind="sewage_works", target=code)
    answers = visible(Answer.objects.filter(form__form=FORM.key, target=code), request.user)
    context = {
        "works": found, "span": span, "story": story, "line": story.line, "grade": grades().get(found.grade),
        "ribbon": [(month, row.get("load"), _tone(row.get("load"))) for month, row in story.ribbon],
        "influent": _influent(story.ribbon), "undiluted": undiluted(story.rules), "form": FORM.key, "answer": answers.order_by("-at").first(),
        "users": visible(found.users.order_by("code"), request.user),
        **found_about(findings, request.user), **_moved(span),
    }  # fmt: skip
    return render(request, "sewage_works/works.html", context)


def _tone(load: float | None) -> str:
    return "none" if load is None else "over" if load > FULL else "low" if load < LOADED else "good"


def _influent(ribbon: tuple[tuple[date, Any], ...]) -> list[tuple[date, Any]]:
    """The months of which the influent is known, the newest first."""
    return [(month, row) for month, row in reversed(ribbon) if row.get("in_bod") or row.get("in_cod")]


def series(request: Asked, code: str) -> JsonResponse:
    """The year's days of a works, for charts."""
    story = story_of(_of(request, code), month_span(request.GET.get("month", "")))
    return JsonResponse({"now": int(clock.now().timestamp() * 1000), "panels": panels_of(story)})


def network(request: Asked) -> HttpResponse:
    """The collection rate of a year or month with its parts and what it lacks, and where the networks fall short."""
    found = network_of(request.user, year_span(request.GET.get("span", "")))
    context = {
        "network": found, "sentences": list(report.network_sentences(found)), "formula": report.FORMULA,
        "counties": [(c, report.rate_of(c.found)) for c in found.counties],
        "months": [(month, m, report.rate_of(m)) for month, m in found.months],
        "ranking": [(s, report.foreign_of(s.row)) for s in found.ranking], "rate": report.rate_of(found.whole),
    }  # fmt: skip
    return render(request, "sewage_works/network.html", context)


def reuse(request: Asked) -> HttpResponse:
    """The balance of reused water of a year or month."""
    found = reuse_of(request.user, year_span(request.GET.get("span", "")))
    purposes = [
        (User.Purpose(p).label, report.tonnes(volume)) for p, volume in found.whole.by_purpose.items()
    ]
    context = {
        "reuse": found,
        "sentences": list(report.reuse_sentences(found)),
        "formula": report.REUSE_FORMULA,
        "purposes": purposes,
        "unclosed": report.tonnes(found.whole.unclosed),
    }
    return render(request, "sewage_works/reuse.html", context)


def word(request: Asked) -> HttpResponse:
    """The report as a Word paper."""
    span = year_span(request.GET.get("span", ""))
    found = network_of(request.user, span)
    return download(
        report.as_word(found, reuse_of(request.user, span)), f"{report.title_of(found)}.docx", WORD
    )


def book(request: Asked) -> HttpResponse:
    """The same as a workbook."""
    span = year_span(request.GET.get("span", ""))
    found = network_of(request.user, span)
    return download_book(report.title_of(found), *report.sheets(found, reuse_of(request.user, span)))


urlpatterns = [
    path("", index, name="index"),
    path("network/", network, name="network"),
    path("network.docx", word, name="word"),
    path("network.xlsx", book, name="book"),
    path("reuse/", reuse, name="reuse"),
    path("at/<str:code>/", works, name="works"),
    path("at/<str:code>/series.json", series, name="series"),
]
