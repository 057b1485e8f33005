"""断面评价: the sections of a city in a month, one section over two years, the rivers as lines, and the month report."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.standards.surface_water import Item, items
from bihuan.domain.timeaxis import CST, next_month
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.kit.spans import month_asked
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Person
from bihuan.scenarios.water_sections import lines, report
from bihuan.scenarios.water_sections.events import event
from bihuan.scenarios.water_sections.happened import Happened, events_in
from bihuan.scenarios.water_sections.judged import Span, days_of
from bihuan.scenarios.water_sections.models import Section, Target
from bihuan.scenarios.water_sections.outlooks import scores_of
from bihuan.scenarios.water_sections.rain_and_flow import RainAndFlow, rain_and_flow
from bihuan.scenarios.water_sections.trends import YEARS, trends_of
from bihuan.scenarios.water_sections.view import (
    Month,
    chart_days,
    month_of_all,
    sections_of,
    story_of,
)

CHARTED = ("nh3n", "tp", "codmn", "do", "ph", "tn")
CHART_MONTHS, FINDINGS = 3, 20
HALF_A_DAY = 12 * 3600 * 1000
"""In milliseconds: a day stands at its noon."""
TRENDED = ("codmn", "cod", "nh3n", "tp", "tn", "do", "ph")


def _month(request: Asked) -> Month:
    return month_of_all(list(sections_of(request.user)), month_asked(request.GET.get("month", "")))


def month(request: Asked) -> HttpResponse:
    """The official table of a month: class, target, main pollutants, 同比 and 环比, the year so far, and the ranking of counties."""
    found = _month(request)
    context = {
        "month": found, "events": _events(found, request.user), "value": f"{found.first:%Y-%m}", "previous": f"{next_month(found.first, -1):%Y-%m}",
        "next": f"{next_month(found.first):%Y-%m}" if next_month(found.first) <= month_asked("") else "",
    }  # fmt: skip
    return render(request, "water_sections/month.html", context)


def _events(found: Month, person: Person) -> tuple[Happened, ...]:
    return events_in(found.first, [line.section for line in found.lines], person)


def word(request: Asked) -> HttpResponse:
    """The month report as a Word paper."""
    found = _month(request)
    return download(
        report.as_word(found, _events(found, request.user)), f"{report.title_of(found)}.docx", WORD
    )


def book(request: Asked) -> HttpResponse:
    """The same as a workbook."""
    found = _month(request)
    return download_book(report.title_of(found), *report.sheets(found, _events(found, request.user)))


def section(request: Asked, code: str) -> HttpResponse:
    """One section: classes by month against the target, what is over, this month's projection, and the days ahead."""
    mine = get_object_or_404(sections_of(request.user), pk=code)
    others = list(sections_of(request.user).exclude(pk=code)[:20])
    story = story_of(mine, others)
    findings = visible(Finding.objects.filter(target_kind="water_section", target=code), request.user)
    context = {
        "section": mine, "story": story, "line": story.line, "values": _values(story.line.values, mine, story.line.target),
        "findings": findings.prefetch_related("cases").order_by("-started_at")[:FINDINGS],
        "event": event.key, "scores": scores_of(mine, clock.now()), "beside": _beside(mine, request.user),
    }  # fmt: skip
    return render(request, "water_sections/section.html", context)


def _beside(section: Section, person: Person) -> RainAndFlow:
    """Rain and flow of the days of the chart."""
    today = month_asked("")
    return rain_and_flow(section, next_month(today, 1 - CHART_MONTHS), next_month(today), person)


def _values(values: Any, section: Section, target: int | None) -> list[dict[str, Any]]:
    """The items of this month beside the limit of the target (class III where there is none)."""
    rows = []
    for name, value in values.items():
        item = items()[name]
        limits = item.limits(section.kind)
        if value is not None and limits is not None:
            limit = limits[(target or 3) - 1]
            rows.append({"item": item, "value": value, "limit": limit, "over": _over(item, value, limit)})
    return rows


