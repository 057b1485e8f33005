"""The menu: the pages of the house and those of the lines of business, in groups."""

from dataclasses import dataclass
from functools import cache
from itertools import groupby

from django.urls import reverse

from bihuan.registry.access import CITY, may, scope_of
from bihuan.registry.models import Person
from bihuan.registry.roles import ADMINS, FINDERS, OPERATORS, WATCHERS
from bihuan.scenarios.contract import CENTRE, LOOP, REGISTERS, SYSTEM, MenuEntry
from bihuan.scenarios.resolved import every_register, every_scenario
from bihuan.web.setup.checklist import finished

CHECKLIST = "checklist"
"""The page that the menu names only until all of it is done."""
CORE = (
    MenuEntry(CENTRE, 10, "centre", "指挥"),
    MenuEntry(CENTRE, 90, "handovers", "交接班", WATCHERS, whole_city=True),
    MenuEntry(LOOP, 10, "findings", "发现", also=("/incidents/",)),
    MenuEntry(LOOP, 20, "cases", "问题"),
    MenuEntry(LOOP, 21, "lists", "清单"),
    MenuEntry(LOOP, 30, "checks", "规则"),
    MenuEntry(LOOP, 40, "terms", "办结时限"),
    MenuEntry(LOOP, 45, "reminders", "提醒规则"),
    MenuEntry(LOOP, 48, "papers", "文书"),
    MenuEntry(LOOP, 50, "forms", "检查", also=("/answers/",)),
    MenuEntry(LOOP, 60, "patrols", "巡查"),
    MenuEntry(LOOP, 61, "patrol_day", "我的巡查", FINDERS),
    MenuEntry(LOOP, 46, "routing", "交办规则"),
    MenuEntry(LOOP, 51, "rounds", "检查轮次"),
    MenuEntry(REGISTERS, 0, "registers", "全部登记"),
    MenuEntry(SYSTEM, 0, CHECKLIST, "建城清单", ADMINS, whole_city=True),
    MenuEntry(SYSTEM, 10, "imports", "导入", OPERATORS, whole_city=True),
    MenuEntry(SYSTEM, 20, "quarantine", "隔离区", WATCHERS, whole_city=True),
    MenuEntry(SYSTEM, 30, "loggers", "数采仪", WATCHERS, whole_city=True),
    MenuEntry(SYSTEM, 34, "messages", "送达记录", WATCHERS, whole_city=True),
    MenuEntry(SYSTEM, 36, "channels", "消息渠道", ADMINS, whole_city=True),
    MenuEntry(SYSTEM, 40, "people", "人员", ADMINS),
    MenuEntry(SYSTEM, 50, "system", "系统状态", WATCHERS, whole_city=True),
)


@dataclass(frozen=True)
class Line:
    """An entry as it is shown; `here`: the page that is open belongs to it."""

    title: str
    url: str
    here: bool


@dataclass(frozen=True)
class Heading:
    """A group of the menu with the entries that are open to a person."""

    title: str
    lines: tuple[Line, ...]

    @property
    def here(self) -> bool:
        """Whether the open page belongs to the group."""
        return any(line.here for line in self.lines)


@cache
def every_entry() -> tuple[MenuEntry, ...]:
    """All entries in the order of the menu."""
    entries = [*CORE, *(e for s in every_scenario().values() for e in s.menu), *_registers()]
    return tuple(sorted(entries, key=lambda e: (e.group.place, e.place, e.page)))


def _registers() -> list[MenuEntry]:
    """The list of each register, in the order of the folders."""
    kinds = enumerate(every_register().values(), 1)
    return [MenuEntry(REGISTERS, place, "register", r.title, args=(r.kind,)) for place, r in kinds]


def menu_of(person: Person, path: str) -> list[Heading]:
    """The menu of a person who looks at a path: nothing without a post."""
    if not scope_of(person).posts:
        return []
    shown = [(entry, reverse(entry.page, args=entry.args)) for entry in every_entry() if _open(entry, person)]
    at = {begin: url for entry, url in shown for begin in (url, *entry.also)}
    longest = max((begin for begin in at if _inside(path, begin)), key=len, default="")
    here = at.get(longest, "")
    return [
        Heading(group.title, tuple(Line(e.title, url, url == here) for e, url in of_group))
        for group, of_group in groupby(shown, key=lambda pair: pair[0].group)
    ]


def _inside(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _open(entry: MenuEntry, person: Person) -> bool:
    if not entry.roles:
        return True
    if entry.whole_city:
        return may(person, *entry.roles, region=CITY) and not (entry.page == CHECKLIST and finished())
    return scope_of(person).has(*entry.roles)
