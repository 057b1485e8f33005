"""The pages of the register: a new outlet, and what is registered of one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.forms import acted
from bihuan.registry.access import Asked, may, scope_of
from bihuan.registry.roles import REGISTRARS
from bihuan.scenarios.plant_emissions import marking
from bihuan.scenarios.plant_emissions.items import UNITS
from bihuan.scenarios.plant_emissions.marking import may_mark
from bihuan.scenarios.plant_emissions.media import medium_of
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.outlet_pages import outlet_for
from bihuan.scenarios.plant_emissions.quality_form import QualityForm
from bihuan.scenarios.plant_emissions.registering import FORMS, OutletForm


def new(request: Asked) -> HttpResponse:
    """Register an outlet."""
    if not scope_of(request.user).has(*REGISTRARS):
        raise PermissionDenied(_("排放口由负责人或系统管理员登记"))
    form = OutletForm(request.POST or None, request.user)
    if request.method == "POST" and form.is_valid():
        made = form.keep(request.user)
        messages.success(request, _("已登记排放口 %(name)s，请接着登记数采仪和限值") % {"name": made})
        return redirect("plant_emissions:register", made.pk)
    return render(request, "plant_emissions/register_new.html", {"form": form})


def edit(request: Asked, code: str) -> HttpResponse:
    """What is registered of an outlet; each part is a form of its own."""
    outlet = outlet_for(request.user, code)
    may_write = may(request.user, *REGISTRARS, region=outlet.emitter.region_id)
    may_check = may_mark(request.user, outlet)
    if not (may_write or may_check):
        raise PermissionDenied(_("登记由负责人或系统管理员维护，质控记录由企业联系人或调度岗填写"))
    sent = request.POST.get("form", "")
    forms = _forms(request, outlet, sent, may=may_write, may_check=may_check)
    if request.method == "POST":
        chosen = forms.get(sent)
        if chosen is None:
            raise PermissionDenied(_("您的岗位不能修改这一项"))
        if chosen["form"].is_valid():
            chosen["form"].keep(request.user)
            messages.success(request, _("已保存：%(what)s") % {"what": chosen["title"]})
            return redirect("plant_emissions:register", code)
    context = {
        "outlet": outlet,
        "forms": forms.values(),
        "now": clock.now(),
        "today": clock.now().astimezone(CST).date(),
        "checks": outlet.quality_checks.filter(entered_at__lte=clock.now()).select_related(
            "who", "withdrawn_by"
        )[:50],
        "may_check": may_check,
        "medium": medium_of(outlet),
        "units": UNITS,
    }
    return render(request, "plant_emissions/register.html", context)


@require_POST
def withdraw_quality(request: Asked, code: str, pk: int) -> HttpResponse:
    """Withdraw a quality check that was entered by mistake."""
    outlet = outlet_for(request.user, code)
    made = get_object_or_404(outlet.quality_checks.filter(entered_at__lte=clock.now()), pk=pk)

    def act() -> str:
        marking.withdraw_quality(made, request.user, request.POST.get("reason", "")[:400])
        return _("已撤销：%(what)s") % {"what": made}

    return acted(request, reverse("plant_emissions:register", args=[code]), act)


def _forms(
    request: Asked, outlet: Outlet, sent: str, *, may: bool, may_check: bool
) -> dict[str, dict[str, Any]]:
    """The forms that the person may use, the sent one filled."""

    def data(key: str) -> QueryDict | None:
        return request.POST if sent == key else None

    found: list[tuple[str, str, Any]] = []
    if may:
        found.append(("outlet", _("排放口"), OutletForm(data("outlet"), request.user, outlet)))
        found += [(key, _(title), kind(data(key), outlet)) for key, (title, kind) in FORMS.items()]
    if may_check:
        found.append(("quality", _("质控记录"), QualityForm(data("quality"), outlet, request.user)))
    return {key: {"key": key, "title": title, "form": form} for key, title, form in found}
