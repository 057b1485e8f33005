"""Findings about stations and decisions on their values as an Excel workbook."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bihuan.cases.models import Finding
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.kit.tables import Table, add_table
from bihuan.printable import Book
from bihuan.registry.models import ValueDecision
from bihuan.scenarios.catalogue import titles_of_checks

FINDING_HEAD = (
    "点位",
    "编码",
    "区划",
    "因子",
    "开始",
    "至",
    "发现",
    "大小",
    "单位",
    "级别",
    "状态",
    "规则",
    "规则编码",
    "依据",
    "模拟",
)
DECISION_HEAD = (
    "点位",
    "编码",
    "区划",
    "因子",
    "开始",
    "至",
    "结论",
    "阶段",
    "理由",
    "审核人",
    "审核时间",
    "模拟",
)


def labels(items: str) -> str:
    """`pm25,co` as people write it."""
    return "、".join(BY_NAME[i].label if i in BY_NAME else i for i in items.split(",") if i)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(CST):%Y-%m-%d %H:%M}"


def simulated(is_so: bool) -> str:
    """The mark of what is simulated; it goes along wherever the row is taken."""
    return "模拟" if is_so else ""


def finding_row(f: Finding) -> tuple[Any, ...]:
    """One finding as a row under FINDING_HEAD."""
    head = (
        f.target_name,
        f.target,
        f.region.name,
        labels(f.item),
        _time(f.started_at),
        _time(f.until),
        f.title,
    )
    return (
        *head,
        f.magnitude,
        f.unit,
        f.get_severity_display(),
        f.get_status_display(),
        titles_of_checks().get(f.check_key, f.check_key),
        f.check_key,
        f.basis,
        simulated(f.simulated),
    )


def decision_row(d: ValueDecision) -> tuple[Any, ...]:
    """One decision as a row under DECISION_HEAD."""
    head = (d.site.name, d.site_id, d.site.region.name, labels(d.items), _time(d.start), _time(d.until))
    return (
        *head,
        d.get_verdict_display(),
        d.get_stage_display(),
        Written(d.reason),
        str(d.reviewer),
        _time(d.at),
        simulated(d.site.simulated),
    )


def workbook(findings: Iterable[Finding], decisions: Iterable[ValueDecision]) -> bytes:
    """Two sheets: 质量发现 and 审核决定. Times are China Standard Time, spans end exclusive."""
    memory = io.BytesIO()
    # Reasons are written by people: text that looks like a formula stays text.
    with Book(memory) as book:
        add_table(book, "质量发现", Table(FINDING_HEAD, map(finding_row, findings)))
        add_table(book, "审核决定", Table(DECISION_HEAD, map(decision_row, decisions)))
    return memory.getvalue()
