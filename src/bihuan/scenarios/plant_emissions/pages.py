"""Pages: outlets by state, the month's ledger, marks; the addresses of the scenario."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST, HOUR, day_start
from bihuan.english import Written
from bihuan.kit.downloads import download, download_book, download_table
from bihuan.kit.forms import acted
from bihuan.kit.listing.declared import Listing, whole
from bihuan.kit.listing.shown import Shown
from bihuan.kit.tables import EXCEL, Sheet, Table
from bihuan.registry.access import Asked, scope_of
from bihuan.registry.models import Person
from bihuan.registry.roles import REGISTRARS
from bihuan.scenarios.plant_emissions import (
    exchange,
    listing,
    marking,
    outlet_pages,
    register,
    register_pages,
    validity,
)
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.ledger_table import table
from bihuan.scenarios.plant_emissions.media import MEDIA, Medium
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.month import month_ledger
from bihuan.scenarios.plant_emissions.outlet_pages import findings_of, outlet_for
from bihuan.scenarios.plant_emissions.overview import everyone, outlets_of
from bihuan.scenarios.plant_emissions.standings import (
    STATES,
    TONES,
)

OPEN = (Finding.Status.NEW, Finding.Status.CONFIRMED, Finding.Status.HANDED)


def open_counts(person: Person, codes: list[str], now: datetime) -> dict[str, int]:
    """How many open findings each outlet has."""
    rows = findings_of(person, codes, now).filter(status__in=OPEN)
    return dict(rows.order_by().values_list("target").annotate(Count("pk")))


def _medium_asked(request: Asked) -> Medium:
    return MEDIA.get(request.GET.get("kind", ""), MEDIA[GAS])


def index(request: Asked) -> HttpResponse:
    """Outlets of gas, or with `kind=sewage` of sewage, by state; `as=csv` or `xlsx` takes the table away."""
    now, asked = clock.now(), list(outlets_of(request.user, request.GET))
    medium = _medium_asked(request)
    everything = everyone([o for o in asked if o.kind == medium.key], now)
    found = open_counts(request.user, [s.outlet.code for s in everything], now)
    state = request.GET.get("state", "")
    shown = Shown(listing.outlets(request.user, medium, everything, state, found), request.GET)
    if "as" in request.GET:
        return _table(request.GET["as"], shown.table(), now)
    heard = max((s.heard for s in everything if s.heard), default=None)
    context = {
        "list": shown,
        "count": len(everything),
        "plants": len({s.outlet.emitter_id for s in everything}),
        "states": [(k, STATES[k], TONES[k], sum(s.state == k for s in everything)) for k in STATES],
        "kind": medium.key,
        "kinds": [(k.value, k.label, sum(o.kind == k for o in asked)) for k in Outlet.Kind],
        "medium": medium,
        "silent": bool(everything) and (heard is None or now - heard > HOUR),
        "heard": heard,
        "registrar": scope_of(request.user).has(*REGISTRARS),
        "registered": register.outlets_seen(request.user).exists(),
        "state_now": state,
    }
    return render(request, "plant_emissions/index.html", context)


def _table(kind: str, taken: Table, now: datetime) -> HttpResponse:
    """The list to take away; the workbook says of which moment it is. Raises BihuanError for another kind."""
    if kind == "xlsx":
        head = f"{now.astimezone(CST):%Y-%m-%d %H:%M}"
        return download_book("outlets", Sheet("排放口", taken, head))
    return download_table(kind, "outlets", taken)


def ledger(request: Asked) -> HttpResponse:
    """The month's amounts of gas, or with `kind=sewage` of sewage, by outlet and enterprise; `as=xlsx`: the report of both."""
    now = clock.now()
    month = validity.month_of(request.GET.get("month", ""), now)
    outlets = {o.code: o for o in outlets_of(request.user, request.GET)}
    if request.GET.get("as") == "xlsx":
        ledgers = _ledgers(outlets.values(), month, now)
        marked = _mark_rows(list(outlets), month, now)
        content = exchange.month_report(month, now, ledgers, outlets, marked)
        return download(content, f"emissions-{month:%Y-%m}.xlsx", EXCEL)
    medium = _medium_asked(request)
    rows = month_ledger(medium, [o for o in outlets.values() if o.kind == medium.key], month, now)
    by_outlet = exchange.outlet_rows(medium, rows, outlets)
    context = {
        "month": month,
        "before": month - timedelta(days=1),
        "after": validity.following(month),
        "kind": medium.key,
        "kinds": [(k.value, k.label, sum(o.kind == k for o in outlets.values())) for k in Outlet.Kind],
        "enterprises": table(exchange.enterprise_rows(medium, rows), month) if by_outlet else "",
        "outlets": table(by_outlet, month) if by_outlet else "",
        "list": Shown(_ledger_filters(request.user), request.GET),
        "simulated": any(o.simulated for o in outlets.values()),
        "meaning": (*medium.meaning, *exchange.MEANING),
        "known": now,
    }
    return render(request, "plant_emissions/ledger.html", context)


