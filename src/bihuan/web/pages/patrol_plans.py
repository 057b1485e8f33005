"""巡查计划: the plans, a new one, one with what is due of it."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import day_of, whole_of
from bihuan.cases.errors import IllegalMove
from bihuan.domain.timeaxis import CST
from bihuan.errors import NotAllowed
from bihuan.kit.listing.shown import listed
from bihuan.kit.patrol.planning import Wanted, due_of, end_plan, make_plan, may_plan, plan_for
from bihuan.registry.access import Asked, scope_of, visible
from bihuan.registry.models import Person, Post, Region
from bihuan.registry.roles import FINDERS, OFFICE
from bihuan.scenarios.resolved import every_patrolled
from bihuan.web import drafts
from bihuan.web.patrol import listing

NEW = "patrols/plans/new"


def index(request: Asked) -> HttpResponse:
    """All plans that the person may see."""
    return listed(
        request,
        listing.plans(request.user),
        "web/patrol_plans.html",
        {"plans": scope_of(request.user).has(*OFFICE)},
    )


def _regions(person: Person) -> list[Region]:
    return [region for region in visible(Region.objects.order_by("code"), person) if may_plan(person, region)]


def new(request: Asked) -> HttpResponse:
    """A plan to be set; a refused form comes back as it was typed."""
    regions = _regions(request.user)
    if not regions:
        raise NotAllowed(_("巡查计划由当地的调度岗或负责人制定。"))
    if request.method == "POST":
        try:
            made = make_plan(request.user, _wanted(request, regions), every_patrolled())
        except IllegalMove as error:
            drafts.refused(request, NEW, error)
            return redirect("patrol_plan_new")
        drafts.drop(request, NEW)
        messages.success(request, _("已制定。"))
        return redirect("patrol_plan", made.pk)
    context = {
        "regions": regions,
        "objects": [(o.key, o.title) for o in every_patrolled().values()],
        "people": _people(regions),
        "draft": drafts.load(request, NEW),
        "today": clock.now().astimezone(CST).date(),
    }
    return render(request, "web/patrol_plan_new.html", context)


def _people(regions: list[Region]) -> list[Person]:
    """Who holds a post that patrols in one of these regions."""
    posts = Post.objects.in_force().filter(role__in=FINDERS, region__in=regions)
    return list(Person.objects.filter(posts__in=posts).distinct().order_by("full_name", "username"))


def _wanted(request: Asked, regions: list[Region]) -> Wanted:
    posted = request.POST
    region = next((r for r in regions if r.code == posted.get("region")), None)
    if region is None:
        raise IllegalMove(_("请选择区划"), "region")
    person = Person.objects.filter(pk=whole_of(posted.get("person", "")) or 0).first()
    codes = tuple(filter(None, posted.get("codes", "").replace("，", ",").replace(" ", ",").split(",")))
    since = _day(posted, "since")
    if since is None:
        raise IllegalMove(_("请填写开始日"), "since")
    days = whole_of(posted.get("every_days", "")) or 0
    return Wanted(
        posted.get("title", ""),
        posted.get("objects_of", ""),
        region,
        days,
        since,
        _day(posted, "until"),
        codes,
        person,
    )


def _day(posted: QueryDict, name: str) -> date | None:
    text = posted.get(name, "")
    try:
        return day_of(text) if text else None
    except ValueError as error:
        raise IllegalMove(_("日期写成 2019-02-25 的样子"), name) from error


def detail(request: Asked, pk: int) -> HttpResponse:
    """One plan: what it asks, what of it is due."""
    plan = plan_for(request.user, pk)
    due = due_of(plan, request.user, every_patrolled())
    context = {
        "plan": plan,
        "objects": listing.objects_title(plan.objects_of),
        "due": [(d, round(d.seen * 100)) for d in due],
        "late": sum(d.overdue_days is not None for d in due),
        "may_end": may_plan(request.user, plan.region) and not hasattr(plan, "ended"),
    }
    return render(request, "web/patrol_plan.html", context)


@require_POST
def end(request: Asked, pk: int) -> HttpResponse:
    """End a plan."""
    plan = plan_for(request.user, pk)
    try:
        end_plan(request.user, plan, request.POST.get("reason", ""))
    except IllegalMove as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已结束。"))
    return redirect("patrol_plan", pk)
