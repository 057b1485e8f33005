"""What stands at the end of a shift, in sections of lines. It is made in Chinese, frozen at signing, and told when shown."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import override

from bihuan.cases.ladders import Timing
from bihuan.cases.models import Case, Finding, Level, Step
from bihuan.cases.reminder_settings import timing
from bihuan.cases.transitions import CLOSINGS, REOPENINGS, UNFINISHED, State
from bihuan.domain.timeaxis import CST
from bihuan.heartbeat import PARTS
from bihuan.outages import outages
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import JobRun
from bihuan.scenarios.resolved import banners_for
from bihuan.schedule import every_job
from bihuan.web.decisions_waiting import decisions_waiting
from bihuan.web.pages.system import processes, sources

MOST = 60
"""Lines of a section at most; the rest is counted."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Line:
    """One thing: what, what else there is to know, where it opens, and how it stands (bad, warn or empty)."""

    text: str
    note: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under a title; `more`: how many are left out."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0


COUNTED = {"申请销号": ("apply_close",), "核查通过": ("pass",), "销号": CLOSINGS, "反弹": REOPENINGS}
"""What a shift brought, told apart: said to be done, verified, closed, reopened."""


def content_of(request: Asked, since: datetime, now: datetime) -> list[dict[str, Any]]:
    """The sections of a shift, as they are kept."""
    with override("zh-hans"):
        made = [
            _section("未处置的事件", _incidents(request)),
            _section("在执行的预警和管控", _in_force(request, now)),
            _section("答应过的事", _promises(request, now)),
            _section("等待决定", _waiting(request, now)),
            _section("异常的数据源和部件", _out_of_order(request, since, now)),
            _section("本班经过", _course(request, since, now)),
        ]
    return [asdict(section) for section in made]


def _section(title: str, lines: Iterable[Line]) -> Section:
    every = tuple(lines)
    return Section(title, every[:MOST], max(len(every) - MOST, 0))


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(CST):%m-%d %H:%M}" if at else "—"


def _incidents(request: Asked) -> Iterator[Line]:
    """What nobody has put aside or handed over, by what belongs together: what the shift confirmed before what nobody judged, the worst first."""
    rows = visible(Finding.objects.filter(status__in=("new", "confirmed")), request.user)
    groups: dict[int, list[Finding]] = defaultdict(list)
    for finding in rows.select_related("incident").order_by("started_at", "pk"):
        groups[finding.incident_id].append(finding)
    for members in sorted(groups.values(), key=_order):
        yield _incident(members)


def _order(members: list[Finding]) -> tuple[bool, int, datetime]:
    judged = any(f.status == "confirmed" for f in members)
    return not judged, -max(map(_rank, members)), members[0].started_at


def _rank(finding: Finding) -> int:
    return Level.values.index(finding.severity)


def _incident(members: list[Finding]) -> Line:
    """The root (or, where that is put aside, the worst) with how many there are."""
    worst = max(members, key=_rank)
    root = next((f for f in members if f.pk == f.incident.root_id), worst)
    more = f"等 {len(members)} 条发现" if len(members) > 1 else ""
    return Line(
        f"{root.target_name} {root.title}{'（模拟）' if root.simulated else ''}{more}",
        f"{worst.get_severity_display()}，{root.get_status_display()}，{_moment(members[0].started_at)} 起",
        reverse("incident", args=[root.incident_id]),
        "bad" if worst.severity in ("serious", "major") else "",
    )


def _open_cases(request: Asked, now: datetime) -> "QuerySet[Case]":
    rows = visible(Case.objects.filter(state__in=UNFINISHED, opened_at__lte=now), request.user)
    return rows.select_related("organisation").order_by("due", "pk")


