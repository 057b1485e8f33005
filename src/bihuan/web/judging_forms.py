"""What the forms of verdicts and hand-overs need, and what they say, whether about a finding or an incident."""

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import whole_of
from bihuan.cases import deadlines, judging, route_settings
from bihuan.cases.duplicates import Near, seen_of
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.cases.routes import propose, router
from bihuan.cases.term_settings import rulebook
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Organisation, Person
from bihuan.web import drafts
from bihuan.web.fields import chosen

WAITING = ("new", "confirmed")
"""Findings that can still be handed over."""
MOST_NEAR = 8


def context(request: Asked) -> dict[str, object]:
    """What the forms need, whichever finding or incident they are about."""
    return {
        "may_judge": judging.may_judge(request.user),
        "units": units_of(request).filter(kind__in=("county", "department")),
        "terms": rulebook().offered(),
        "reasons": judging.REASONS,
        "silences": [(int(s / timedelta(hours=1)), deadlines.span_text(s)) for s in judging.SILENCES],
        "reason_length": judging.REASON_LENGTH,
        "drafts": drafts.all_of(request),
    }


def address(name: str, *args: int) -> str:
    """Where a form of verdicts leads to, but for the verdict at its end."""
    return reverse(name, args=[*args, "hand"]).removesuffix("hand")


def recipient(request: Asked, finding: Finding, level: str = "") -> tuple[Organisation, str]:
    """The unit chosen, else the one that the rules propose; and who answers for it there, where the rules say so.

    level: the worst of what is handed over with the finding. Raises IllegalMove where there is neither.
    """
    (proposal,) = propose([router(clock.now()).of_finding(finding, level)], request.user)
    unit = chosen(request.POST, "organisation", "承办单位", units_of(request)) or proposal.unit
    if unit is None:
        raise IllegalMove(_("请选择承办单位"), "organisation")
    return unit, proposal.post if unit == proposal.unit else ""


def units_of(request: Asked) -> QuerySet[Organisation]:
    """The units to which the person may hand something over."""
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


def near_to(found: list[Near[Case]], person: Person) -> dict[str, object]:
    """What a page shows of open cases that may be the same."""
    return {"near": seen_of(found, person)[:MOST_NEAR], "alike": route_settings.alike()}
