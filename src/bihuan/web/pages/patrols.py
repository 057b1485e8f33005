"""巡查: all patrols, one of them, my day with its route, and what a phone sends (docs/patrol-track.md)."""

import json
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import BadQuestion
from bihuan.cases import evidence
from bihuan.cases.errors import BadFile, ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.evidence import uploads
from bihuan.cases.models import Level
from bihuan.cases.transitions import State
from bihuan.domain.timeaxis import parse_moment
from bihuan.errors import BihuanError, NotAllowed
from bihuan.kit.listing.shown import listed
from bihuan.kit.patrol.judging import judged, rules_of
from bihuan.kit.patrol.models import Patrol, Stop, StopFile
from bihuan.kit.patrol.planning import day_route
from bihuan.kit.patrol.receiving import (
    MEGABYTES,
    begin,
    own_region,
    patrol_for,
    patrols_of,
    receive,
    take_file,
)
from bihuan.kit.patrol.stops import Seen, record_stop, seen_of
from bihuan.kit.patrol.stops import hand as hand_over
from bihuan.kit.patrol.supervising import signs_for
from bihuan.kit.reason_words import said
from bihuan.registry.access import Asked, may, scope_of
from bihuan.registry.roles import FINDERS, SUPERVISORS
from bihuan.scenarios.resolved import every_patrolled
from bihuan.web.patrol import listing, words
from bihuan.web.patrol.layers import start_of

LATEST = 8


