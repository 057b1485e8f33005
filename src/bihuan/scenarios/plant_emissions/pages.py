"""Pages: outlets by state, one outlet, the evidence of an hour, the month's ledger, marks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.domain.emissions.processes import processes
from bihuan.domain.emissions.tables import CONVERTED, LABELS, POLLUTANTS, STATE, UNITS
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Person
from bihuan.scenarios.plant_emissions import charts, exchange, marking, register, register_pages, validity
from bihuan.scenarios.plant_emissions.evidence import evidence_of
from bihuan.scenarios.plant_emissions.ledger_table import table
from bihuan.scenarios.plant_emissions.models import Limit, Mark, Outlet
from bihuan.scenarios.plant_emissions.month import month_ledger
from bihuan.scenarios.plant_emissions.observed import seen
from bihuan.scenarios.plant_emissions.permits import permits_in_force
from bihuan.scenarios.plant_emissions.registering import may_register
from bihuan.scenarios.plant_emissions.states import NORMAL, STATES, STOPPED, TONES, Standing, standings
from bihuan.scenarios.sheets import EXCEL

PER_PAGE = 60
RECENT_HOURS = 12
MOST_MARKS = 60
OPEN = (Finding.Status.NEW, Finding.Status.CONFIRMED, Finding.Status.HANDED)


def outlet_for(person: Person, code: str) -> Outlet:
    """The outlet, if the person may see it; else 404."""
    return get_object_or_404(register.outlets_seen(person), pk=code)


def findings_of(person: Person, codes: list[str], now: datetime) -> QuerySet[Finding]:
    """Findings of outlets that a person may see, newest first."""
    rows = Finding.objects.filter(target_kind="outlet", target__in=codes, found_at__lte=now)
    return visible(rows.select_related("region"), person)


def open_counts(person: Person, codes: list[str], now: datetime) -> dict[str, int]:
    """How many open findings each outlet has."""
    rows = findings_of(person, codes, now).filter(status__in=OPEN)
    return dict(rows.order_by().values_list("target").annotate(Count("pk")))


def _outlets_asked(request: Asked) -> QuerySet[Outlet]:
    rows = register.outlets_seen(request.user)
    county, emitter = request.GET.get("county", ""), request.GET.get("emitter", "")
    rows = rows.filter(emitter__region__code__startswith=county) if county else rows
    return rows.filter(emitter=emitter) if emitter else rows


def _counties(person: Person) -> list[tuple[str, str]]:
    rows = (
        register.outlets_seen(person).order_by().values_list("emitter__region__code", "emitter__region__name")
    )
    return sorted({(code[:6], name) for code, name in rows})


def index(request: Asked) -> HttpResponse:
    """Outlets by state; `as=csv` or `xlsx` takes the table away."""
    now = clock.now()
    everything = standings(list(_outlets_asked(request)), now)
    wanted = request.GET.get("state", "")
    rows = [s for s in everything if not wanted or s.state == wanted]
    found = open_counts(request.user, [s.outlet.code for s in everything], now)
    if "as" in request.GET:
        return _table(request.GET["as"], exchange.standing_rows(rows, found), now)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    heard = max((s.heard for s in everything if s.heard), default=None)
    context = {
        "page": page,
        "rows": [(s, found.get(s.outlet.code, 0)) for s in page],
        "count": len(everything),
        "plants": len({s.outlet.emitter_id for s in everything}),
        "states": [(k, STATES[k], TONES[k], sum(s.state == k for s in everything)) for k in STATES],
        "counties": _counties(request.user),
        "labels": [LABELS[p] for p in POLLUTANTS],
        "silent": bool(everything) and (heard is None or now - heard > HOUR),
        "heard": heard,
        "registrar": may_register(request.user),
        "registered": register.outlets_seen(request.user).exists(),
        "bounds": _bounds(everything),
        "state_now": wanted,
    }
    return render(request, "plant_emissions/index.html", context)


def _table(kind: str, rows: list[dict[str, Any]], now: datetime) -> HttpResponse:
    """The list to take away, as `xlsx` or else as CSV."""
    if kind == "xlsx":
        head = f"{now.astimezone(CST):%Y-%m-%d %H:%M}"
        return _download(exchange.as_excel(rows, head), EXCEL, "outlets.xlsx")
    return _download(exchange.as_csv(rows), "text/csv", "outlets.csv")


def _download(content: bytes, media: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _bounds(rows: list[Standing]) -> str:
    lons = [s.outlet.emitter.lon for s in rows] or [112.9, 114.1]
    lats = [s.outlet.emitter.lat for s in rows] or [37.6, 38.5]
    return f"[[{min(lons) - 0.05},{min(lats) - 0.05}],[{max(lons) + 0.05},{max(lats) + 0.05}]]"


def map_data(request: Asked) -> JsonResponse:
    """Plants for the map element: those in need of a look with their state as text, the others as plain signs."""
    now = clock.now()
    worst: dict[str, list[Standing]] = {}
    for s in standings(list(_outlets_asked(request)), now):
        worst.setdefault(s.outlet.emitter_id, []).append(s)
    plants = [_plant(rows) for rows in worst.values()]
    calm = {_(STATES[NORMAL]), _(STATES[STOPPED])}
    return JsonResponse(
        {
            "note": f"{now.astimezone(CST):%m-%d %H:%M}",
            "stations": [p for p in plants if p["text"] not in calm],
            "emitters": [p for p in plants if p["text"] in calm],
            "cases": [],
        }
    )


def _plant(rows: list[Standing]) -> dict[str, Any]:
    first = rows[0]  # the worst: standings are sorted so
    emitter, label = first.outlet.emitter, _(first.label)
    line = "；".join(f"{s.outlet.name} {_(s.label)}" for s in rows)
    return {
        "at": [emitter.lon, emitter.lat], "name": f"{label} · {emitter.name}", "line": line, "level": None,
        "tone": first.tone, "text": label, "url": f"{reverse('plant_emissions:index')}?emitter={emitter.code}", "open": _("打开排放口"),
        "simulated": any(s.outlet.simulated for s in rows), "stale": False, "minor": False,
    }  # fmt: skip


def detail(request: Asked, code: str) -> HttpResponse:
    """One outlet: curves, last hours, findings, marks, calendar."""
    outlet, now = outlet_for(request.user, code), clock.now()
    (standing,) = standings([outlet], now)
    month = validity.month_of(request.GET.get("month", ""), now)
    items = list(Limit.objects.filter(outlet=outlet).order_by().values_list("item", flat=True).distinct())
    days = validity.calendar(code, [p for p in POLLUTANTS if p in items], month, now, outlet.since)
    marks = (
        outlet.marks.filter(at__lte=now).select_related("who", "withdrawal__who").order_by("-start", "-id")
    )
    context = {
        "outlet": outlet,
        "s": standing,
        "process": _process(outlet.process),
        "loggers": outlet.loggers.all(),
        "limits": outlet.limits.all(),
        "spans": outlet.spans.all(),
        "labels": LABELS,
        "recent": _recent(outlet, now),
        "items": [p for p in POLLUTANTS if p in items],
        "findings": findings_of(request.user, [code], now)[:30],
        "marks": marks[:MOST_MARKS],
        "now": now,
        "may": marking.may_mark(request.user, outlet),
        "registrar": may_register(request.user, outlet.emitter),
        "kinds": [(k.value, k.label, marking.CODES[k]) for k in Mark.Kind],
        "form_start": f"{now.astimezone(CST) - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "form_until": f"{now.astimezone(CST):%Y-%m-%dT%H:%M}",
        "month": month,
        "before": month - timedelta(days=1),
        "after": validity.following(month),
        "days": days,
        "hours": range(24),
        "counts": validity.counts(days),
        "minutes": "minutes" in request.GET,
    }
    return render(request, "plant_emissions/outlet.html", context)


def permits(request: Asked, code: str) -> HttpResponse:
    """The permits of the outlet's enterprise and what the year has used of them: a part of the outlet's page."""
    outlet = outlet_for(request.user, code)
    context = {"permits": permits_in_force(outlet, clock.now()), "labels": LABELS}
    return render(request, "plant_emissions/_permits.html", context)


def _process(key: str) -> str:
    names: dict[str, str] = dict(processes().select("process", "label").iter_rows())
    return names.get(key, key)


def _recent(outlet: Outlet, now: datetime) -> list[dict[str, Any]]:
    """The last hours, newest first, with the one that runs."""
    end = now.replace(minute=0, second=0, microsecond=0) + HOUR
    hours = seen([outlet.code], end - RECENT_HOURS * HOUR, end, now).hours.sort("start", descending=True)
    return [r | {"running": r["start"] == end - HOUR} for r in hours.iter_rows(named=True)]


def series(request: Asked, code: str) -> JsonResponse:
    """Panels of the last 72 hours; `minutes=1`: minutes of the last 24 hours."""
    outlet = outlet_for(request.user, code)
    return JsonResponse(charts.panels(outlet, clock.now(), minutes="minutes" in request.GET))


def _hour_of(stamp: str) -> datetime:
    """`2019022514`, local start of an hour -> instant. Raises Http404."""
    try:
        return datetime.strptime(stamp, "%Y%m%d%H").replace(tzinfo=CST).astimezone(UTC)
    except ValueError:
        raise Http404(stamp) from None


def hour(request: Asked, code: str, stamp: str) -> HttpResponse:
    """The evidence of an hour: minutes and raw packets."""
    outlet, start = outlet_for(request.user, code), _hour_of(stamp)
    found = evidence_of(outlet, start, clock.now())
    context = {
        "outlet": outlet,
        "start": start,
        "until": start + HOUR,
        "before": start - HOUR,
        "evidence": found,
        "row": found.hour,
        **_minute_table(found.data.minutes.sort("start")),
        "rows": []
        if found.hour is None
        else [
            _of_item(found.hour, p) for p in POLLUTANTS if found.hour[f"n_{p}"] or found.hour[p] is not None
        ],
        "misfits": sum(not p.fits for p in found.packets),
    }
    return render(request, "plant_emissions/hour.html", context)


def _of_item(row: dict[str, Any], item: str) -> dict[str, Any]:
    names = {
        "value": item,
        "zs": f"{item}_zs",
        "n": f"n_{item}",
        "valid": f"valid_{item}",
        "flag": f"{item}_flag",
    }
    return {"label": LABELS[item], "kg": row[f"{item}_kg"], **{k: row[c] for k, c in names.items()}}


def _minute_table(minutes: pl.DataFrame) -> dict[str, Any]:
    """What the records say, a column for each quantity that occurs."""
    names = [n for n in (*POLLUTANTS, *CONVERTED, *STATE) if minutes[n].count()]
    table = [
        (r["start"], [(r[n], r.get(f"{n}_flag"), 0 if n == "flow" else 2) for n in names], r["received"])
        for r in minutes.iter_rows(named=True)
    ]
    heads = [{"label": _head(n), "unit": UNITS[n.removesuffix("_zs")]} for n in names]
    return {"minutes": table, "heads": heads}


def _head(name: str) -> str:
    label = _(LABELS[name.removesuffix("_zs")])
    converted = _("自算折算")
    return f"{label} {converted}" if name.endswith("_zs") else label


def ledger(request: Asked) -> HttpResponse:
    """The month's amounts by outlet and enterprise; `as=xlsx` is the month report."""
    now = clock.now()
    month = validity.month_of(request.GET.get("month", ""), now)
    outlets = {o.code: o for o in _outlets_asked(request)}
    rows = month_ledger(list(outlets.values()), month, now)
    if request.GET.get("as") == "xlsx":
        content = exchange.month_report(month, now, rows, outlets, _mark_rows(list(outlets), month, now))
        return _download(content, EXCEL, f"emissions-{month:%Y-%m}.xlsx")
    by_outlet = exchange.outlet_rows(rows, outlets)
    context = {
        "month": month,
        "before": month - timedelta(days=1),
        "after": validity.following(month),
        "enterprises": table(exchange.enterprise_rows(rows, {})) if by_outlet else "",
        "outlets": table(by_outlet) if by_outlet else "",
        "counties": _counties(request.user),
        "simulated": any(o.simulated for o in outlets.values()),
        "meaning": exchange.MEANING,
        "known": now,
    }
    return render(request, "plant_emissions/ledger.html", context)


