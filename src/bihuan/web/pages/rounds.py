"""检查轮次: the rounds, setting one, one of them with its results, what is mine to inspect, and the papers."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.cases import reporting
from bihuan.cases.before_after import pairs_of
from bihuan.cases.errors import IllegalMove
from bihuan.errors import NotAllowed
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.kit.forms import acted
from bihuan.kit.inspection.models import Round, RoundTask
from bihuan.kit.inspection.rounds import planning, report
from bihuan.kit.inspection.rounds.comparing import compared_with_last
from bihuan.kit.inspection.rounds.export import sheets
from bihuan.kit.inspection.rounds.progress import by_person, counted, mine, standings
from bihuan.kit.inspection.rounds.troubles import OPEN, Trouble, hand_over_all, troubles
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import Asked, may, scope_of
from bihuan.registry.models import Person
from bihuan.registry.roles import FINDERS, OFFICE
from bihuan.scenarios.resolved import every_form
from bihuan.web.fields import chosen
from bihuan.web.inspection.round_form import NewRound
from bihuan.web.inspection.round_list import listing_of
from bihuan.web.pages.forms import form_of


def index(request: Asked) -> HttpResponse:
    """The rounds that the person sees."""
    plans = scope_of(request.user).has(*OFFICE)
    return listed(request, listing_of(request.user), "web/rounds.html", {"plans": plans})


def new(request: Asked) -> HttpResponse:
    """Setting a round: first the form and the region, then the rest; a refusal comes back as it was typed."""
    regions = [r for r in reporting.regions(request.user) if planning.may_plan(request.user, r)]
    if not regions:
        raise NotAllowed(_("检查轮次由当地的调度岗或负责人制定。"))
    key, where = request.GET.get("form", ""), request.GET.get("region", "")
    if not (key and where):
        context = {"forms": every_form().values(), "regions": regions, "form": key}
        return render(request, "web/round_start.html", context)
    region = next((r for r in regions if r.pk == where), None)
    if region is None:
        raise NotAllowed(_("检查轮次由当地的调度岗或负责人制定。"))
    wanted = NewRound(form_of(key), region, request.user, request.POST if request.method == "POST" else None)
    made = _made(request, wanted) if request.method == "POST" else None
    if made:
        messages.success(request, _("已制定检查轮次，%(n)s 个对象") % {"n": made.tasks.count()})
        return redirect("round", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/round_new.html", {"new": wanted}, status=status)


def _made(request: Asked, asked: NewRound) -> Round | None:
    wanted = asked.wanted()
    try:
        return planning.make_round(request.user, wanted) if wanted else None
    except IllegalMove as error:
        asked.blame(error.field, str(error))
        return None


def detail(request: Asked, pk: int) -> HttpResponse:
    """One round: how far it is, what was found, what changed since the last one."""
    found = planning.round_for(request.user, pk)
    rows = standings(found, request.user)
    then, changes = compared_with_last(found, rows, request.user)
    wrong = troubles(rows)
    form, ended = every_form().get(found.form), getattr(found, "ended", None)
    plans = ended is None and planning.may_plan(request.user, found.region)
    lines = [
        {
            "s": row,
            "points": report.points(row),
            "skips": ended is None and planning.may_skip(request.user, row),
        }
        for row in rows
    ]
    context = {
        "round": found, "form": form, "ended": ended, "lines": lines, "counts": counted(rows), "people": by_person(rows),
        "troubles": wrong, "pairs": pairs_of([t.case for t in wrong if t.case], request.user), "then": then, "changes": changes, "plans": plans, "unhanded": _unhanded(request, wrong),
        "others": planning.people_in(found.region) if plans else (),
    }  # fmt: skip
    return render(request, "web/round.html", context)


def _unhanded(request: Asked, rows: list[Trouble]) -> int:
    """How many problems are no cases yet and can be made so by the person."""
    left = [t for t in rows if t.case is None and t.finding.status in OPEN]
    return len(left) if all(may(request.user, *FINDERS, region=t.finding.region_id) for t in left) else 0


def my_round(request: Asked) -> HttpResponse:
    """What the person has still to inspect, soonest due first; the page orders it by distance where it may know the place."""
    rows = mine(request.user, planning.rounds_of(request.user))
    forms = every_form()
    return render(request, "web/round_mine.html", {"rows": [r for r in rows if r.task.round.form in forms]})


@require_POST
def task(request: Asked, pk: int, number: int, action: str) -> HttpResponse:
    """Share out, skip or take up again one object."""
    found = planning.task_for(request.user, planning.round_for(request.user, pk), number)
    acts: dict[str, Callable[[], str]] = {
        "assign": partial(_assign, request, found),
        "skip": partial(_skip, request, found),
        "resume": partial(_resume, request, found),
    }
    if action not in acts:
        raise Http404
    return acted(request, reverse("round", args=[pk]), acts[action])


def _assign(request: Asked, found: RoundTask) -> str:
    people = Person.objects.filter(pk__in=[p.pk for p in planning.people_in(found.round.region)])
    person = chosen(request.POST, "person", "检查人", people)
    planning.assign(request.user, found, person)
    return _("%(name)s由%(person)s检查") % {"name": found, "person": person or _("当地有检查职务的人")}


def _skip(request: Asked, found: RoundTask) -> str:
    planning.skip(request.user, found, request.POST.get("reason", ""))
    return _("已跳过%(name)s") % {"name": found}


def _resume(request: Asked, found: RoundTask) -> str:
    planning.resume(request.user, found)
    return _("%(name)s恢复检查") % {"name": found}


@require_POST
def end(request: Asked, pk: int) -> HttpResponse:
    """End a round early."""
    found = planning.round_for(request.user, pk)

    def ended() -> str:
        planning.end_round(request.user, found, request.POST.get("reason", ""))
        return _("轮次已结束")

    return acted(request, reverse("round", args=[pk]), ended)


@require_POST
def hand(request: Asked, pk: int) -> HttpResponse:
    """Every problem of the round that is no case yet becomes one."""
    rows = standings(planning.round_for(request.user, pk), request.user)

    def handed() -> str:
        made = hand_over_all(troubles(rows), request.user)
        return _("已登记 %(n)s 个问题") % {"n": len(made)}

    return acted(request, reverse("round", args=[pk]), handed)


def book(request: Asked, pk: int) -> HttpResponse:
    """The round as a workbook."""
    found = planning.round_for(request.user, pk)
    return download_book(found.title, *sheets(found, request.user))


def word(request: Asked, pk: int) -> HttpResponse:
    """The summary as a Word paper."""
    found = planning.round_for(request.user, pk)
    return download(report.as_word(found, request.user), f"{found.title}.docx", WORD)
