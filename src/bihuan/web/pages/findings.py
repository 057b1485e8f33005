"""Findings: grouped by target, newest first; confirm, reject, silence, hand over. And the catalogue of checks."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import way_back
from bihuan.cases import actions, findings
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.cases.targets import KINDS
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Organisation
from bihuan.scenarios.catalogue import every_check
from bihuan.web.tables import answer_table

PER_PAGE = 60
TABS = (
    ("new", "新发现"),
    ("confirmed", "已确认"),
    ("silenced", "已静默"),
    ("rejected", "已否定"),
    ("handed", "已交办"),
)


def index(request: Asked) -> HttpResponse:
    """The list by state, grouped by target."""
    tab = request.GET.get("tab", "new")
    rows = visible(Finding.objects.select_related("region", "organisation"), request.user).filter(status=tab)
    if "as" in request.GET:
        return answer_table(request.GET["as"], "findings", _table(rows))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    groups: dict[str, list[Finding]] = {}
    for row in page:
        groups.setdefault(row.target_name, []).append(row)
    context = {"tab": tab, "tabs": TABS, "page": page, "groups": groups, "units": units_for(request)}
    return render(request, "web/findings.html", context)


def units_for(request: Asked) -> list[Organisation]:
    """Units that a case can be handed to."""
    return list(visible(Organisation.objects.filter(kind__in=("county", "department")), request.user))


def _table(rows: Any) -> list[dict[str, Any]]:
    return [
        {
            "对象": f.target_name, "发现": f.title, "规则": f.check_key, "区划": f.region.name, "开始": f.started_at,
            "至": f.until, "大小": f.magnitude, "单位": f.unit, "级别": f.get_severity_display(),
            "状态": f.get_status_display(), "理由": f.reason, "依据": f.basis,
        }
        for f in rows[:10_000]
    ]  # fmt: skip


def detail(request: Asked, pk: int) -> HttpResponse:
    """One finding with its frozen evidence."""
    found = findings.finding_for(request.user, pk)
    kind = KINDS.get(found.target_kind)
    opens = reverse(kind.page, args=[found.target]) if kind and kind.page else ""
    context = {"finding": found, "cases": found.cases.all(), "units": units_for(request), "opens": opens}
    return render(request, "web/finding.html", context)


@require_POST
def judge(request: Asked, pk: int, verdict: str) -> HttpResponse:
    """Confirm, reject (reason), silence (24 h), or hand over to a unit."""
    found = findings.finding_for(request.user, pk)
    reason = request.POST.get("reason", "")
    try:
        if verdict == "hand":
            return _hand(request, found)
        if verdict == "confirm":
            findings.confirm(found, request.user, reason)
        elif verdict == "reject":
            findings.reject(found, request.user, reason)
        else:
            findings.silence(found, request.user, clock.now() + timedelta(hours=24), reason)
        messages.success(request, _("已记录：%(what)s") % {"what": _(found.get_status_display())})
    except IllegalMove as error:
        messages.error(request, str(error))
    return way_back(request, "findings")


def _hand(request: Asked, found: Finding) -> HttpResponse:
    units = visible(Organisation.objects.all(), request.user)
    unit = get_object_or_404(units, pk=request.POST.get("organisation") or found.organisation_id)
    case = actions.hand_over([found], request.user, unit, note=request.POST.get("reason", ""))
    messages.success(request, _("已交办 %(unit)s：%(number)s") % {"unit": unit, "number": case.number})
    return redirect("case", case.number)


def catalogue(request: Asked) -> HttpResponse:
    """Every check with basis, parameters, findings of 30 days, and how many people confirmed."""
    since = clock.now() - timedelta(days=30)
    S = Finding.Status
    counts = {
        row["check_key"]: row
        for row in visible(Finding.objects.filter(started_at__gte=since), request.user)
        .order_by()
        .values("check_key")
        .annotate(
            n=Count("id"),
            right=Count("id", filter=Q(status__in=(S.CONFIRMED, S.HANDED))),
            wrong=Count("id", filter=Q(status=S.REJECTED)),
        )
    }
    rows = [(entry, counts.get(entry.check.key, {"n": 0, "right": 0, "wrong": 0})) for entry in every_check()]
    return render(request, "web/checks.html", {"rows": rows})
