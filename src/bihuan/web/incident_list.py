"""The list of incidents: by what it is narrowed and ordered, its lines, and its findings for taking away."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Case, IntegerField, Max, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from bihuan.cases.incident_models import Incident
from bihuan.cases.models import Case as Problem
from bihuan.cases.models import Finding, Level
from bihuan.cases.routes import propose, router
from bihuan.cases.term_rules import Decision, Matter, Rulebook
from bihuan.cases.term_settings import rulebook
from bihuan.kit.listing.declared import Filter, Listing, Rows, Tab, words_in
from bihuan.kit.tables import Table, table
from bihuan.registry.access import scope_of, visible
from bihuan.registry.models import Person, Region
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.catalogue import every_check, title_of_check
from bihuan.scenarios.finding_columns import finding_columns
from bihuan.web.judging_forms import address
from bihuan.web.route_forms import Said, Words
from bihuan.web.route_forms import said as in_words

Status = Finding.Status
# The worst level first.
RANK = Case(
    *(When(severity=level, then=Value(rank)) for rank, level in enumerate(Level.values)),
    output_field=IntegerField(),
)
RANKS: list[str] = list(Level.values)
TONES = {Level.SERIOUS: "bad", Level.MAJOR: "bad", Level.MODERATE: "warn"}
SHOWN_MEMBERS = 5


@dataclass(frozen=True)
class Line:
    """An incident as a page shows it: the findings of it that the person may see, the root first.

    usual: the term that its case gets when nobody chooses one. route: to whom the rules would send it; None for who may not
    hand it over. seen: its newest finding, which a verdict covers at most.
    """

    incident: Incident
    members: list[Finding]
    usual: Decision
    route: Said | None = None

    @property
    def address(self) -> str:
        """Where its forms of verdicts lead to."""
        return address("incident_judge", self.incident.pk)

    @property
    def root(self) -> Finding:
        """The finding that explains the others, as far as the person may see it."""
        return self.members[0]

    @property
    def others(self) -> list[Finding]:
        """The first of the findings below the root."""
        return self.members[1 : 1 + SHOWN_MEMBERS]

    @property
    def more(self) -> int:
        """How many findings are neither the root nor among `others`."""
        return max(len(self.members) - 1 - SHOWN_MEMBERS, 0)

    @property
    def worst(self) -> Finding:
        """The most serious one."""
        return max(self.members, key=lambda f: RANKS.index(f.severity))

    @property
    def tone(self) -> str:
        """How its level is coloured."""
        return TONES.get(Level(self.worst.severity), "")

    @property
    def started_at(self) -> datetime:
        """When the first began."""
        return min(f.started_at for f in self.members)

    @property
    def until(self) -> datetime:
        """When the last ended, as far as is known."""
        return max(f.until for f in self.members)

    @property
    def length(self) -> timedelta:
        """From its beginning to its end."""
        return self.until - self.started_at

    @property
    def waiting(self) -> list[Finding]:
        """Those that nobody has judged."""
        return [f for f in self.members if f.status == Status.NEW]

    @property
    def status(self) -> str:
        """New while any of its findings is; else what was decided on the root."""
        return Status.NEW if self.waiting else self.root.status

    @property
    def seen(self) -> int:
        """The newest finding that the page shows."""
        return max(f.pk for f in self.members)

    @property
    def simulated(self) -> bool:
        """Is any of it simulated?"""
        return any(f.simulated for f in self.members)

    @property
    def targets(self) -> int:
        """How many targets it is about."""
        return len({(f.target_kind, f.target) for f in self.members})

    @property
    def headline(self) -> str:
        """What happened where there are many targets: the cause, how many, and what the root's check is about."""
        said = {"cause": self.cause, "n": self.targets}
        return _("%(cause)s：%(n)d 个对象") % said + _("，") + _(title_of_check(self.root.check_key))

    @property
    def cause(self) -> str:
        """What they have in common; of a vendor's platform its name too."""
        cause = _(str(self.incident.get_cause_display()))
        if self.incident.cause == Incident.Cause.VENDOR and self.root.vendor:
            return f"{cause}（{self.root.vendor.name}）"
        return cause

    @property
    def told_by_root(self) -> bool:
        """Does the root alone say what it is: one target, or our own outage?"""
        return self.targets == 1 or self.incident.cause == Incident.Cause.CENTRE

    @property
    def proposals(self) -> list[Any]:
        """What counties propose, newest first."""
        return sorted((p for f in self.members for p in f.proposals.all()), key=lambda p: -p.pk)


