"""遥感监测与路检: the overview, records, a vehicle with its history, black smoke to review, who exceeds again, recalls, a point."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import day_start, next_month
from bihuan.domain.vehicles.plates import COLOURS
from bihuan.domain.vehicles.roadside.sensing import FINE
from bihuan.domain.vehicles.roadside.terminals import days
from bihuan.domain.vehicles.stages import TITLES
from bihuan.kit.downloads import WORD, download
from bihuan.kit.forms import acted, filled
from bihuan.kit.found import found_about
from bihuan.kit.listing.shown import listed
from bihuan.kit.spans import month_asked, today
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.models import Vehicle
from bihuan.registry.roles import JUDGES
from bihuan.registry.subjects import there_on
from bihuan.scenarios.roadside_checks import listing, recalls
from bihuan.scenarios.roadside_checks.kinds import plate_and_colour
from bihuan.scenarios.roadside_checks.models import Recall, SensingPoint, SmokeCapture
from bihuan.scenarios.roadside_checks.notice import as_word
from bihuan.scenarios.roadside_checks.offenders import BACK, Offender, offenders, points_seen
from bihuan.scenarios.roadside_checks.reading import minutes_of, records_of
from bihuan.scenarios.roadside_checks.registers import POINT, VEHICLE
from bihuan.scenarios.roadside_checks.reviewing import review

SHOWN = 30
MONTHS = 6
YEAR = timedelta(days=366)


def index(request: Asked) -> HttpResponse:
    """What the roads told in the last months."""
    now = clock.now()
    first = next_month(today().replace(day=1), 1 - MONTHS)
    rows = records_of(day_start(first), now, now, points_seen(request.user))
    waiting = visible(SmokeCapture.objects.filter(state="waiting"), request.user)
    open_recalls = visible(Recall.objects.exclude(state="passed"), request.user)
    context = {
        "months": _months(rows), "stages": _stages(rows), "unreviewed": waiting.count(), "open": open_recalls.count(),
        "overdue": open_recalls.filter(deadline__lt=today()).count(), "points": _points(request, rows),
        **found_about(Finding.objects.filter(target_kind__in=(POINT, VEHICLE), check_key__regex="^(roadside|sensing)[.]"), request.user),
    }  # fmt: skip
    return render(request, "roadside_checks/index.html", context)


COUNTS = (
    pl.len().alias("n"),
    (pl.col("why") == FINE).sum().alias("valid"),
    (pl.col("over") != "").sum().alias("over"),
)


def _shares(rows: pl.DataFrame) -> list[dict[str, Any]]:
    share = pl.when(pl.col("valid") > 0).then(pl.col("over") / pl.col("valid"))
    good = pl.when(pl.col("n") > 0).then(pl.col("valid") / pl.col("n"))
    return rows.with_columns(share=share, good=good).to_dicts()


def _months(rows: pl.DataFrame) -> list[dict[str, Any]]:
    month = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m").alias("month")
    return _shares(rows.group_by(month).agg(*COUNTS).sort("month", descending=True))


def _stages(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """By emission stage of the city's list, of diesel vehicles; unknown ones stand as such."""
    found = _shares(rows.filter(pl.col("group") == "diesel").group_by("stage").agg(*COUNTS).sort("stage"))
    return [{**r, "title": TITLES.get(r["stage"], "")} for r in found]


def _points(request: Asked, rows: pl.DataFrame) -> list[dict[str, Any]]:
    told = {r["site"]: r for r in _shares(rows.group_by("site").agg(*COUNTS, newest=pl.col("start").max()))}
    there = visible(SensingPoint.objects.filter(there_on(today())).select_related("region"), request.user)
    return [{"point": p, **told.get(p.pk, {})} for p in there.order_by("code")]


def records(request: Asked) -> HttpResponse:
    """Records of a month."""
    first = month_asked(request.GET.get("month", ""))
    made = listing.records(
        request.user, request.GET.dict(), day_start(first), day_start(next_month(first)), clock.now()
    )
    context = {"month": first, "before": next_month(first, -1), "after": next_month(first)}
    return listed(request, made, "roadside_checks/records.html", context)


def _vehicle(request: Asked, key: str) -> tuple[str, str, Vehicle | None]:
    """Plate, colour, and the vehicle of the list. Raises Http404 for a colour that is none, and for a vehicle that the person may not see."""
    plate, colour = plate_and_colour(key)
    if not plate or (colour and colour not in COLOURS):
        raise Http404
    rows = Vehicle.objects.filter(plate=plate, colour=colour).select_related("region")
    found = visible(rows, request.user).first()
    if found is None and rows.exists():
        raise Http404
    return plate, colour, found


def vehicle(request: Asked, key: str) -> HttpResponse:
    """All that is known of a vehicle: records, smoke, terminal, findings, recalls."""
    plate, colour, found = _vehicle(request, key)
    now, by = clock.now(), request.user
    rows = records_of(now - YEAR, now, now, points_seen(by), plate).filter(pl.col("colour") == colour)
    smoke = visible(SmokeCapture.objects.filter(plate=plate, colour=colour), by)
    if found is None and rows.is_empty() and not smoke.exists():
        raise Http404
    own = minutes_of(now - timedelta(days=14), now, now, [found.vin]) if found and found.vin else None
    mine = visible(Recall.objects.filter(vehicle=found), by) if found else Recall.objects.none()
    context = {
        "plate": plate, "colour": colour, "key": key, "colour_word": COLOURS.get(colour, ""), "vehicle": found,
        "records": [_line(r) for r in rows.sort("start", descending=True).head(SHOWN).iter_rows(named=True)],
        "smoke": smoke[:SHOWN], "days": days(own).sort("day", descending=True).to_dicts() if own is not None else [],
        "recalls": [(r, listing.recall_word(r, today()), recalls.overdue(r, today())) for r in mine], "form": _form(request, found, mine),
        "may": found is not None and may(by, *JUDGES, region=found.region_id), "today": today(),
        **found_about(Finding.objects.filter(target_kind=VEHICLE, target=key), by),
    }  # fmt: skip
    return render(request, "roadside_checks/vehicle.html", context)