def _in_force(request: Asked, now: datetime) -> Iterator[Line]:
    """Warnings in force, and what units were told to do because of them."""
    for banner in banners_for(request.user, now):
        yield Line(banner.title, f"{_moment(banner.since)} 至 {_moment(banner.until)}", banner.url, "warn")
    set_now = timing()
    for case in _open_cases(request, now).filter(source=Case.Source.SUGGESTION):
        yield _case(case, now, set_now)


def _promises(request: Asked, now: datetime) -> Iterator[Line]:
    """Cases that run, those that are due soonest first, and what was asked of their terms."""
    set_now = timing()
    for case in _open_cases(request, now).exclude(source=Case.Source.SUGGESTION):
        yield _case(case, now, set_now)


def _case(case: Case, now: datetime, timing: Timing) -> Line:
    lamp = case.lamp(now, timing)
    unit = case.organisation.name if case.organisation else "未定承办单位"
    asked = "，申请延期待批" if case.state == State.EXTENSION else ""
    return Line(
        f"{case.number} {case.title}{'（模拟）' if case.simulated else ''}",
        f"{unit}，期限 {_moment(case.due)}，{lamp.text}{asked}",
        reverse("case", args=[case.number]),
        {"red": "bad", "yellow": "warn"}.get(lamp.colour, ""),
    )


def _waiting(request: Asked, now: datetime) -> Iterator[Line]:
    for line in decisions_waiting(request.user, now):
        mark = "（模拟）" if line.simulated else ""
        yield Line(f"{line.what} {line.subject}{mark}", f"{line.by}，{_moment(line.at)}", line.url, "warn")


def _out_of_order(request: Asked, since: datetime, now: datetime) -> Iterator[Line]:
    """What of the installation does not work, or did not for a time in the shift."""
    system = reverse("system")
    for source in sources(request):
        if source["bad"]:
            yield Line(f"数据源 {source['name']} 中断", f"延迟 {source['age'] or '—'}", system, "bad")
    for part in processes():
        if not part.get("up"):
            yield Line(f"部件 {part.get('name')} 已停", "正在自动重启", system, "bad")
    for job in every_job():
        last = JobRun.objects.filter(job=job.name, as_of__lte=now, ended__isnull=False).first()
        if last is not None and last.ok is False:
            yield Line(f"任务 {job.title} 上次失败", last.result, system, "bad")
    for o in outages(since, now):
        if not o.moved and o.until - o.since >= timedelta(minutes=10):
            hours = f"{(o.until - o.since) / HOUR:.1f}"
            until = "仍未恢复" if o.open else f"至 {_moment(o.until)}"
            yield Line(
                f"{PARTS[o.part]} 中断 {hours} 小时", f"{_moment(o.since)} 起，{until}", system, "warn"
            )


def _course(request: Asked, since: datetime, now: datetime) -> Iterator[Line]:
    """How much was found, judged and handed over, then the steps that people took."""
    found = visible(Finding.objects.exclude(status="merged"), request.user)
    new, judged = (
        found.filter(found_at__gt=since, found_at__lte=now),
        found.filter(decided_at__gt=since, decided_at__lte=now),
    )
    opened = visible(Case.objects.all(), request.user).filter(opened_at__gt=since, opened_at__lte=now).count()
    worst = new.filter(severity__in=("serious", "major")).count()
    yield Line(f"新发现 {new.count()} 条（严重以上 {worst} 条），判定 {judged.count()} 条，立案 {opened} 件")
    steps = visible(Step.objects.filter(at__gt=since, at__lte=now), request.user)
    counted = steps.order_by().aggregate(
        **{name: Count("pk", filter=Q(action__in=of)) for name, of in COUNTED.items()}
    )
    yield Line("，".join(f"{name} {counted[name]} 件" for name in COUNTED))
    for step in steps.select_related("case", "actor").order_by("-at", "-pk"):
        yield Line(
            f"{_moment(step.at)} {step.case.number} {step.label}",
            f"{step.who}（{step.post}）",
            reverse("case", args=[step.case.number]),
        )
