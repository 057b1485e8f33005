"""非道路移动机械: the list, one machine, what checks saw."""

from datetime import timedelta
from functools import partial

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.nonroad.stages import least_of
from bihuan.english import Written
from bihuan.kit.forms import worded
from bihuan.kit.found import found_about
from bihuan.kit.inspection.models import Answer
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, whole, words_in
from bihuan.kit.listing.shown import listed
from bihuan.kit.spans import today
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Person, Region
from bihuan.registry.subjects import there_on
from bihuan.scenarios.nonroad_machines.inspections import FORM
from bihuan.scenarios.nonroad_machines.models import NonroadMachine, Stage
from bihuan.scenarios.nonroad_machines.registers import TARGET
from bihuan.scenarios.nonroad_machines.sightings import Sighting, sightings

BACK = timedelta(days=366)
"""How far back checks are shown."""


def _counties(person: Person) -> list[tuple[str, str]]:
    own = visible(NonroadMachine.objects.order_by(), person).values("region")
    return list(Region.objects.filter(pk__in=own).order_by("code").values_list("code", "name"))


def _stage(m: NonroadMachine) -> str:
    """Of an electric machine its fuel; where no stage is registered the least by its date, marked 推断."""
    if m.stage or m.clean_energy:
        return m.get_stage_display() or m.get_fuel_display()
    return _("%(stage)s及以上（推断）") % {"stage": Stage(least_of(m.made)).label} if m.made else ""


def _name(m: NonroadMachine) -> Cell:
    return Cell(
        Written(m.name),
        reverse("nonroad_machines:machine", args=[m.pk]),
        tags=[(_("模拟"), "sim")] if m.simulated else [],
    )


def index(request: Asked) -> HttpResponse:
    """All machines in use that the person may see."""
    rows = visible(
        NonroadMachine.objects.filter(there_on(today())).select_related("region", "organisation"),
        request.user,
    )
    columns: tuple[Column[NonroadMachine], ...] = (
        Column(_("机械"), lambda m: Written(m.name), _name, order="name"),
        Column(_("编码"), lambda m: m.pk, page=False),
        Column(_("环保登记号码"), lambda m: Written(m.label), order="label"),
        Column(_("机械类型"), lambda m: _(m.get_kind_display())),
        Column(_("区划"), lambda m: Written(m.region.name), order="region_id", key="region"),
        Column(_("所有人"), lambda m: Written(str(m.organisation or ""))),
        Column(_("燃料"), lambda m: _(m.get_fuel_display())),
        Column(_("排放阶段"), _stage),
        Column(_("出厂日期"), lambda m: m.made.isoformat() if m.made else "", order="made"),
        Column(_("发动机功率"), lambda m: m.power, unit="kW", number=True, order="power"),
        Column(_("发动机号"), lambda m: Written(m.engine_number), page=False),
        Column(_("使用地点"), lambda m: Written(m.place)),
        Column(_("模拟"), lambda m: _("模拟") if m.simulated else "", page=False),
    )
    filters = (
        Filter("region", _("区划"), partial(_counties, request.user), lambda code: Q(region=code)),
        Filter("kind", _("机械类型"), worded(NonroadMachine.Kind.choices), lambda kind: Q(kind=kind)),
        Filter("stage", _("排放阶段"), worded(Stage.choices), lambda stage: Q(stage=stage)),
        Filter("fuel", _("燃料"), worded(NonroadMachine.Fuel.choices), lambda fuel: Q(fuel=fuel)),
    )
    listing: Listing[NonroadMachine] = Listing(
        "nonroad_machines", _("非道路移动机械"), whole(rows.filter, _("还没有登记机械。")), columns, filters=filters,
        search=words_in("code", "name", "label", "engine_number", "pin"), place=_("号码、名称、发动机号"), order=("region_id", "code"), unit=_("台机械"),
        unmatched=_("没有符合筛选条件的机械，可清除筛选。"),
    )  # fmt: skip
    return listed(request, listing, "nonroad_machines/index.html", {"form": FORM.key})


def _seen(person: Person) -> list[Sighting]:
    """What checks of the last year saw and the person may see, the newest first."""
    now = clock.now()
    own = set(visible(Answer.objects.filter(form__form=FORM.key), person).values_list("pk", flat=True))
    mine = set(visible(NonroadMachine.objects.all(), person).values_list("pk", flat=True))
    found = [
        s
        for s in sightings(now - BACK, now)
        if s.answer.pk in own or (s.machine is not None and s.machine.pk in mine)
    ]
    return found[::-1]


def checks(request: Asked) -> HttpResponse:
    """What checks saw, with what is wrong."""
    rows = _seen(request.user)
    return render(
        request, "nonroad_machines/checks.html", {"rows": rows[:200], "count": len(rows), "form": FORM.key}
    )


def machine(request: Asked, code: str) -> HttpResponse:
    """One machine: its nameplate, the hint of its date, checks, findings and cases."""
    found = get_object_or_404(
        visible(NonroadMachine.objects.select_related("region", "organisation"), request.user), pk=code
    )
    rows = [s for s in _seen(request.user) if s.machine is not None and s.machine.pk == code]
    hint = Stage(least_of(found.made)).label if found.made and not found.clean_energy else ""
    context = {
        "machine": found, "hint": hint, "rows": rows, "form": FORM.key,
        **found_about(Finding.objects.filter(target_kind=TARGET, target=code), request.user),
    }  # fmt: skip
    return render(request, "nonroad_machines/machine.html", context)


urlpatterns = [
    path("", index, name="index"),
    path("checks/", checks, name="checks"),
    path("at/<str:code>/", machine, name="machine"),
]
