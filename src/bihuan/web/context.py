"""What the frame of every page shows: the time, the replay, the age of the data, the menu."""

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from django.http import HttpRequest

from bihuan import clock, replays
from bihuan.cases import reminders
from bihuan.registry.access import CITY, may, scope_of
from bihuan.registry.models import Person
from bihuan.registry.roles import ADMINS, OPERATORS, WATCHERS
from bihuan.scenarios import scenario_names
from bihuan.scenarios.banners import banners_for
from bihuan.scenarios.manifests import manifest_of
from bihuan.web import air
from bihuan.web.damage import unless_damaged
from bihuan.web.decisions_waiting import decisions_waiting

MENU = (
    ("centre", "指挥"),
    ("evaluation", "评价"),
    ("forecast", "预报"),
    ("newest_brief", "日报"),
    ("findings", "发现"),
    ("cases", "问题"),
    ("checks", "规则"),
    ("loggers", "数采仪"),
    ("quarantine", "隔离区"),
    ("people", "人员"),
    ("system", "系统"),
)


@cache
def scenario_menu() -> tuple[tuple[str, str], ...]:
    """(url name, title) of every scenario that asks for a place in the menu."""
    menus = [(name, manifest_of(name).menu) for name in scenario_names()]
    return tuple((f"{name}:{menu.page}", menu.title) for name, menu in menus if menu)


def _closed(person: Person) -> set[str]:
    """The entries that a person's posts do not open."""
    watched = set() if may(person, *WATCHERS, region=CITY) else {"quarantine", "system", "loggers"}
    return watched if scope_of(person).has(*ADMINS) else watched | {"people"}


def _menu(person: Person) -> list[tuple[str, str]]:
    closed = _closed(person)
    entries = MENU[:4] + scenario_menu() + MENU[4:] if scope_of(person).posts else ()
    return [entry for entry in entries if entry[0] not in closed]


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
        "menu": _menu(request.user),
        "watches_city": may(request.user, *WATCHERS, region=CITY),
        "runs_city": may(request.user, *OPERATORS, region=CITY),
        "roles": scope.roles,
        "posts": scope.posts,
        "about_replay": replays.of_installation() if context["replay"] else None,
        "speeds": replays.SPEEDS,
        "newest": unless_damaged(air.newest_label, None) if scope.posts else None,
        "banners": banners_for(request.user, context["now"]) if scope.posts else (),
        "unread": unread,
        "waiting": waiting,
        "calls": unread + len(waiting),
    }
