"""Findings as they are taken away, wherever they are listed: a head, and what stands below it."""

from collections.abc import Callable
from typing import Any

from bihuan.cases.models import Finding
from bihuan.scenarios.catalogue import title_of_check

COLUMNS: dict[str, Callable[[Finding], Any]] = {
    "区划": lambda f: f.region.name, "开始": lambda f: f.started_at, "至": lambda f: f.until, "发现": lambda f: f.title,
    "大小": lambda f: f.magnitude, "单位": lambda f: f.unit, "级别": lambda f: f.get_severity_display(),
    "状态": lambda f: f.get_status_display(), "规则": lambda f: title_of_check(f.check_key), "规则编码": lambda f: f.check_key,
    "依据": lambda f: f.basis, "模拟": lambda f: "是" if f.simulated else "",
}  # fmt: skip


def finding_columns(*heads: str) -> dict[str, Callable[[Finding], Any]]:
    """Some of these, in this order."""
    return {head: COLUMNS[head] for head in heads}
