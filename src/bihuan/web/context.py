"""What the frame of every page shows: the time, the replay, the age of the data, the menu."""

import tomllib
from functools import cache
from typing import Any

from django.http import HttpRequest

from bihuan import clock
from bihuan.registry.access import scope_of
from bihuan.scenarios import FOLDER, scenario_names
from bihuan.simulate import episodes
from bihuan.web import air

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
    entries = []
    for name in scenario_names():
        manifest = tomllib.loads((FOLDER / name / "manifest.toml").read_text("utf-8"))
        if "menu" in manifest:
            entries.append((f"{name}:{manifest['menu']['page']}", manifest["menu"]["title"]))
    return tuple(entries)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables common to all pages; an anonymous visitor gets the time only."""
    context: dict[str, Any] = {"now": clock.now(), "replay": clock.replay()}
    if not request.user.is_authenticated:
        return context
    return context | {
        "menu": MENU[:3] + scenario_menu() + MENU[3:],
        "roles": scope_of(request.user).roles,
        "posts": list(request.user.posts.select_related("region")),
        "replay_episodes": episodes.EPISODES,
        "speeds": episodes.SPEEDS,
        "newest": air.newest_label(),
        "unread": request.user.notifications.filter(read_at__isnull=True).count(),
    }
