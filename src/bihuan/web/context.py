"""What the frame of every page shows: the time, the replay, the age of the data, the menu."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from bihuan import clock
from bihuan.registry.access import scope_of
from bihuan.registry.models import Post
from bihuan.scenarios import scenario_names
from bihuan.scenarios.manifests import manifest_of
from bihuan.simulate import episodes
from bihuan.web import air
from bihuan.web.pages.loggers import CITY_DIGITS
from bihuan.web.pages.system import WATCHERS

MENU = (
    ("centre", "指挥"),
    ("evaluation", "评价"),
    ("forecast", "预报"),
    ("findings", "发现"),
    ("cases", "问题"),
    ("checks", "规则"),
    ("loggers", "数采仪"),
    ("quarantine", "隔离区"),
    ("system", "系统"),
)


@cache
def scenario_menu() -> tuple[tuple[str, str], ...]:
    """(url name, title) of every scenario that asks for a place in the menu."""
    menus = [(name, manifest_of(name).menu) for name in scenario_names()]
    return tuple((f"{name}:{menu.page}", menu.title) for name, menu in menus if menu)


def _closed(posts: list[Post]) -> set[str]:
    """The entries that these posts do not open."""
    watching = [p for p in posts if p.role in WATCHERS]
    city = any(len(p.region.prefix) <= CITY_DIGITS for p in watching)
    return {*(() if watching else ("quarantine", "system")), *(() if city else ("loggers",))}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables common to all pages; an anonymous visitor gets the time only."""
    context: dict[str, Any] = {"now": clock.now(), "replay": clock.replay()}
    if not request.user.is_authenticated:
        return context
    posts = list(request.user.posts.select_related("region"))
    closed = _closed(posts)
    return context | {
        "menu": [entry for entry in MENU[:3] + scenario_menu() + MENU[3:] if entry[0] not in closed],
        "roles": scope_of(request.user).roles,
        "posts": posts,
        "replay_episodes": episodes.EPISODES,
        "speeds": episodes.SPEEDS,
        "newest": air.newest_label(),
        "unread": request.user.notifications.filter(read_at__isnull=True).count(),
    }
