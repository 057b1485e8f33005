"""What has happened in the practice city before the replay begins: findings, forecasts, and simulated cases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from bihuan import clock
from bihuan.cases import actions
from bihuan.cases.evidence import Upload
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Finding
from bihuan.cases.targets import targets_of
from bihuan.jobs import run
from bihuan.registry.models import JobRun, Organisation, Person
from bihuan.schedule import CHECK, every_job
from bihuan.simulate.pictures import drawn

Say = Callable[[str, int, int], None]
H = timedelta(hours=1)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at a moment."""
    clock.set_replay(moment, 0)
    yield


def judge_days(until: datetime, span: timedelta, say: Say) -> None:
    """Run the checks and issue the forecasts of the days before `until`, each as of its own moment.

    Without the line of business that forecasts there are no forecasts.
    """
    forecasts = [job for job in every_job() if job.name == "forecast"]
    moments = [until - span + i * 12 * H for i in range(int(span / (12 * H)) + 1)]
    for i, moment in enumerate(moments):
        say("  as of each moment", i, len(moments))
        with at(moment):
            if i == len(moments) - 1:
                run(CHECK, moment)
            for job in forecasts:
                run(job, moment)
    failed = JobRun.objects.filter(ok=False).first()
    if failed is not None:
        raise RuntimeError(f"{failed.job} as of {failed.as_of}: {failed.result}")


# target, title, item, magnitude, unit, severity, how far its case has come, hours before the start
STORIES = (
    ("S001", "夜间土方作业，裸土未苫盖，出口未冲洗", 486.0, "µg/m³", "moderate", "verify", 60),
    ("S003", "出口带泥上路约 200 米", None, "", "minor", "sign", 30),
    ("P020", "物料露天装卸，喷雾未开", 312.0, "µg/m³", "moderate", "overdue", 240),
    ("P033", "窑炉停产后仍有烟气排放", None, "", "serious", "rectify", 50),
    ("V010", "门禁 2 小时放行国四及以下重型柴油车 17 辆", 17.0, "辆", "moderate", "dispatch", 20),
    ("P047", "煤棚喷雾停用", None, "", "minor", "close", 150),
    ("S007", "工地 PM10 5 分钟均值 420 µg/m³", 420.0, "µg/m³", "moderate", "new", 4),
    ("V021", "运输车辆遗撒", None, "", "minor", "new", 7),
)


def _finding(
    code: str, title: str, magnitude: float | None, unit: str, severity: str, moment: datetime
) -> Finding:
    target = targets_of("emitter", [code])[code]
    found, _ = open_or_extend(
        check_key="patrol.report", target_kind="emitter", target=code, target_name=target.name, title=title,
        region=target.region, organisation=target.organisation, started_at=moment - H, until=moment,
        magnitude=magnitude, unit=unit, severity=severity, basis="大气污染防治法（巡查上报，模拟）",
        evidence={"来源": "网格员巡查（模拟）", "时间": f"{moment:%Y-%m-%d %H:%M}", "描述": title}, simulated=True,
    )  # fmt: skip
    return found


def _go(
    code: str, title: str, magnitude: float | None, unit: str, severity: str, end: str, moment: datetime
) -> None:
    """Walk one story from its finding as far as it has come, each step at its own time, by the right person."""
    clock.set_replay(moment, 0)
    found = _finding(code, title, magnitude, unit, severity, moment)
    if end == "new":
        return
    office = Person.objects.get(username="diaodu")
    unit_ = Organisation.objects.get(kind="county", region=found.region)
    handler = Person.objects.get(posts__organisation=unit_, posts__role="handler")
    verifier = Person.objects.get(username="hecha")
    clock.set_replay(moment + H, 0)
    case = actions.hand_over(
        [found],
        office,
        unit_,
        note="请立即整改并报送照片。",
        requirement=f"整改：{title}",
        simulated=True,
    )
    plan: list[tuple[str, Person, dict[str, Any]]] = [
        ("sign", handler, {}),
        ("plan", handler, {"note": "已派人到现场。"}),
        ("apply_close", handler, {"note": "已整改到位。", "files": [Upload(*drawn("after"))]}),
        ("pass", verifier, {"note": "现场核实，问题已消除。", "companion": "周核查"}),
        ("close", office, {}),
    ]
    steps = {"dispatch": 0, "sign": 1, "rectify": 2, "overdue": 2, "verify": 3, "close": 5}[end]
    for i, (action, person, data) in enumerate(plan[:steps]):
        clock.set_replay(moment + (i + 2) * 2 * H, 0)
        actions.take(case, action, person, **data)


def cases(start: datetime) -> None:
    """All stories, in the order of time."""
    for code, title, magnitude, unit, severity, end, before in sorted(STORIES, key=lambda s: -s[6]):
        _go(code, title, magnitude, unit, severity, end, start - before * H)