def seen_by(person: Person) -> QuerySet[Finding]:
    """The findings that stand in incidents and that the person may see."""
    rows = Finding.objects.exclude(status=Status.MERGED).select_related(
        "region", "organisation", "decided_by"
    )
    return visible(rows, person)


def in_tab(rows: QuerySet[Finding], tab: str) -> QuerySet[Finding]:
    """Findings of incidents in a state: one that waits for somebody stands with the new ones alone."""
    found = rows.filter(status=tab)
    waiting = rows.filter(status=Status.NEW).order_by().values("incident")
    return found if tab == Status.NEW else found.exclude(incident__in=waiting)


def listing_of(person: Person, asked: Mapping[str, str], now: datetime) -> Listing[Line]:
    """The incidents that the person may see, by state; all filters but the level are about one and the same finding."""
    none_new = _("没有新事件。检查规则每小时运行一次，结果会出现在这里。")

    def tab(status: str, title: str, empty: str = "") -> Tab:
        return Tab(status, title, partial(_rows, person, asked, status), empty or _("这里没有事件。"))

    status = asked.get("tab", "")
    return Listing(
        "findings",
        _("事件"),
        (
            tab(Status.NEW, _("新事件"), none_new), tab(Status.CONFIRMED, _("已确认")), tab(Status.SILENCED, _("已静默")),
            tab(Status.REJECTED, _("已否定")), tab(Status.HANDED, _("已交办")),
        ),
        filters=filters_of(in_tab(seen_by(person), status if status in Status.values else Status.NEW).order_by()),
        search=words_in("target_name", "title"),
        place=_("对象或内容"),
        lines=lambda rows: lines_of([row["incident"] for row in rows], person, now),
        row="web/_incident_line.html",
        table=partial(table_of, person),
        per_page=25,
        unit=_("个"),
        hint=_("J K 选行，X 勾选，A 处理"),
        unmatched=_("没有符合筛选条件的事件，可清除筛选。"),
    )  # fmt: skip


def _rows(person: Person, asked: Mapping[str, str], status: str, condition: Q) -> QuerySet[Any]:
    """`incident`, `worst` and `started` of each with a finding in this state that fulfils the condition, in the order asked for."""
    rows = seen_by(person)
    found = in_tab(rows, status).filter(condition)
    every = rows.filter(incident__in=found.order_by().values("incident")).order_by()
    listed = every.values("incident").annotate(worst=Max(RANK), started=Max("started_at"))
    if asked.get("severity") in RANKS:
        listed = listed.filter(worst=RANKS.index(asked["severity"]))
    by_time = ("-started", "-incident")
    return (
        listed.order_by("-worst", *by_time) if asked.get("order") == "severity" else listed.order_by(*by_time)
    )


def lines_of(pks: Sequence[int], person: Person, now: datetime) -> list[Line]:
    """The lines of incidents, in this order."""
    incidents = Incident.objects.in_bulk(pks)
    members: dict[int, list[Finding]] = defaultdict(list)
    for finding in (
        seen_by(person)
        .filter(incident__in=pks)
        .prefetch_related("proposals__by")
        .order_by("started_at", "pk")
    ):
        members[finding.incident_id].append(finding)
    there = [(incidents[pk], members[pk]) for pk in pks if members[pk]]
    return lines_with(there, person, now)


