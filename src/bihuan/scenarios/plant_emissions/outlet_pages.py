"""The pages of one outlet: its state and curves, the parts that come later, the evidence of an hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST, HOUR, meant
from bihuan.kit.downloads import download_book
from bihuan.kit.tables import Sheet, records
from bihuan.registry.access import CITY, Asked, may, visible
from bihuan.registry.models import Person
from bihuan.registry.roles import REGISTRARS, WATCHERS
from bihuan.scenarios.plant_emissions import amounts as hourly
from bihuan.scenarios.plant_emissions import marking, register, validity
from bihuan.scenarios.plant_emissions.evidence import evidence_of
from bihuan.scenarios.plant_emissions.hour_tables import minute_table, of_item
from bihuan.scenarios.plant_emissions.items import LABELS, UNITS
from bihuan.scenarios.plant_emissions.media import medium_of
from bihuan.scenarios.plant_emissions.models import Mark, Outlet
from bihuan.scenarios.plant_emissions.month import month_amounts
from bihuan.scenarios.plant_emissions.permits import permits_in_force
from bihuan.scenarios.plant_emissions.received import seen

RECENT_HOURS = 12
MOST_MARKS = 60


def outlet_for(person: Person, code: str) -> Outlet:
    """The outlet, if the person may see it; else 404."""
    return get_object_or_404(register.outlets_seen(person), pk=code)


def findings_of(person: Person, codes: list[str], now: datetime) -> QuerySet[Finding]:
    """Findings of outlets that a person may see, newest first."""
    rows = Finding.objects.filter(target_kind="outlet", target__in=codes, found_at__lte=now)
    return visible(rows.select_related("region"), person)


def detail(request: Asked, code: str) -> HttpResponse:
    """One outlet: curves, last hours, findings, marks, calendar."""
    outlet, now = outlet_for(request.user, code), clock.now()
    medium = medium_of(outlet)
    (standing,) = medium.standings([outlet], now)
    marks = (
        outlet.marks.filter(at__lte=now).select_related("who", "withdrawal__who").order_by("-start", "-id")
    )
    context = {
        "outlet": outlet,
        "s": standing,
        "process": medium.process(outlet.process),
        "medium": medium,
        "days": medium.recent_days(outlet, now),
        "loggers": outlet.loggers.all(),
        "watcher": may(request.user, *WATCHERS, region=CITY),
        "limits": outlet.limits.all(),
        "spans": outlet.spans.all(),
        "labels": LABELS,
        "units": UNITS,
        "recent": _recent(outlet, now),
        "items": _limited(outlet),
        "findings": findings_of(request.user, [code], now)[:30],
        "marks": marks[:MOST_MARKS],
        "now": now,
        "may": marking.may_mark(request.user, outlet),
        "registrar": may(request.user, *REGISTRARS, region=outlet.emitter.region_id),
        "kinds": [(k.value, k.label, marking.codes_of(outlet)[k]) for k in Mark.Kind],
        "form_start": f"{now.astimezone(CST) - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "form_until": f"{now.astimezone(CST):%Y-%m-%dT%H:%M}",
        "minutes": "minutes" in request.GET,
    }
    return render(request, medium.page, context)


def permits(request: Asked, code: str) -> HttpResponse:
    """The permits of the outlet's enterprise and what the year has used of them: a part of the outlet's page."""
    outlet = outlet_for(request.user, code)
    context = {"permits": permits_in_force(outlet, clock.now()), "labels": LABELS}
    return render(request, "plant_emissions/_permits.html", context)


def _limited(outlet: Outlet) -> list[str]:
    """Pollutants that have a limit."""
    items = set(outlet.limits.order_by().values_list("item", flat=True))
    return [p for p in medium_of(outlet).pollutants if p in items]


def calendar(request: Asked, code: str) -> HttpResponse:
    """What every hour of a month is: a part of the outlet's page."""
    outlet, now = outlet_for(request.user, code), clock.now()
    month = validity.month_of(request.GET.get("month", ""), now)
    days = validity.calendar(outlet, _limited(outlet), month, now)
    context = {
        "outlet": outlet,
        "medium": medium_of(outlet),
        "month": month,
        "before": month - timedelta(days=1),
        "after": validity.following(month),
        "days": days,
        "hours": range(24),
        "counts": validity.counts(days),
    }
    return render(request, "plant_emissions/_calendar.html", context)