def in_json(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An entrance for programs: what it refuses is told as JSON, `why` as a sentence and `code` where there is one."""

    @wraps(page)
    def told(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return page(request, *args, **named)
        except NotVisible as error:
            return JsonResponse({"why": str(error)}, status=404)
        except BihuanError as error:
            status = 403 if isinstance(error, NotAllowed) else 400 if isinstance(error, BadQuestion) else 422
            return JsonResponse({"code": error.why.code, "why": said(error.why)}, status=status)

    return told


def index(request: Asked) -> HttpResponse:
    """All patrols that the person may see."""
    held = scope_of(request.user)
    context = {"supervises": held.has(*SUPERVISORS), "patrols_self": held.has(*FINDERS)}
    return listed(request, listing.patrols(request.user), "web/patrols.html", context)


def day(request: Asked) -> HttpResponse:
    """My day: what is due, in the order of a short way from where I am, and my last patrols."""
    region = own_region(request.user)
    if region is None:
        raise NotAllowed(_("巡查由网格员、调度岗、核查岗或负责人进行。"))
    start = start_of(request.GET)
    found = day_route(request.user, start, every_patrolled())
    context = {
        "region": region,
        "start": start,
        "stops": [(n, due, words.metres(leg)) for n, (due, leg) in enumerate(found.stops, 1)],
        "metres": words.metres(found.metres),
        "left_out": found.left_out,
        "latest": [(p, judged(p)) for p in patrols_of(request.user).filter(person=request.user)[:LATEST]],
        "megabytes": MEGABYTES,
    }
    return render(request, "web/patrol_day.html", context)


@require_POST
@in_json
def start(request: Asked) -> HttpResponse:
    """A patrol begins: {"patrol": uuid, "started": time with offset}; sent twice it is one."""
    told = _read(request)
    try:
        at = parse_moment(str(told.get("started", "")))
    except ValueError as error:
        raise IllegalMove(_("started 应为带时区的时间"), "started") from error
    patrol = begin(request.user, str(told.get("patrol", "")), at)
    return JsonResponse({"patrol": patrol.key, "url": reverse("patrol", args=[patrol.key])})


def _read(request: Asked) -> dict[str, Any]:
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadQuestion(_("内容不是 JSON 对象")) from error
    if not isinstance(told, dict):
        raise BadQuestion(_("内容不是 JSON 对象"))
    return told


@require_POST
@in_json
def track(request: Asked, key: uuid.UUID) -> HttpResponse:
    """A batch of points; answered when it is kept: {"stored": [from, to], "sha256": …, "refused": [{"seq", "why"}]}."""
    stored = receive(request.user, patrol_for(request.user, str(key)), request.body)
    refused = [{"seq": each.seq, "why": said(each.why)} for each in stored.refused]
    return JsonResponse({"stored": [stored.first, stored.last], "sha256": stored.sha256, "refused": refused})


@require_POST
@in_json
def stop(request: Asked, key: uuid.UUID) -> HttpResponse:
    """A stop with its photos, as a form; the page is sent on, a program (Accept: application/json) gets its number."""
    patrol = patrol_for(request.user, str(key))
    asks_json = "application/json" in request.headers.get("Accept", "")
    try:
        made = record_stop(
            request.user, patrol, _seen(request), uploads(request.FILES.getlist("files")), every_patrolled()
        )
    except (IllegalMove, BadFile) as error:
        if asks_json:
            raise
        messages.error(request, str(error))
        return redirect("patrol", patrol.key)
    if asks_json:
        return JsonResponse(
            {"stop": made.key, "finding": made.finding_id, "files": [f.sha256 for f in made.files.all()]}
        )
    messages.success(request, _("已记录。"))
    return redirect("patrol", patrol.key)


def _seen(request: Asked) -> Seen:
    posted = request.POST
    try:
        at = parse_moment(posted["at"]) if posted.get("at") else clock.now()
    except ValueError as error:
        raise IllegalMove(_("请给出时间和位置（WGS 84 经纬度）"), "lat") from error
    return seen_of(posted.get("key", ""), at, posted.dict())


@require_POST
def bring(request: Asked) -> HttpResponse:
    """A track of another receiver, as a GPX file."""
    given = request.FILES.get("file")
    try:
        if given is None:
            raise BadQuestion(_("没有选择 GPX 文件"))
        if (given.size or 0) > MEGABYTES * 2**20:
            raise BadQuestion(_("文件超过 %(mb)d MB") % {"mb": MEGABYTES})
        patrol = take_file(request.user, given.read())
    except NotAllowed:
        raise
    except BihuanError as error:
        messages.error(request, said(error.why))
        return redirect("patrol_day")
    return redirect("patrol", patrol.key)


def detail(request: Asked, key: uuid.UUID) -> HttpResponse:
    """One patrol: its map, its time line, its conditions, its stops; for supervisors its signs."""
    patrol = patrol_for(request.user, str(key))
    result, stops = judged(patrol), list(patrol.stops.prefetch_related("files").select_related("finding"))
    mine = patrol.person_id == request.user.pk and may(request.user, *FINDERS, region=patrol.region_id)
    context = {
        "patrol": patrol,
        "result": result,
        "about": f"patrol={patrol.key}",
        "length": words.metres(result.totals["metres"]),
        "seconds": words.minutes(result.totals["seconds"]),
        "gaps": words.minutes(result.totals["gap_seconds"]),
        "conditions": words.conditions(result),
        "clock": words.clock_words(result.clock_off, rules_of(patrol).clock_s),
        "moments": words.moments(result, stops),
        "stops": [(s, _case_of(s)) for s in stops],
        "signs": [(s, words.evidence_words(s)) for s in signs_for(request.user).filter(patrol=patrol)],
        "mine": mine,
        "hands": may(request.user, *FINDERS, region=patrol.region_id),
        "new_key": uuid.uuid4(),
        "levels": Level.choices,
        "objects": _objects(request) if mine else [],
    }
    return render(request, "web/patrol.html", context)


def _case_of(made: Stop) -> Any:
    return made.finding.cases.exclude(state=State.VOID).first() if made.finding else None


def _objects(request: Asked) -> list[tuple[str, str]]:
    return [(f"{o.key}:{p.code}", p.name) for o in every_patrolled().values() for p in o.places(request.user)]


def _stop(request: Asked, key: uuid.UUID, pk: int) -> Stop:
    patrol: Patrol = patrol_for(request.user, str(key))
    return get_object_or_404(
        Stop.objects.select_related("finding__organisation", "patrol"), patrol=patrol, pk=pk
    )


@require_POST
def hand(request: Asked, key: uuid.UUID, pk: int) -> HttpResponse:
    """The find of a stop becomes a case."""
    found = _stop(request, key, pk)
    try:
        case = hand_over(found, request.user)
    except (IllegalMove, ChangedMeanwhile) as error:
        messages.error(request, str(error))
        return redirect("patrol", key)
    done = _("已交办 %(unit)s") % {"unit": case.organisation} if case.organisation else _("已报送, 等待交办")
    messages.success(request, _("已登记 %(number)s：%(done)s。") % {"number": case.number, "done": done})
    return redirect("patrol", key)


def file(request: Asked, key: uuid.UUID, pk: int, number: int) -> HttpResponseBase:
    """A photo of a stop."""
    found = get_object_or_404(StopFile, stop=_stop(request, key, pk), pk=number)
    path = evidence.path_of(found.sha256)
    if not path.is_file():
        message = _("文件缺失: 存储中找不到, 请从备份恢复")
        return render(request, "web/error.html", {"message": f"{found.name}: {message}"}, status=404)
    return FileResponse(path.open("rb"), filename=evidence.short(found.name), content_type=found.media_type)
