"""What the office sees of patrols: coverage, the league table, signs to be looked into, the rules."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import day_of
from bihuan.cases.errors import IllegalMove
from bihuan.domain.patrol.rules import rows_on
from bihuan.domain.timeaxis import CST
from bihuan.errors import NotAllowed
from bihuan.kit.listing.shown import listed
from bihuan.kit.patrol import rules as rulebook
from bihuan.kit.patrol.covering import coverage_of
from bihuan.kit.patrol.models import RulesVersion, SignVerdict
from bihuan.kit.patrol.ranking import league
from bihuan.kit.patrol.supervising import INNOCENT, TITLES, settle, sign_for
from bihuan.registry.access import Asked, may, scope_of
from bihuan.registry.roles import OFFICE, SUPERVISORS
from bihuan.scenarios.resolved import every_patrolled
from bihuan.web import drafts
from bihuan.web.patrol import listing
from bihuan.web.patrol.layers import DAYS, days_of
from bihuan.web.patrol.words import evidence_words

RULES = "patrols/rules"
SHOWN_VERSIONS = 30


def coverage(request: Asked) -> HttpResponse:
    """Of one kind of things: how much of each was seen in the last days, and on the map what nobody visited."""
    offered = every_patrolled()
    objects = offered.get(request.GET.get("objects", "")) or next(iter(offered.values()), None)
    if objects is None:
        return render(request, "web/patrol_coverage.html")
    days = days_of(request.GET)
    found = coverage_of(objects, request.user, days)
    context = {
        "objects": objects,
        "offered": offered.values(),
        "days": days,
        "spans": DAYS,
        "old": found.old.height,
        "cells": found.cells,
        "about": f"objects={objects.key}&days={days}",
    }
    return listed(request, listing.coverage(objects, found), "web/patrol_coverage.html", context)


def ranking(request: Asked) -> HttpResponse:
    """The league table of the last days."""
    days = days_of(request.GET)
    since = clock.now().astimezone(CST).date() - timedelta(days=days - 1)
    rows = league(request.user, every_patrolled().values(), since)
    return listed(request, listing.league(rows), "web/patrol_league.html", {"days": days, "spans": DAYS})


def _demand_supervisor(request: Asked) -> None:
    """Raises NotAllowed for who holds no supervising post."""
    if not scope_of(request.user).has(*SUPERVISORS):
        raise NotAllowed(_("巡查疑点由调度岗、负责人和审计查看。"))


def signs(request: Asked) -> HttpResponse:
    """The signs that wait to be looked into."""
    _demand_supervisor(request)
    return listed(request, listing.signs(request.user))


def sign(request: Asked, pk: int) -> HttpResponse:
    """One sign: what showed it, what may be innocent behind it, what was made of it; POST settles it."""
    _demand_supervisor(request)
    found = sign_for(request.user, pk)
    if request.method == "POST":
        try:
            settle(request.user, found, request.POST.get("verdict", ""), request.POST.get("reason", ""))
        except IllegalMove as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已记录核实结果。"))
        return redirect("patrol_sign", pk)
    context = {
        "sign": found,
        "title": _(TITLES[found.kind]),
        "innocent": _(INNOCENT[found.kind]),
        "evidence": evidence_words(found),
        "verdicts": found.verdicts.select_related("by"),
        "choices": SignVerdict.Verdict.choices,
        "may_settle": may(request.user, *OFFICE, region=found.patrol.region_id),
        "about": f"patrol={found.patrol.key}",
    }
    return render(request, "web/patrol_sign.html", context)


def rules(request: Asked) -> HttpResponse:
    """The numbers by which patrols are judged, with their sources; POST sets them from a day on."""
    today = clock.now().astimezone(CST).date()
    if request.method == "POST":
        return _set_rules(request)
    own = rulebook.own_on(today)
    context = {
        "rows": [(name, row, own.get(name)) for name, row in rows_on(today).items()],
        "today": today,
        "versions": RulesVersion.objects.select_related("by")[:SHOWN_VERSIONS],
        "may_set": rulebook.may_set(request.user),
        "draft": drafts.load(request, RULES),
    }
    return render(request, "web/patrol_rules.html", context)


def _set_rules(request: Asked) -> HttpResponse:
    try:
        try:
            since = day_of(request.POST.get("since", ""))
        except ValueError as error:
            raise IllegalMove(_("日期写成 2019-02-25 的样子"), "since") from error
        rulebook.set_rules(request.user, request.POST.dict(), since, request.POST.get("reason", ""))
    except IllegalMove as error:
        drafts.refused(request, RULES, error)
        return redirect("patrol_rules")
    drafts.drop(request, RULES)
    messages.success(request, _("已设定，自生效日起的巡查按此重新判定。"))
    return redirect("patrol_rules")