def _ledger_filters(person: Person) -> Listing[None]:
    return Listing(
        "ledger", "", whole(lambda _q: []), filters=(listing.county_filter(person),), kept=("kind", "month")
    )


def _ledgers(outlets: Collection[Outlet], month: date, now: datetime) -> list[tuple[Medium, pl.DataFrame]]:
    """The ledger of each medium: of the first one in any case, of the others where there is anything."""
    found = [
        (medium, month_ledger(medium, [o for o in outlets if o.kind == kind], month, now))
        for kind, medium in MEDIA.items()
    ]
    return [(medium, rows) for n, (medium, rows) in enumerate(found) if n == 0 or rows.height]


def _mark_rows(codes: list[str], month: date, now: datetime) -> list[dict[str, Any]]:
    rows = register.marks_known(now).filter(
        outlet__in=codes, start__lt=day_start(validity.following(month)), until__gt=day_start(month)
    )
    return [
        {
            "企业": m.outlet.emitter.name, "排放口": m.outlet.name, "类别": m.get_kind_display(), "标记": m.code,
            "开始": f"{m.start.astimezone(CST):%Y-%m-%d %H:%M}", "结束": f"{m.until.astimezone(CST):%Y-%m-%d %H:%M}",
            "理由": Written(m.reason), "标记人": str(m.who), "标记时间": f"{m.at.astimezone(CST):%Y-%m-%d %H:%M}",
        }
        for m in rows.select_related("outlet__emitter", "who")
    ]  # fmt: skip


def _marks_of(code: str) -> str:
    return f"{reverse('plant_emissions:outlet', args=[code])}#marks"


@require_POST
def mark(request: Asked, code: str) -> HttpResponse:
    """Set a mark."""
    outlet, sent = outlet_for(request.user, code), request.POST
    kind, _sep, what = sent.get("what", "").partition(":")

    def act() -> str:
        start, until = marking.read_span(sent.get("start", ""), sent.get("until", ""))
        made = marking.set_mark(outlet, request.user, kind, what, start, until, sent.get("reason", ""))
        return _("已标记：%(what)s") % {"what": made}

    return acted(request, _marks_of(code), act)


@require_POST
def withdraw(request: Asked, code: str, pk: int) -> HttpResponse:
    """Withdraw a mark; both records stay."""
    outlet = outlet_for(request.user, code)
    found = get_object_or_404(outlet.marks.filter(at__lte=clock.now()), pk=pk)

    def act() -> str:
        marking.withdraw(found, request.user, request.POST.get("reason", ""))
        return _("已撤销：%(what)s") % {"what": found}

    return acted(request, _marks_of(code), act)


urlpatterns = [
    path("", index, name="index"),
    path("ledger/", ledger, name="ledger"),
    path("<str:code>/", outlet_pages.detail, name="outlet"),
    path("<str:code>/calendar/", outlet_pages.calendar, name="calendar"),
    path("<str:code>/amounts/", outlet_pages.amounts, name="amounts"),
    path("<str:code>/permits/", outlet_pages.permits, name="permits"),
    path("<str:code>/register/", register_pages.of_outlet, name="register"),
    path("<str:code>/quality/<int:pk>/withdraw", register_pages.withdraw_quality, name="withdraw_quality"),
    path("<str:code>/series.json", outlet_pages.series, name="series"),
    path("<str:code>/hours/<str:stamp>/", outlet_pages.hour, name="hour"),
    path("<str:code>/marks", mark, name="mark"),
    path("<str:code>/marks/<int:pk>/withdraw", withdraw, name="withdraw"),
]
