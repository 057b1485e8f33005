"""What belongs to the frame of every page: search, and the replay bar."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock, replays
from bihuan.errors import BihuanError, NotAllowed
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.roles import OPERATORS
from bihuan.web.search import MOST, search_all


def search(request: Asked) -> HttpResponse:
    """Whatever the house and the lines of business know by this name or number, within the person's scope."""
    q = request.GET.get("q", "").strip()
    found = search_all(request.user, q) if q else []
    return render(request, "web/search.html", {"q": q, "found": found, "most": MOST})


@require_POST
def replay(request: Asked) -> HttpResponse:
    """Jump to an episode or change the speed; only where a replay runs, only for the duty officer or the admin."""
    running = clock.replay()
    if running is None:
        raise BihuanError(_("这里是实时数据，没有回放。回放只在演练城市可用。"))
    if not may(request.user, *OPERATORS, region=CITY):
        raise NotAllowed(_("回放由全市的调度岗或系统管理员控制。"))
    moment, speed = clock.now(), running.speed
    episode = replays.of_installation().episode(request.POST.get("episode", ""))
    if episode is not None:
        moment = episode.start
    if request.POST.get("speed", "") in {str(s) for s in replays.SPEEDS}:
        speed = float(request.POST["speed"])
    clock.set_replay(moment, speed)
    record(request.user, "replay.set", moment.isoformat(), request, speed=speed)
    messages.success(request, _("回放已设定。预报与检查会在数秒内补算。"))
    return redirect("centre")
