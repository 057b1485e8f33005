"""What the forms of verdicts and hand-overs need, and what they say, whether about a finding or an incident."""

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.asked import whole_of
from bihuan.cases import deadlines, judging
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.cases.term_settings import rulebook
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Organisation
from bihuan.web import drafts
from bihuan.web.fields import chosen


def context(request: Asked) -> dict[str, object]:
    """What the forms need, whichever finding or incident they are about."""
    return {
        "may_judge": judging.may_judge(request.user),
        "units": _units(request).filter(kind__in=("county", "department")),
        "terms": rulebook().offered(),
        "reasons": judging.REASONS,
        "silences": [(int(s / timedelta(hours=1)), deadlines.span_text(s)) for s in judging.SILENCES],
        "reason_length": judging.REASON_LENGTH,
        "drafts": drafts.all_of(request),
    }


def address(name: str, *args: int) -> str:
    """Where a form of verdicts leads to, but for the verdict at its end."""
    return reverse(name, args=[*args, "hand"]).removesuffix("hand")


def unit(request: Asked, finding: Finding, *, by_county: bool = False) -> Organisation:
    """The unit chosen, else the one that the finding is about, or (`by_county`) its county's. Raises IllegalMove."""
    units = _units(request)
    found = chosen(request.POST, "organisation", "承办单位", units) or finding.organisation
    if found is None and by_county:
        found = units.filter(kind="county", region=finding.region).first()
    if found is None:
        raise IllegalMove(_("请选择承办单位"), "organisation")
    return found


def _units(request: Asked) -> QuerySet[Organisation]:
    return visible(Organisation.objects.exclude(kind="centre"), request.user)


def reason(request: HttpRequest) -> str:
    """The reason chosen from the list, and what was typed beside it."""
    usual = request.POST.get("usual_reason", "")
    typed = request.POST.get("reason", "").strip()
    return _("：").join(filter(None, (usual if usual in judging.REASONS else "", typed)))


def span(request: HttpRequest) -> timedelta:
    """How long to be silent; 24 hours when the form does not say. Raises IllegalMove."""
    text = request.POST.get("hours", "") or "24"
    hours = whole_of(text)
    if hours is None or timedelta(hours=min(hours, 10_000)) not in judging.SILENCES:
        offered = _("、").join(deadlines.span_text(s) for s in judging.SILENCES)
        raise IllegalMove(_("静默时长请在 %(spans)s 中选择") % {"spans": offered}, "hours")
    return timedelta(hours=hours)