def _over(item: Item, value: float, limit: float) -> bool:
    if item.rule == "range":
        return not limit <= value <= 9
    return item.judged and (value < limit if item.rule == "least" else value > limit)


def section_trends(request: Asked, code: str) -> HttpResponse:
    """The part of a section's page with the means of years and their trends, which takes longer to read."""
    (found,) = trends_of([get_object_or_404(sections_of(request.user), pk=code)])
    return render(request, "water_sections/_trends.html", {"trends": found, "back": YEARS})


def trends(request: Asked) -> HttpResponse:
    """Every section with the trends of its main items."""
    shown = [items()[n] for n in TRENDED]
    rows = [(t, [(i, t.of(i.name)) for i in shown]) for t in trends_of(list(sections_of(request.user)))]
    return render(request, "water_sections/trends.html", {"rows": rows, "items": shown, "back": YEARS})


def series(request: Asked, code: str) -> JsonResponse:
    """Daily means of three months by item, with the limit of the target, then flow and rain, for charts with one axis of time."""
    mine = get_object_or_404(sections_of(request.user), pk=code)
    now = clock.now()
    today = month_asked("")
    days = days_of([mine], Span(next_month(today, 1 - CHART_MONTHS), next_month(today), now))
    target = (
        Target.objects.filter(section=mine, year=today.year).values_list("water_class", flat=True).first()
        or 3
    )
    panels: list[dict[str, Any]] = []
    for name in (n for n in CHARTED if n in days.columns):
        item = items()[name]
        times, values = chart_days(days, name)
        limits = item.limits(mine.kind) if item.rule != "range" else None
        shown = (
            [{"value": limits[target - 1], "label": _("目标限值 %(v)g") % {"v": limits[target - 1]}}]
            if limits
            else []
        )
        panels.append({
            "title": _(item.chinese), "unit": item.unit, "bands": [], "limits": shown,
            "series": [{"name": mine.name, "times": times, "data": values}],
        })  # fmt: skip
    beneath = _beneath(_beside(mine, request.user), mine)
    first = min((p["series"][0]["times"][0] for p in panels or beneath), default=_milliseconds(now))
    panels += beneath
    tomorrow = datetime.combine(now.astimezone(CST).date() + timedelta(days=1), time(), CST)
    axis = {"from": first - HALF_A_DAY, "until": _milliseconds(tomorrow)}
    return JsonResponse({"now": _milliseconds(now), "panels": panels} | axis)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _beneath(beside: RainAndFlow, section: Section) -> list[dict[str, Any]]:
    """The panels of flow and rain that are known."""
    found = []
    if beside.flow.height:
        found.append((_("流量"), "m³/s", section.name, beside.flow))
    if beside.gauge:
        where = {"name": beside.gauge.name, "km": f"{beside.gauge.km:.1f}"}
        found.append((_("日雨量（%(name)s，%(km)s km）") % where, "mm", beside.gauge.name, beside.rain))
    panels: list[dict[str, Any]] = []
    for title, unit, name, rows in found:
        times, values = chart_days(rows, "value")
        panels.append({
            "title": title, "unit": unit, "bands": [], "limits": [], "series": [{"name": name, "times": times, "data": values}],
        })  # fmt: skip
    return panels


def rivers(request: Asked) -> HttpResponse:
    """Every river as a line from its source to where it leaves: reaches, sections with their class, travel times, what flows in."""
    found = _month(request)
    told = lines.discharges_seen(found, request.user)
    context = {
        "rivers": lines.rivers_of(found, told),
        "month": found,
        "told": zip(told, lines.SIGNS, strict=False),
    }
    return render(request, "water_sections/rivers.html", context)


urlpatterns = [
    path("month/", month, name="month"),
    path("month.docx", word, name="month_word"),
    path("month.xlsx", book, name="month_book"),
    path("rivers/", rivers, name="rivers"),
    path("trends/", trends, name="trends"),
    path("<path:code>/series.json", series, name="series"),
    path("<path:code>/trends/", section_trends, name="section_trends"),
    path("<path:code>/", section, name="section"),
]
