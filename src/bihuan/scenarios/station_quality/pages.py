"""Pages: what was decided, what an exclusion would change, and the decision itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import whole_of
from bihuan.cases.models import Finding
from bihuan.domain.quality import Effect, exclusion_effect
from bihuan.domain.quality.effect import DAY_COLUMNS, MONTH_COLUMNS
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.domain.timeaxis import CST, day_start, parse_moment
from bihuan.kit.downloads import download
from bihuan.kit.tables import EXCEL
from bihuan.registry import decisions
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.decisions import NotDecided
from bihuan.registry.hours import hours_of
from bihuan.registry.models import Person, Site, ValueDecision
from bihuan.registry.roles import JUDGES
from bihuan.scenarios.station_quality import exchange

PER_PAGE = 50
MOST_PEERS = 60
ITEM_CHOICES = tuple((i, BY_NAME[i].label) for i in ITEM_NAMES)
HEADINGS = {
    "pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3_8h": "O3-8h", "aqi": "AQI", "level": "级别",
    "primary": "首要污染物", "co_95": "CO-95", "o3_8h_90": "O3-8h-90", "valid_days": "有效天数", "good_days": "优良天数",
    "composite": "综合指数", "rank": "排名",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What the form says."""

    items: list[str]
    start: datetime
    until: datetime
    reason: str
    verdict: str


def site_for(person: Person, code: str) -> Site:
    """The site, if the person may see it; else 404."""
    return get_object_or_404(visible(Site.objects.select_related("region", "city"), person), pk=code)


def decisions_seen(person: Person) -> QuerySet[ValueDecision]:
    """Decisions on the sites that a person may see, taken by now, newest first."""
    rows = ValueDecision.objects.filter(site__in=visible(Site.objects.all(), person), at__lte=clock.now())
    return rows.select_related("site", "site__region", "reviewer").order_by("-id")


def findings_seen(person: Person) -> QuerySet[Finding]:
    """Findings of this scenario's checks that a person may see, newest first."""
    rows = visible(Finding.objects.select_related("region"), person)
    return rows.filter(check_key__startswith="air.", started_at__lte=clock.now())


def index(request: Asked) -> HttpResponse:
    """Open findings about stations, and the decisions; `as=xlsx` takes both away."""
    found, made = findings_seen(request.user), decisions_seen(request.user)
    if request.GET.get("as") == "xlsx":
        return download(exchange.workbook(found.iterator(), made.iterator()), "station_quality.xlsx", EXCEL)
    opened = found.filter(status__in=(Finding.Status.NEW, Finding.Status.CONFIRMED), target_kind="site")
    page = Paginator(made, PER_PAGE).get_page(request.GET.get("page"))
    sites = visible(Site.objects.filter(evaluated=True), request.user)
    rows = [(d, exchange.labels(d.items)) for d in page]
    context = {
        "findings": opened[:PER_PAGE],
        "open": opened.count(),
        "page": page,
        "rows": rows,
        "sites": sites,
    }
    return render(request, "station_quality/index.html", context)


def preview(request: Asked, code: str) -> HttpResponse:
    """What the exclusion in the form would change; nothing is changed yet. Also starts from `?finding=`."""
    site = site_for(request.user, code)
    context = _form(request, site)
    if "start" in request.GET:
        try:
            wanted = read_form(request.GET)
            context |= {
                "stage": _stage(site, wanted),
                **shown(request.user, effect_of(request.user, site, wanted)),
            }
            context["before"] = decisions.earlier(site, wanted.items, wanted.start, wanted.until)
        except NotDecided as error:
            context["error"] = str(error)
    return render(request, "station_quality/preview.html", context)


