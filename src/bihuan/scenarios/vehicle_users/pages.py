"""重点用车单位门禁: all units with what came from them, and one unit with its gates, days and findings."""

from datetime import datetime, time, timedelta
from typing import Any

import polars as pl
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles import stages
from bihuan.domain.vehicles.ledger import MARKS, ledger
from bihuan.kit.found import found_about
from bihuan.kit.listing.shown import listed
from bihuan.kit.spans import today
from bihuan.registry.access import Asked, visible
from bihuan.registry.subjects import there_on
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.vehicle_users import ledger_list, passage_pages, reading, spot_pages
from bihuan.scenarios.vehicle_users.found import GATE, UNIT
from bihuan.scenarios.vehicle_users.inputs import passages_of
from bihuan.scenarios.vehicle_users.tables import DAY

WEEK = timedelta(days=7)
SHOWN = 50
SHARES = {"3": ("0", "1", "2", "3"), "4": ("4",), "5": ("5",), "6": ("6",), "electric": (stages.ELECTRIC,)}
"""Columns of a day by stage: 国三 with all before it."""


def _units(request: Asked) -> Any:
    return visible(VehicleUser.objects.filter(there_on(today())), request.user).select_related("region").order_by("code")  # fmt: skip


def _passing(codes: list[str], now: datetime) -> pl.DataFrame:
    """Passages of the last seven days that lie not in the future."""
    first = datetime.combine(today() - WEEK + timedelta(days=1), time(), CST)
    rows = passages_of(codes, first, now)
    return rows.filter(pl.col("direction").is_not_null(), pl.col("start") <= now).with_columns(day=DAY)


def index(request: Asked) -> HttpResponse:
    """Every unit: its newest record, passages of today, those turned away, findings that are not judged."""
    units, now = list(_units(request)), clock.now()
    rows = _passing([u.pk for u in units], now)
    sums = rows.group_by("unit").agg(
        last=pl.col("start").max(), today=(pl.col("day") == today()).sum(), denied=((pl.col("day") == today()) & (pl.col("allowed") == 0)).sum()
    )  # fmt: skip
    told = {row["unit"]: row for row in sums.iter_rows(named=True)}
    open_ones = Finding.objects.filter(target_kind=UNIT, check_key__startswith="gate.", started_at__gte=now - WEEK).values_list("target", flat=True)  # fmt: skip
    counts: dict[str, int] = {}
    for code in open_ones:
        counts[code] = counts.get(code, 0) + 1
    lines = [{"unit": u, "seen": told.get(u.pk), "found": counts.get(u.pk, 0)} for u in units]
    return render(request, "vehicle_users/index.html", {"lines": lines})


def unit(request: Asked, code: str) -> HttpResponse:
    """One unit: gates, days, the newest visits of the ledger, findings."""
    found, now = get_object_or_404(_units(request), pk=code), clock.now()
    rows = _passing([code], now)
    days = rows.group_by("day").agg(
        *(pl.col("stage").is_in(of).sum().alias(f"s_{name}") for name, of in SHARES.items()), ins=(pl.col("direction") == "in").sum(), outs=(pl.col("direction") == "out").sum(), denied=(pl.col("allowed") == 0).sum(),
        tonnes=pl.when(pl.col("net_kg").count() > 0).then(pl.col("net_kg").sum() / 1000), unknown=pl.col("stage").is_null().sum(),
    ).sort("day", descending=True)  # fmt: skip
    gates = found.gates.order_by("pk")
    about = Finding.objects.filter(target_kind=UNIT, target=code) | Finding.objects.filter(target_kind=GATE, target__in=[g.pk for g in gates])  # fmt: skip
    visits = ledger(rows).sort(pl.coalesce("in_at", "out_at"), descending=True).head(SHOWN)
    context = {
        "unit": found, "gates": gates, "days": days.to_dicts(), "visits": [_shown(v) for v in visits.iter_rows(named=True)], **found_about(about, request.user),
        **spot_pages.beside(found, request.user),
    }  # fmt: skip
    return render(request, "vehicle_users/unit.html", context)


def ledger_page(request: Asked, code: str) -> HttpResponse:
    """The ledger of road vehicles of a unit in some days, and its file."""
    found = passage_pages.unit_of(request, code)
    first, last = ledger_list.days_asked(request.GET)
    rows = reading.ledger_of(code, first, last, clock.now())
    context = {"unit": found, "first": first, "last": last, "days": (last - first).days + 1}
    context["kept"] = [(k, v) for k, v in request.GET.items() if k not in ("from", "to", "page", "as")]
    return listed(request, ledger_list.listing(found, rows, request.GET), "vehicle_users/ledger.html", context)  # fmt: skip


def _shown(visit: dict[str, Any]) -> dict[str, Any]:
    return visit | {
        "stage": stages.TITLES.get(visit["stage"] or "", ""),
        "stage_hint": stages.TITLES.get(visit["stage_hint"] or "", ""),
        "tonnes": None if visit["net_kg"] is None else visit["net_kg"] / 1000,
        "marks": [MARKS[m] for m in visit["marked"].split()],
    }


urlpatterns = [
    path("", index, name="index"),
    path("unit/<str:code>/", unit, name="unit"),
    path("unit/<str:code>/ledger/", ledger_page, name="ledger"),
    path("unit/<str:code>/passage/", passage_pages.passage, name="passage"),
    path("unit/<str:code>/picture/", passage_pages.picture, name="picture"),
    path("unit/<str:code>/ledgers.xlsx", spot_pages.book, name="book"),
    path("unit/<str:code>/draw/", spot_pages.draw, name="draw"),
    path("draws/<int:pk>/", spot_pages.drawn, name="drawn"),
]