def newest(person: Person, most: int, now: datetime) -> list[Line]:
    """The incidents that wait for somebody, the most serious first, then the newest."""
    found = in_tab(seen_by(person), Status.NEW).order_by().values("incident")
    listed = found.annotate(worst=Max(RANK), started=Max("started_at")).order_by(
        "-worst", "-started", "-incident"
    )
    return lines_of([row["incident"] for row in listed[:most]], person, now)


def lines_with(there: Sequence[tuple[Incident, list[Finding]]], person: Person, now: datetime) -> list[Line]:
    """The lines of incidents with the findings of each as the person may see them."""
    book = rulebook()
    lines = [_line(incident, members, book, now) for incident, members in there]
    if not scope_of(person).has(*OFFICE):
        return lines
    ways, words = router(now), Words()
    routes = [ways.of_finding(line.root, line.worst.severity) for line in lines]
    said = [in_words(proposal, words) for proposal in propose(routes, person)]
    return [replace(line, route=route) for line, route in zip(lines, said, strict=True)]


def _line(incident: Incident, members: list[Finding], book: Rulebook, now: datetime) -> Line:
    ordered = sorted(
        members, key=lambda f: (f.pk != incident.root_id, -RANKS.index(f.severity), f.started_at, f.pk)
    )
    worst = max((f.severity for f in members), key=RANKS.index)
    about = tuple((f.check_key, f.target_kind) for f in members)
    return Line(incident, ordered, book.decide(Matter(worst, Problem.Source.PLATFORM, about), now))


def filters_of(seen: QuerySet[Finding]) -> list[Filter]:
    """Scenario, check, county and level, each with the choices that stand in these findings; and the order."""

    def checks() -> set[str]:
        return set(seen.values_list("check_key", flat=True).distinct())

    def scenarios() -> list[tuple[str, str]]:
        keys = checks()
        return list({e.folder: _(e.scenario.title) for e in every_check() if e.check.key in keys}.items())

    def places() -> list[tuple[str, str]]:
        return list(
            Region.objects.filter(pk__in=seen.values("region_id"))
            .order_by("code")
            .values_list("code", "name")
        )

    levels = [(value, _(str(title))) for value, title in reversed(Level.choices)]
    return [
        Filter("scenario", _("场景"), scenarios, _of_scenario),
        Filter("check", _("规则"), lambda: sorted((k, title_of_check(k)) for k in checks()), lambda key: Q(check_key=key)),
        Filter("region", _("区划"), places, lambda code: Q(region__code__startswith=code)),
        Filter("severity", _("级别"), lambda: levels),
        Filter("order", _("排序"), lambda: [("severity", _("按级别"))], every=_("按时间"), narrows=False),
    ]  # fmt: skip


def _of_scenario(folder: str) -> Q:
    return Q(check_key__in=[e.check.key for e in every_check() if e.folder == folder])


COLUMNS: dict[str, Callable[[Finding], Any]] = {
    "事件": lambda f: f.incident_id, "主因": lambda f: "是" if f.pk == f.incident.root_id else "", "成因": lambda f: f.incident.get_cause_display(),
    "对象": lambda f: f.target_name, **finding_columns("发现", "规则", "规则编码", "区划", "开始", "至", "大小", "单位", "级别", "状态"),
    "静默至": lambda f: f.silenced_until, "理由": lambda f: f.reason, "判定人": lambda f: str(f.decided_by or ""),
    **finding_columns("依据", "模拟"),
}  # fmt: skip


def table_of(person: Person, incidents: Rows) -> Table:
    """The findings of incidents as they are taken away: all that the person may see."""
    assert isinstance(incidents, QuerySet)
    rows = seen_by(person).filter(incident__in=incidents.order_by().values("incident"))
    return table(
        COLUMNS, rows.select_related("incident").order_by("-incident_id", "started_at", "pk").iterator()
    )
