"""What is registered of an outlet, with the doors into its registers, and its quality checks."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.forms import acted
from bihuan.kit.listing.declared import Listing, whole
from bihuan.kit.listing.shown import Shown
from bihuan.registry.access import Asked, may
from bihuan.registry.roles import REGISTRARS
from bihuan.scenarios.plant_emissions import marking
from bihuan.scenarios.plant_emissions.items import UNITS
from bihuan.scenarios.plant_emissions.marking import may_mark
from bihuan.scenarios.plant_emissions.media import medium_of
from bihuan.scenarios.plant_emissions.models import Outlet, QualityCheck
from bihuan.scenarios.plant_emissions.outlet_pages import outlet_for
from bihuan.scenarios.plant_emissions.quality_form import QualityForm


def of_outlet(request: Asked, code: str) -> HttpResponse:
    """What is registered of an outlet; who may, enters a quality check."""
    outlet = outlet_for(request.user, code)
    registrar = may(request.user, *REGISTRARS, region=outlet.emitter.region_id)
    may_check = may_mark(request.user, outlet)
    if not (registrar or may_check):
        raise PermissionDenied(_("登记由负责人或系统管理员维护，质控记录由企业联系人或调度岗填写"))
    sent = request.method == "POST"
    if sent and not may_check:
        raise PermissionDenied(_("您的岗位不能修改这一项"))
    form = QualityForm(request.POST if sent else None, outlet, request.user) if may_check else None
    if form is not None and form.is_valid():
        form.keep(request.user)
        messages.success(request, _("已保存：%(what)s") % {"what": _("质控记录")})
        return redirect("plant_emissions:register", code)
    now = clock.now()
    checks = outlet.quality_checks.filter(entered_at__lte=now).select_related("who", "withdrawn_by")
    context = {
        "outlet": outlet,
        "doors": list(_doors(outlet)) if registrar else [],
        "form": form,
        "now": now,
        "today": now.astimezone(CST).date(),
        "list": Shown(_quality(checks), request.GET),
        "medium": medium_of(outlet),
        "units": UNITS,
    }
    return render(request, "plant_emissions/register.html", context)


def _quality(checks: QuerySet[QualityCheck]) -> Listing[QualityCheck]:
    empty = _("没有质控记录。")
    return Listing("quality", _("质控记录"), whole(checks.filter, empty), row="plant_emissions/_quality.html")


def _doors(outlet: Outlet) -> Iterator[tuple[str, str]]:
    """(text, address) of the forms with which the registers of an outlet are filled."""
    yield _("修改排放口"), reverse("register_edit", args=["outlets", outlet.pk])
    here, plant = {"outlet": outlet.pk}, {"emitter": outlet.emitter_id}
    for text, kind, known in (
        (_("登记数采仪"), "loggers", plant),
        (_("连接数采仪"), "channels", here),
        (_("登记限值"), "limits", here),
        (_("登记量程"), "spans", here),
        (_("登记排污许可证"), "permits", plant),
    ):
        yield text, f"{reverse('register_new', args=[kind])}?{urlencode(known)}"


@require_POST
def withdraw_quality(request: Asked, code: str, pk: int) -> HttpResponse:
    """Withdraw a quality check that was entered by mistake."""
    outlet = outlet_for(request.user, code)
    made = get_object_or_404(outlet.quality_checks.filter(entered_at__lte=clock.now()), pk=pk)

    def act() -> str:
        marking.withdraw_quality(made, request.user, request.POST.get("reason", ""))
        return _("已撤销：%(what)s") % {"what": made}

    return acted(request, reverse("plant_emissions:register", args=[code]), act)