def amounts(request: Asked, code: str) -> HttpResponse:
    """The amounts of a month hour by hour; `as=xlsx` takes them away."""
    outlet, now = outlet_for(request.user, code), clock.now()
    month = validity.month_of(request.GET.get("month", ""), now)
    medium = medium_of(outlet)
    items = _limited(outlet) or list(medium.pollutants)
    asked = request.GET.get("item", "")
    item = asked if asked in items else items[0]
    rows = month_amounts(medium, outlet, month, now)
    if request.GET.get("as") == "xlsx":
        head = f"{outlet} {month:%Y年%m月}逐小时排放量{'（模拟）' if outlet.simulated else ''}，按 {now.astimezone(CST):%Y-%m-%d %H:%M} 已收到的数据"
        hours = Sheet("逐小时排放量", records(hourly.as_rows(rows, items, medium)), head)
        return download_book(f"{code}-{month:%Y-%m}", hours)
    days = hourly.days_of(rows, item, month)
    context = {
        "outlet": outlet,
        "month": month,
        "before": month - timedelta(days=1),
        "after": validity.following(month),
        "days": days,
        "hours": range(24),
        "counts": hourly.counts(days),
        "total": sum(d.kg or 0.0 for d in days),
        "items": items,
        "item": item,
        "labels": LABELS,
        "known": now,
    }
    return render(request, "plant_emissions/amounts.html", context)


def _recent(outlet: Outlet, now: datetime) -> list[dict[str, Any]]:
    """The last hours, newest first, with the one that runs."""
    end = now.replace(minute=0, second=0, microsecond=0) + HOUR
    hours = seen(medium_of(outlet), [outlet.code], end - RECENT_HOURS * HOUR, end, now).hours.sort(
        "start", descending=True
    )
    items = _limited(outlet)
    return [
        r | {"running": r["start"] == end - HOUR, "cells": [of_item(r, i) for i in items]}
        for r in hours.iter_rows(named=True)
    ]


def series(request: Asked, code: str) -> JsonResponse:
    """Panels of the last 72 hours; `minutes=1`: minutes of the last 24 hours."""
    outlet = outlet_for(request.user, code)
    return JsonResponse(medium_of(outlet).panels(outlet, clock.now(), minutes="minutes" in request.GET))


def _hour_of(stamp: str) -> datetime:
    """`2019022514`, local start of an hour -> instant. Raises Http404."""
    try:
        return meant(datetime.strptime(stamp, "%Y%m%d%H").replace(tzinfo=CST)).astimezone(UTC)
    except ValueError:
        raise Http404(stamp) from None


def hour(request: Asked, code: str, stamp: str) -> HttpResponse:
    """The evidence of an hour: minutes and raw packets."""
    outlet, start = outlet_for(request.user, code), _hour_of(stamp)
    medium = medium_of(outlet)
    found = evidence_of(medium, outlet, start, clock.now())
    context = {
        "outlet": outlet,
        "start": start,
        "until": start + HOUR,
        "before": start - HOUR,
        "evidence": found,
        "marks": register.marks_known(clock.now())
        .filter(outlet=outlet, start__lt=start + HOUR, until__gt=start)
        .select_related("who"),
        "row": found.hour,
        **minute_table(found.data.minutes.sort("start")),
        "rows": []
        if found.hour is None
        else [
            of_item(found.hour, p) for p in medium.items if found.hour[f"n_{p}"] or found.hour[p] is not None
        ],
        "misfits": sum(not p.fits for p in found.packets),
    }
    return render(request, medium.hour_page, context)
