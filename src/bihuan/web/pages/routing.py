"""Routing (交办规则): the rules, where a problem would go and why; one rule, set, tried on the last 30 days and taken back."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases import duplicates, route_settings
from bihuan.cases.models import Case, Level
from bihuan.cases.route_settings import ALIKE
from bihuan.cases.routes import Moved, router, tried
from bihuan.cases.routing import Responsible, RouteRule, To
from bihuan.cases.rule_versions import LENGTHS
from bihuan.cases.transitions import Need
from bihuan.errors import NotAllowed
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Organisation, Region
from bihuan.web import drafts, route_forms, rule_changes, term_forms
from bihuan.web.rule_changes import NEW, SHOWN_VERSIONS

SHOWN_MOVED = 100


def index(request: Asked) -> HttpResponse:
    """All rules, the most specific first; where what the address describes would go; what counts as alike."""
    ways, words = router(clock.now()), route_forms.Words()
    ordered = sorted(ways.rules, key=lambda r: (r.enabled, *r.rank), reverse=True)
    context = {
        "rules": [(rule, words.conditions(rule), words.result(rule)) for rule in ordered],
        "tryout": route_forms.tryout(request.GET, request.user, ways),
        "asked": request.GET,
        "alike": route_settings.alike(),
        "alike_key": ALIKE,
        "alike_source": duplicates.OURS,
        "alike_versions": route_settings.versions(ALIKE)[:SHOWN_VERSIONS],
        "draft": drafts.load(request, ALIKE),
        **_choices(request),
    }
    return render(request, "web/routing.html", context)


def _choices(request: Asked) -> dict[str, object]:
    return {
        "levels": Level.choices,
        "sources": Case.Source.choices,
        "kinds": term_forms.kind_choices(),
        "checks": term_forms.check_choices(),
        "regions": visible(Region.objects.order_by("code"), request.user),
        "may_set": route_settings.may_set(request.user),
        "lengths": {**LENGTHS, "post": Need.LIABLE.limit},
    }


def page(request: Asked, key: str) -> HttpResponse:
    """One rule as its form, with its versions; as it was typed where it was refused or is tried, with what would go elsewhere."""
    draft, words = drafts.load(request, _form(key)), route_forms.Words()
    rule = _known(key)
    context = {
        "change": reverse("route_change", args=[key, "set"]).removesuffix("set"),
        "rule": rule,
        "draft": draft,
        "values": draft.values or (route_forms.values_of(rule) if rule else {"enabled": "on"}),
        "effects": _effects(request, key, draft, words),
        "versions": [
            (v, f"{words.conditions(was)} → {words.result(was)}", was.enabled)
            for v in route_settings.versions(key)[:SHOWN_VERSIONS]
            for was in (route_settings.read(key, v.content),)
        ],
        "tos": To.choices,
        "knowns": Responsible.choices,
        "units": visible(Organisation.objects.exclude(kind="centre"), request.user),
        **_choices(request),
    }
    return render(request, "web/route.html", context)


def _effects(
    request: Asked, key: str, draft: drafts.Draft, words: route_forms.Words
) -> dict[str, object] | None:
    """What the rule that was typed would change of the last 30 days; nothing of one that was refused."""
    if not draft.values or draft.why:
        return None
    rule = route_settings.fitting(route_forms.rule_of(draft.values, key))
    looked, moved = tried(rule, request.user, router(clock.now()))

    def line(m: Moved) -> tuple[Case, str, str]:
        return m.case, words.unit(m.now.unit), words.unit(m.then.unit)

    return {"looked": looked, "n": len(moved), "moved": [line(m) for m in moved[:SHOWN_MOVED]]}


def _known(key: str) -> RouteRule | None:
    """The rule of a key; None for a new one. Raises Http404."""
    found = next((rule for rule in route_settings.rules() if rule.key == key), None)
    if found is None and key != NEW:
        raise Http404
    return found


def _form(key: str) -> str:
    return f"routing/{key}"


@require_POST
def change(request: Asked, key: str, action: str) -> HttpResponse:
    """Set a rule or what counts as alike, try a rule, undo. A refused form comes back as it was typed."""
    if not route_settings.may_set(request.user):
        raise NotAllowed(_("交办规则由全市的调度岗或负责人设定。"))
    if key != ALIKE:
        _known(key)
    form, back = (key, reverse("routing")) if key == ALIKE else (_form(key), reverse("route", args=[key]))
    return rule_changes.answer(
        request, form, back, action, partial(_act, request, key, action), home="routing",
        said=_("已记录，此后的交办按此建议；已交办的不变。"),
    )  # fmt: skip


def _act(request: Asked, key: str, action: str) -> None:
    by, posted, reason = request.user, request.POST, request.POST.get("reason", "")
    if action == "try" and key != ALIKE:
        route_settings.fitting(route_forms.rule_of(posted, key))
    elif action == "undo":
        route_settings.undo(by, key, reason)
    elif action != "set":
        raise Http404
    elif key == ALIKE:
        route_settings.change_alike(by, route_forms.alike_of(posted), reason)
    else:
        route_settings.change(by, route_forms.rule_of(posted, rule_changes.fresh(key)), reason)
