"""What must be so before a step besides the table: `why_not` of each rule gives the sentence against it, empty for none."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.observations import Asked
from bihuan.kit.inspection.models import Answer
from bihuan.kit.spans import today
from bihuan.registry.hours import archive
from bihuan.scenarios.outfalls.models import Outfall, Step
from bihuan.scenarios.outfalls.transitions import LEFT_OUT, Clarity, Sampling

INSPECTION = "outfall_check"
"""The form by which an outfall is inspected before it is accepted and from then on."""
Given = Mapping[str, Any]


def _values(outfall: Outfall, given: Given) -> str:
    if given["sampling"] == Sampling.DRY:
        return ""
    rows = archive().observations.read(Asked([outfall.code], as_of=clock.now()), ("value",)).head(1).collect()
    return _("平台上还没有这个排污口的监测数据，请先导入") if rows.is_empty() else ""


def _unit(_outfall: Outfall, given: Given) -> str:
    known = given["clarity"] == Clarity.UNKNOWN or given.get("unit")
    return "" if known else _("请选择责任单位；查不清的，溯源结论选“责任不明”")


def _ahead(_outfall: Outfall, given: Given) -> str:
    days: list[date] = [given["due"], *(day for _task, day in given.get("milestones", ()))]
    if min(days) <= today():
        return _("期限和时间节点应在今天之后")
    return _("时间节点不能晚于整治期限") if max(days) > given["due"] else ""


def newest_inspection(outfall: Outfall) -> Answer | None:
    """The newest inspection since the plan that is in force, by whom it was seen that the work is done."""
    plan = outfall.steps.filter(action="plan").order_by("-seq").first()
    rows = Answer.objects.filter(form__form=INSPECTION, target=outfall.code, at__lte=clock.now())
    rows = rows.filter(at__gte=plan.at) if plan else rows
    return rows.order_by("-at", "-pk").first()


def _inspected(outfall: Outfall, _given: Given) -> str:
    answer = newest_inspection(outfall)
    if answer is None:
        return _("方案制定后还没有现场检查记录，请先到现场检查")
    return _("最近一次现场检查发现了问题，不能验收") if answer.problems.exists() else ""


def _other(outfall: Outfall, given: Given) -> str:
    other: Outfall = given["other"]
    if other.pk == outfall.pk:
        return _("不能并入自己")
    return _("另一个排污口已不在用") if other.stage in LEFT_OUT or other.until else ""


WHY_NOT: Mapping[str, Callable[[Outfall, Given], str]] = {
    "values": _values, "unit": _unit, "ahead": _ahead, "inspected": _inspected, "other": _other,
}  # fmt: skip


def planners(outfall: Outfall) -> set[int]:
    """Who set the plan in force, or said that one of its milestones was done: they do not accept the work."""
    steps = list(Step.objects.filter(outfall=outfall).order_by("seq").values_list("action", "by_id"))
    begun = max((n for n, (action, _by) in enumerate(steps) if action == "plan"), default=0)
    return {by for action, by in steps[begun:] if action in ("plan", "milestone")}