def _mark_rows(codes: list[str], month: Any, now: datetime) -> list[dict[str, Any]]:
    rows = register.marks_known(now).filter(
        outlet__in=codes, start__date__lt=validity.following(month), until__date__gte=month
    )
    return [
        {
            "企业": m.outlet.emitter.name, "排放口": m.outlet.name, "类别": m.get_kind_display(), "标记": m.code,
            "开始": f"{m.start.astimezone(CST):%Y-%m-%d %H:%M}", "结束": f"{m.until.astimezone(CST):%Y-%m-%d %H:%M}",
            "理由": m.reason, "标记人": str(m.who), "标记时间": f"{m.at.astimezone(CST):%Y-%m-%d %H:%M}",
        }
        for m in rows.select_related("outlet__emitter", "who")
    ]  # fmt: skip


@require_POST
def mark(request: Asked, code: str) -> HttpResponse:
    """Set a mark."""
    outlet = outlet_for(request.user, code)
    sent = request.POST
    kind, _sep, what = sent.get("what", "").partition(":")
    try:
        start, until = marking.read_span(sent.get("start", ""), sent.get("until", ""))
        made = marking.set_mark(outlet, request.user, kind, what, start, until, sent.get("reason", ""))
        messages.success(request, _("已标记：%(what)s") % {"what": made})
    except IllegalMove as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('plant_emissions:outlet', args=[code])}#marks")


@require_POST
def withdraw(request: Asked, code: str, pk: int) -> HttpResponse:
    """Withdraw a mark; both records stay."""
    outlet = outlet_for(request.user, code)
    found = get_object_or_404(outlet.marks.filter(at__lte=clock.now()), pk=pk)
    try:
        marking.withdraw(found, request.user, request.POST.get("reason", ""))
        messages.success(request, _("已撤销：%(what)s") % {"what": found})
    except IllegalMove as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('plant_emissions:outlet', args=[code])}#marks")


urlpatterns = [
    path("", index, name="index"),
    path("map.json", map_data, name="map"),
    path("ledger/", ledger, name="ledger"),
    path("new/", register_pages.new, name="new"),
    path("<str:code>/", detail, name="outlet"),
    path("<str:code>/permits/", permits, name="permits"),
    path("<str:code>/register/", register_pages.edit, name="register"),
    path("<str:code>/series.json", series, name="series"),
    path("<str:code>/hours/<str:stamp>/", hour, name="hour"),
    path("<str:code>/marks", mark, name="mark"),
    path("<str:code>/marks/<int:pk>/withdraw", withdraw, name="withdraw"),
]
