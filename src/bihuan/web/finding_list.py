"""The list of findings: what it can be filtered and ordered by, and its rows for taking away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from bihuan.cases import terms
from bihuan.cases.models import Finding, Level
from bihuan.cases.terms import local_day
from bihuan.kit.tables import Table, table
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Region
from bihuan.scenarios.catalogue import every_check, title_of_check

TABS = (
    ("new", "新发现"),
    ("confirmed", "已确认"),
    ("silenced", "已静默"),
    ("rejected", "已否定"),
    ("handed", "已交办"),
    ("merged", "已并入"),
)
ORDERS = (("time", "按时间"), ("severity", "按级别"))
# The worst level first.
RANK = Case(
    *(When(severity=level, then=Value(rank)) for rank, level in enumerate(Level.values)),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Filter:
    """One field by which the list can be narrowed: its name in the address, its label, and (value, text) of each choice."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Line:
    """A finding as the list shows it, with the term that its case gets when nobody chooses one, and what the county proposes."""

    finding: Finding
    usual: terms.Choice
    proposals: list[Any]


def tab_of(asked: Mapping[str, str]) -> str:
    """The state asked for; new findings for anything unknown."""
    return asked["tab"] if asked.get("tab") in dict(TABS) else "new"


def order_of(asked: Mapping[str, str]) -> str:
    """The order asked for; by time for anything unknown."""
    return asked["order"] if asked.get("order") in dict(ORDERS) else "time"


def rows_of(request: Asked) -> QuerySet[Finding]:
    """The findings asked for that the person may see, in the order asked for."""
    asked = request.GET
    rows = visible(Finding.objects.select_related("region", "organisation", "decided_by"), request.user)
    rows = rows.filter(status=tab_of(asked))
    for name, field in (
        ("check", "check_key"),
        ("severity", "severity"),
        ("region", "region__code__startswith"),
    ):
        if asked.get(name):
            rows = rows.filter(**{field: asked[name]})
    if asked.get("scenario"):
        rows = rows.filter(
            check_key__in=[e.check.key for e in every_check() if e.folder == asked["scenario"]]
        )
    by_time = ("-started_at", "-id")
    return rows.order_by(RANK.desc(), *by_time) if order_of(asked) == "severity" else rows.order_by(*by_time)


def filters_of(request: Asked) -> list[Filter]:
    """Scenario, check, county and level, each with the choices that stand in the person's findings of this state."""
    asked = request.GET
    seen = visible(Finding.objects.filter(status=tab_of(asked)), request.user).order_by()
    checks = set(seen.values_list("check_key", flat=True).distinct())
    places = Region.objects.filter(pk__in=seen.values("region_id")).order_by("code")
    scenarios = {e.folder: _(e.scenario.title) for e in every_check() if e.check.key in checks}
    return [
        Filter("scenario", _("场景"), list(scenarios.items()), asked.get("scenario", "")),
        Filter("check", _("规则"), sorted((k, title_of_check(k)) for k in checks), asked.get("check", "")),
        Filter("region", _("区划"), [(r.code, r.name) for r in places], asked.get("region", "")),
        Filter("severity", _("级别"), [(v, _(str(t))) for v, t in reversed(Level.choices)], asked.get("severity", "")),
    ]  # fmt: skip


def lines_of(rows: list[Finding], now: Any) -> list[Line]:
    """Findings with their usual terms and proposals."""
    today = local_day(now)
    return [
        Line(f, terms.default_for(f.severity, [f.check_key], on=today), list(f.proposals.all())) for f in rows
    ]


def grouped(lines: list[Line]) -> dict[str, list[Line]]:
    """Lines by the name of their target, in the order of the first of each."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.finding.target_name, []).append(line)
    return groups


COLUMNS: dict[str, Callable[[Finding], Any]] = {
    "对象": lambda f: f.target_name, "发现": lambda f: f.title, "规则": lambda f: title_of_check(f.check_key),
    "规则编码": lambda f: f.check_key, "区划": lambda f: f.region.name, "开始": lambda f: f.started_at,
    "至": lambda f: f.until, "大小": lambda f: f.magnitude, "单位": lambda f: f.unit,
    "级别": lambda f: f.get_severity_display(), "状态": lambda f: f.get_status_display(),
    "静默至": lambda f: f.silenced_until, "理由": lambda f: f.reason, "判定人": lambda f: str(f.decided_by or ""),
    "依据": lambda f: f.basis, "模拟": lambda f: "是" if f.simulated else "",
}  # fmt: skip


def table_of(rows: QuerySet[Finding]) -> Table:
    """The list as it is taken away: all of it."""
    return table(COLUMNS, rows.iterator())