def _form(request: Asked, site: Site) -> dict[str, Any]:
    """Values of the form: as sent, or from a finding, or the last hours."""
    sent = request.GET
    end = clock.now().astimezone(CST).replace(minute=0, second=0, microsecond=0)
    number = whole_of(sent.get("finding", ""))
    found = findings_seen(request.user).filter(pk=number, target=site.pk).first() if number else None
    first, last = (found.started_at, found.until) if found else (end - timedelta(hours=3), end)
    return {
        "site": site,
        "item_choices": ITEM_CHOICES,
        "items": sent.getlist("items") or ([found.item] if found and found.item else []),
        "start": sent.get("start") or _local(first),
        "until": sent.get("until") or _local(last),
        "reason": sent.get("reason") or (found.title if found else ""),
        "verdict": sent.get("verdict", ValueDecision.Verdict.EXCLUDE),
        "verdicts": ValueDecision.Verdict.choices,
        "may": may(request.user, *JUDGES, region=site.region_id),
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(CST).strftime("%Y-%m-%dT%H:%M")


def _stage(site: Site, wanted: Wanted) -> str:
    return str(
        ValueDecision.Stage(decisions.next_stage(site, wanted.items, wanted.start, wanted.until)).label
    )


def read_form(sent: Any) -> Wanted:
    """What was sent, checked. Raises NotDecided with what to mend."""
    try:
        start, until = (parse_moment(sent.get(name, "")) for name in ("start", "until"))
    except ValueError:
        raise NotDecided(_("起止时间无法识别，请写成 2019-01-11T08:00")) from None
    items = sent.getlist("items")
    decisions.check_span(items, start, until)
    verdict = sent.get("verdict", ValueDecision.Verdict.EXCLUDE)
    return Wanted(items, start, until, sent.get("reason", ""), verdict)


def peers(person: Person, site: Site) -> list[str]:
    """The sites that a site is ranked among: of its rank in its city, or in its county when those are many."""
    rows = visible(Site.objects.filter(rank=site.rank, city=site.city, evaluated=site.evaluated), person)
    if site.city_id is None or rows.count() > MOST_PEERS:
        rows = rows.filter(region=site.region)
    return sorted({site.code, *rows.values_list("code", flat=True)[:MOST_PEERS]})


def effect_of(person: Person, site: Site, wanted: Wanted) -> Effect:
    """The effect on whole months, counted on the data and decisions known now."""
    first = wanted.start.astimezone(CST).date().replace(day=1)
    after = (wanted.until.astimezone(CST).date().replace(day=1) + timedelta(days=32)).replace(day=1)
    end = min(day_start(after), clock.now())
    codes, begin = peers(person, site), day_start(first)
    hours = hours_of(codes, begin, end, decided=False)
    earlier = decisions.decisions_of(codes, begin, end)
    return exclusion_effect(
        hours, site.code, wanted.items, wanted.start, wanted.until, verdict=wanted.verdict, earlier=earlier
    )


def changes(table: pl.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    """Rows as (heading, before, after, changed) cells for a page."""
    rows = []
    for row in table.iter_rows(named=True):
        pairs = [(HEADINGS[n], _plain(row[f"{n}_before"]), _plain(row[f"{n}_after"])) for n in names]
        cells = [{"name": name, "before": a, "after": b, "changed": a != b} for name, a, b in pairs]
        rows.append({"when": row.get("date") or row["start"], "cells": cells})
    return rows


def _plain(value: Any) -> str:
    if value is None or value == []:
        return "—"
    if isinstance(value, list):
        return "、".join(_plain(v) for v in value)
    if isinstance(value, str):
        return BY_NAME[value].label if value in BY_NAME else HEADINGS.get(value, value)
    return f"{value:.10g}"


def shown(person: Person, effect: Effect) -> dict[str, Any]:
    """The effect as the template takes it."""
    names = {
        s.code: s.name
        for s in visible(Site.objects.filter(code__in=effect.ranking["site"].to_list()), person)
    }
    ranking = [
        {**r, "name": names[r["site"]]}
        for r in effect.ranking.sort("start", "rank_after").iter_rows(named=True)
    ]
    return {
        "effect": effect,
        "days": changes(effect.days, DAY_COLUMNS),
        "months": changes(effect.months, MONTH_COLUMNS),
        "ranking": ranking,
    }


@require_POST
def decide(request: Asked, code: str) -> HttpResponse:
    """Take the decision that was previewed."""
    site = site_for(request.user, code)
    try:
        wanted = read_form(request.POST)
        made = decisions.decide(
            site, wanted.items, wanted.start, wanted.until, wanted.verdict, wanted.reason, request.user
        )
    except NotDecided as error:
        messages.error(request, str(error))
        query = request.POST.copy()
        query.pop("csrfmiddlewaretoken", None)
        return redirect(f"{reverse('station_quality:preview', args=[site.pk])}?{query.urlencode()}")
    messages.success(
        request, _("已记录：%(what)s") % {"what": f"{site.name} {_(made.get_verdict_display())}"}
    )
    return redirect("station_quality:index")


urlpatterns = [
    path("", index, name="index"),
    path("<str:code>/", preview, name="preview"),
    path("<str:code>/decide", decide, name="decide"),
]
