"""What the frame of every page shows: the time, the replay, the age of the data, the menu."""

from typing import Any
from weakref import WeakKeyDictionary

from django.http import HttpRequest

from bihuan import clock, replays
from bihuan.cases import reminders
from bihuan.registry.access import CITY, may, scope_of
from bihuan.registry.models import Person
from bihuan.registry.roles import OPERATORS, WATCHERS
from bihuan.scenarios.resolved import banners_for, newest_data
from bihuan.web.damage import unless_damaged
from bihuan.web.decisions_waiting import decisions_waiting
from bihuan.web.menu import menu_of

_frames = WeakKeyDictionary[HttpRequest, dict[str, Any]]()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables common to all pages; one request may render several templates."""
    if request not in _frames:
        _frames[request] = _frame(request)
    return _frames[request]


def _frame(request: HttpRequest) -> dict[str, Any]:
    """An anonymous visitor gets the time only."""
    context: dict[str, Any] = {"now": clock.now(), "replay": clock.replay()}
    if not request.user.is_authenticated:
        return context
    assert isinstance(request.user, Person)
    scope = scope_of(request.user)
    unread = reminders.unread(request.user).count()
    waiting = decisions_waiting(request.user, context["now"]) if scope.posts else []
    return context | {
        "menu": menu_of(request.user, request.path),
        "watches_city": may(request.user, *WATCHERS, region=CITY),
        "runs_city": may(request.user, *OPERATORS, region=CITY),
        "roles": scope.roles,
        "posts": scope.posts,
        "about_replay": replays.of_installation() if context["replay"] else None,
        "speeds": replays.SPEEDS,
        "newest_data": unless_damaged(lambda: newest_data(context["now"]), None) if scope.posts else None,
        "banners": banners_for(request.user, context["now"]) if scope.posts else (),
        "unread": unread,
        "waiting": waiting,
        "calls": unread + len(waiting),
    }