def _line(r: dict[str, Any]) -> dict[str, Any]:
    return {**r, "word": listing.judged_word(r), "bad": r["over"].split(" ")}


class RecallForm(forms.Form):
    """Until when a vehicle is to be tested again."""

    deadline = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))


class RetestForm(forms.Form):
    """What a re-test said."""

    result = forms.ChoiceField(choices=[("pass", "pass"), ("fail", "fail")])
    day = forms.DateField()
    test = forms.CharField(max_length=60, required=False)


def _form(request: Asked, found: Vehicle | None, mine: Any) -> RecallForm | None:
    """Only for who may, where none is open."""
    if found is None or not may(request.user, *JUDGES, region=found.region_id):
        return None
    if mine.exclude(state="passed").exists():
        return None
    form = RecallForm(initial={"deadline": recalls.usual_deadline(today()).isoformat()})
    form.fields["deadline"].label = _("期限")
    return form


def _grounds(request: Asked, found: Vehicle, now: datetime) -> list[str]:
    own: list[Offender] = [o for o in offenders(request.user, now, found.plate) if o.colour == found.colour]
    return [ground for o in own for ground in o.grounds]


@require_POST
def recall(request: Asked, key: str) -> HttpResponse:
    """Ask for a re-test."""
    _plate, _colour, found = _vehicle(request, key)
    if found is None:
        raise Http404

    def act() -> str:
        given = filled(RecallForm(request.POST))
        made = recalls.issue(
            found,
            request.user,
            given["deadline"],
            _grounds(request, found, clock.now()),
            simulated=found.simulated,
        )
        return _("已发出复检通知 %(number)s") % {"number": made.number}

    return acted(request, reverse("roadside_checks:vehicle", args=[key]), act)


def _recall(request: Asked, number: str) -> Recall:
    rows = visible(Recall.objects.select_related("vehicle__region"), request.user)
    return get_object_or_404(rows, number=number)


@require_POST
def retest(request: Asked, number: str) -> HttpResponse:
    """Enter the result of a re-test."""
    found = _recall(request, number)

    def act() -> str:
        given = filled(RetestForm(request.POST))
        done = recalls.retested(found, request.user, given["result"], given["day"], given["test"])
        return _("已登记，现在是“%(state)s”") % {"state": done.get_state_display()}

    return acted(request, listing.vehicle_url(found.vehicle.plate, found.vehicle.colour), act)


def notice(request: Asked, number: str) -> HttpResponse:
    """The notice as a Word paper."""
    return download(as_word(_recall(request, number)), f"{number}.docx", WORD)


def again(request: Asked) -> HttpResponse:
    """Who exceeds again, across the three sources."""
    made = listing.offenders(offenders(request.user, clock.now()), today())
    return listed(request, made, "roadside_checks/offenders.html", {})


def recall_list(request: Asked) -> HttpResponse:
    """All recalls."""
    return listed(request, listing.recalls(request.user, today()), "roadside_checks/recalls.html", {})


def smoke(request: Asked) -> HttpResponse:
    """Captures that wait for a person, the oldest first, and those that were reviewed of late."""
    rows = visible(SmokeCapture.objects.select_related("region", "reviewed_by"), request.user)
    waiting = rows.filter(state="waiting").order_by("at", "pk")
    context = {
        "unreviewed": [(c, may(request.user, *JUDGES, region=c.region_id)) for c in waiting[:SHOWN]], "count": waiting.count(),
        "done": rows.exclude(state="waiting").order_by("-reviewed_at")[:SHOWN],
    }  # fmt: skip
    return render(request, "roadside_checks/smoke.html", context)


@require_POST
def verdict(request: Asked, number: str) -> HttpResponse:
    """Confirm or reject one."""
    found = get_object_or_404(visible(SmokeCapture.objects.all(), request.user), number=number)

    def act() -> str:
        review(found, request.user, request.POST.get("verdict", ""))
        return _("%(number)s：%(state)s") % {"number": found.number, "state": found.get_state_display()}

    return acted(request, reverse("roadside_checks:smoke"), act)


def point(request: Asked, code: str) -> HttpResponse:
    """One point: its months, its newest records, what was found about it."""
    found = get_object_or_404(
        visible(SensingPoint.objects.select_related("region", "organisation"), request.user), pk=code
    )
    now = clock.now()
    rows = records_of(now - BACK, now, now, [code])
    context = {
        "point": found, "months": _months(rows), "records": [_line(r) for r in rows.sort("start", descending=True).head(SHOWN).iter_rows(named=True)],
        **found_about(Finding.objects.filter(target_kind=POINT, target=code), request.user),
    }  # fmt: skip
    return render(request, "roadside_checks/point.html", context)


urlpatterns = [
    path("", index, name="index"),
    path("records/", records, name="records"),
    path("again/", again, name="again"),
    path("recalls/", recall_list, name="recalls"),
    path("recalls/<str:number>.docx", notice, name="notice"),
    path("recalls/<str:number>/retest/", retest, name="retest"),
    path("smoke/", smoke, name="smoke"),
    path("smoke/<str:number>/", verdict, name="verdict"),
    path("points/<str:code>/", point, name="point"),
    path("vehicles/<str:key>/", vehicle, name="vehicle"),
    path("vehicles/<str:key>/recall/", recall, name="recall"),
]
