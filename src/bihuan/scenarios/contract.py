"""The contract of a line of business (场景): all that a scenario folder gives to the rest of the house, in one typed object.

A folder carries `scenario.py` with `SCENARIO = Scenario(...)`; what it does not give is left out. `resolved` reads all of
them once, refuses doubles, and is the only way by which the rest of the house knows of a folder.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.urls import URLPattern

from bihuan.cases.models import Finding
from bihuan.cases.sensors import Closing
from bihuan.cases.targets import Kind
from bihuan.domain.checks import Check
from bihuan.jobs import Job
from bihuan.kit.inspection.declared import Form
from bihuan.kit.layers import Layer
from bihuan.kit.patrol.declared import PatrolObjects
from bihuan.kit.registers.declared import Register
from bihuan.registry.access import Asked
from bihuan.registry.models import Person, Region
from bihuan.scenarios.discharges import Discharges
from bihuan.scenarios.other_forecasts import OtherForecasts
from bihuan.scenarios.roads import Roads
from bihuan.scenarios.sites import Sites


@dataclass(frozen=True)
class Group:
    """分组: a heading of the menu. Groups stand in the order of `place`; one without an open entry does not show."""

    title: str
    place: int


CENTRE = Group("指挥", 10)
AIR = Group("空气", 20)
CONTROL = Group("管控", 30)
SOURCES = Group("污染源", 40)
VEHICLES = Group("移动源", 50)
DUST = Group("扬尘", 60)
NATURE = Group("生态", 70)
LOOP = Group("闭环", 80)
REGISTERS = Group("登记", 85)
SYSTEM = Group("系统", 90)


@dataclass(frozen=True)
class MenuEntry:
    """菜单项: `page` is the name of a URL, `args` its arguments, `place` the order within the group.

    roles: who finds it in the menu (empty: everybody who holds a post); `whole_city`: only posts that cover the city.
    It only spares people closed doors: the page itself asks for the right.
    also: how the addresses of further pages begin that belong to it and do not lie below its own.
    """

    group: Group
    place: int
    page: str
    title: str
    roles: tuple[str, ...] = ()
    whole_city: bool = False
    args: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """A panel on the centre's page: in which column, from which template, with what in it; `place` is its order there."""

    column: Literal["left", "middle", "right"]
    template: str
    context: Callable[[Asked], Mapping[str, Any]]
    place: int = 50


@dataclass(frozen=True)
class Beside:
    """What stands beside a finding of one of its checks, on its page and those of its incident and case: a template, and what is in it."""

    template: str
    context: Callable[[Asked, Finding], Mapping[str, Any]]


@dataclass(frozen=True)
class Hit:
    """One thing that a search found: its text, what else tells it from others, and the address that opens it."""

    text: str
    note: str
    url: str
    simulated: bool = False


@dataclass(frozen=True)
class Finder:
    """A kind of things that the search box finds: `find(person, text, most)` gives what the person may see."""

    title: str
    find: Callable[[Person, str, int], Sequence[Hit]]


@dataclass(frozen=True)
class Banner:
    """One line on top of every page: what everybody in an area must know now.

    `tone` (yellow, orange, red) colours it, `title` says the same in words. since and until: from when, and until when
    as planned. `lines`: what the reader has to do. `url` opens the notice.
    """

    tone: str
    title: str
    since: datetime
    until: datetime | None
    lines: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Waiting:
    """A line on top of the inbox: a decision that waits for the person and is no case.

    `what` is asked about which `subject`, `by` whom, why and since when; `url` opens where it is decided. It is read from
    the records at every look: it stands as long as the person may decide it.
    """

    what: str
    subject: str
    by: str
    reason: str
    at: datetime
    url: str
    simulated: bool = False


@dataclass(frozen=True)
class DataAge:
    """What stands on top of every page: the start of the newest hour, its `age` in words, and whether it is `stale`, older than it should be."""

    start: datetime
    age: str
    stale: bool


Inputs = Callable[[datetime, timedelta], tuple[Any, ...]]
"""`inputs(now, look_back)`: the tables that the checks of a scenario take, of what had been received by then."""


@dataclass(frozen=True)
class RunningOrder:
    """启动级别: the warning that runs in a region: yellow, orange or red; since when, and until when as planned."""

    level: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class OrderSpan:
    """In [begin, end) a warning ran without a change."""

    order: RunningOrder
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Scenario:
    """A line of business. `title`, `owner` (who answers for it) and `version` stand on the page of checks.

    checks run every round on what `inputs` gives of the last `look_back`; jobs run by their own period.
    closing: what shows that a problem of its checks is over; without it they look at no sensor, and a case of theirs is
    closed on verification alone.
    registers: the objects that it keeps; each has list, page, form, template, import and export by its declaration.
    patrols: what is patrolled, each kind of things with where they lie.
    forms: what is inspected by, each with its workbook in the folder's `forms/`.
    kinds: what findings can be about, by `target_kind`. layers: what it shows on the map. pages: mounted at `s/<folder>/`, their names in its namespace.
    root_pages: mounted at the root, their names in none: only for addresses that people have had since before there were folders.
    panels, finders, banners(person, at), waiting(person, at): what it shows on pages that all share.
    newest_data(at): how old the newest of its measurements is, None without any.
    open_uploads: how many bytes a visitor who is not signed in may send to a page, by its name; to all others little.
    labels: tables of texts that its pages translate by variable; the English of each is asked for.
    after_forecast(now): what it concludes from a forecast that was just issued, in one line. other_forecasts: what it
    says of the days ahead beside the machine.
    discharges: where polluted water of its objects may reach a river. roads: the road segments that it registers. sites: under which names files bring what is measured at its objects.
    beside: by check, what its pages tell besides of a finding.
    listed_objects(codes): of units of the reduction list, the objects of its own whose findings concern them: code of the unit, target_kind, target.
    orders(region, since, until): the severest warning of each moment of a span in a region, by its records until then, one after the other.
    """

    title: str
    owner: str
    version: str
    menu: tuple[MenuEntry, ...] = ()
    checks: tuple[Check, ...] = ()
    inputs: Inputs | None = None
    look_back: timedelta = timedelta(0)
    closing: Callable[[], Closing] | None = None
    jobs: tuple[Job, ...] = ()
    registers: tuple[Register, ...] = ()
    patrols: tuple[PatrolObjects, ...] = ()
    forms: tuple[Form, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    layers: tuple[Layer[Any], ...] = ()
    pages: Sequence[URLPattern] = ()
    root_pages: Sequence[URLPattern] = ()
    open_uploads: Mapping[str, int] = field(default_factory=dict)
    panels: tuple[Panel, ...] = ()
    finders: tuple[Finder, ...] = ()
    labels: tuple[Any, ...] = ()
    banners: Callable[[Person, datetime], Sequence[Banner]] | None = None
    waiting: Callable[[Person, datetime], Sequence[Waiting]] | None = None
    after_forecast: Callable[[datetime], str | None] | None = None
    other_forecasts: OtherForecasts | None = None
    newest_data: Callable[[datetime], DataAge | None] | None = None
    discharges: Discharges | None = None
    roads: Roads | None = None
    beside: Mapping[str, Beside] = field(default_factory=dict)
    sites: Sites | None = None
    listed_objects: Callable[[Collection[str]], Iterable[tuple[str, str, str]]] | None = None
    orders: Callable[[Region, datetime, datetime], Sequence[OrderSpan]] | None = None

    @property
    def look_back_hours(self) -> float:
        """How far back the checks look [h]."""
        return self.look_back / timedelta(hours=1)
