"""Pages: what was decided, what an exclusion would change, and the decision itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import whole_of
from bihuan.cases.models import Finding
from bihuan.domain.quality import Effect, exclusion_effect
from bihuan.domain.quality.effect import DAY_COLUMNS, MONTH_COLUMNS
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.domain.timeaxis import CST, day_start
from bihuan.kit.downloads import download_book
from bihuan.kit.forms import Moment, worded
from bihuan.kit.listing.shown import Shown, listed
from bihuan.kit.tables import Sheet, table
from bihuan.registry import decisions
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.decisions import NotDecided
from bihuan.registry.hours import hours_of
from bihuan.registry.models import Person, Site, ValueDecision
from bihuan.registry.roles import JUDGES
from bihuan.scenarios.station_quality import listing

SHOWN = 50
MOST_PEERS = 60
ITEM_CHOICES = tuple((i, BY_NAME[i].label) for i in ITEM_NAMES)
HEADINGS = {
    "pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3_8h": "O3-8h", "aqi": "AQI", "level": "级别",
    "primary": "首要污染物", "co_95": "CO-95", "o3_8h_90": "O3-8h-90", "valid_days": "有效天数", "good_days": "优良天数",
    "composite": "综合指数", "rank": "排名",
}  # fmt: skip


class DecisionForm(forms.Form):
    """A span of values of a site, and what is decided on it."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("因子"), choices=ITEM_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    start = Moment(label=gettext_lazy("从"))
    until = Moment(label=gettext_lazy("至（不含）"))
    verdict = forms.ChoiceField(label=gettext_lazy("结论"), choices=worded(ValueDecision.Verdict.choices))
    reason = forms.CharField(label=gettext_lazy("理由"), required=False, max_length=400)

    def clean(self) -> dict[str, Any]:
        """The span can be decided on."""
        said = self.cleaned_data
        if not self.errors:
            try:
                decisions.check_span(said["items"], said["start"], said["until"])
            except NotDecided as error:
                raise forms.ValidationError(str(error)) from error
        return said


def site_for(person: Person, code: str) -> Site:
    """The site, if the person may see it; else 404."""
    return get_object_or_404(visible(Site.objects.select_related("region", "city"), person), pk=code)


def findings_seen(person: Person) -> QuerySet[Finding]:
    """Findings of this scenario's checks that a person may see, newest first."""
    rows = visible(Finding.objects.select_related("region"), person)
    return rows.filter(check_key__startswith="air.", started_at__lte=clock.now())


def index(request: Asked) -> HttpResponse:
    """Open findings about stations, and the decisions; `as=xlsx` takes both away."""
    found, made = findings_seen(request.user), Shown(listing.decisions(request.user), request.GET)
    if request.GET.get("as") == "xlsx":
        findings = Sheet("质量发现", table(listing.FINDINGS, found.iterator()))
        return download_book("station_quality", findings, Sheet("审核决定", made.table()))
    opened = found.filter(status__in=(Finding.Status.NEW, Finding.Status.CONFIRMED), target_kind="site")
    sites = visible(Site.objects.filter(evaluated=True), request.user)
    context = {"findings": opened[:SHOWN], "open": opened.count(), "sites": sites}
    return listed(request, made.listing, "station_quality/index.html", context)


def preview(request: Asked, code: str) -> HttpResponse:
    """What the exclusion in the form would change; nothing is changed yet. Also starts from `?finding=`."""
    site = site_for(request.user, code)
    if "start" in request.GET:
        return _previewed(request, site, DecisionForm(request.GET))
    return _previewed(request, site, DecisionForm(initial=_proposed(request, site)))


def _proposed(request: Asked, site: Site) -> dict[str, Any]:
    """What a finding leads to, else the last hours."""
    number, verdict = whole_of(request.GET.get("finding", "")), ValueDecision.Verdict.EXCLUDE.value
    found = findings_seen(request.user).filter(pk=number, target=site.pk).first() if number else None
    if found:
        items = [found.item] if found.item else []
        span = {"items": items, "start": found.started_at, "until": found.until}
        return {**span, "verdict": verdict, "reason": found.title}
    end = clock.now().replace(minute=0, second=0, microsecond=0)
    return {"start": end - timedelta(hours=3), "until": end, "verdict": verdict}


def _previewed(request: Asked, site: Site, form: DecisionForm) -> HttpResponse:
    """The page of a form, with the effect of what it says where that can be meant."""
    context = {"site": site, "form": form, "may": may(request.user, *JUDGES, region=site.region_id)}
    if form.is_valid():
        said = form.cleaned_data
        span = site, said["items"], said["start"], said["until"]
        context |= shown(request.user, effect_of(request.user, *span, said["verdict"]))
        context |= {
            "stage": ValueDecision.Stage(decisions.next_stage(*span)).label,
            "before": decisions.earlier(*span),
        }
    return render(request, "station_quality/preview.html", context)


def peers(person: Person, site: Site) -> list[str]:
    """The sites that a site is ranked among: of its rank in its city, or in its county when those are many."""
    rows = visible(Site.objects.filter(rank=site.rank, city=site.city, evaluated=site.evaluated), person)
    if site.city_id is None or rows.count() > MOST_PEERS:
        rows = rows.filter(region=site.region)
    return sorted({site.code, *rows.values_list("code", flat=True)[:MOST_PEERS]})


def effect_of(
    person: Person, site: Site, items: Sequence[str], start: datetime, until: datetime, verdict: str
) -> Effect:
    """The effect on whole months, counted on the data and decisions known now."""
    first = start.astimezone(CST).date().replace(day=1)
    after = (until.astimezone(CST).date().replace(day=1) + timedelta(days=32)).replace(day=1)
    end = min(day_start(after), clock.now())
    codes, begin = peers(person, site), day_start(first)
    hours = hours_of(codes, begin, end, decided=False)
    earlier = decisions.decisions_of(codes, begin, end)
    return exclusion_effect(hours, site.code, list(items), start, until, verdict=verdict, earlier=earlier)


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
    site, form = site_for(request.user, code), DecisionForm(request.POST)
    if not may(request.user, *JUDGES, region=site.region_id):
        raise PermissionDenied(
            _("%(site)s 的数据由所在区域的调度岗、核查岗或负责人审核") % {"site": site.name}
        )
    if not form.is_valid():
        return _previewed(request, site, form)
    said = form.cleaned_data
    try:
        made = decisions.decide(
            site, said["items"], said["start"], said["until"], said["verdict"], said["reason"], request.user
        )
    except NotDecided as error:
        messages.error(request, str(error))
        return _previewed(request, site, form)
    messages.success(
        request, _("已记录：%(what)s") % {"what": f"{site.name} {_(made.get_verdict_display())}"}
    )
    return redirect("station_quality:index")


urlpatterns = [
    path("", index, name="index"),
    path("<str:code>/", preview, name="preview"),
    path("<str:code>/decide", decide, name="decide"),
]
