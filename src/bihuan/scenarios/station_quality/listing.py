"""The lists: findings about stations as they are taken away, and the decisions on their values on the page and in the file."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.quantities import BY_NAME
from bihuan.english import Written
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, whole, words_in
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Site, ValueDecision
from bihuan.scenarios.finding_columns import finding_columns

FINDINGS: dict[str, Callable[[Finding], Any]] = {
    "点位": lambda f: f.target_name, "编码": lambda f: f.target, **finding_columns("区划"), "因子": lambda f: labels(f.item),
    **finding_columns("开始", "至", "发现", "大小", "单位", "级别", "状态", "规则", "规则编码", "依据"),
    "模拟": lambda f: "模拟" if f.simulated else "",
}  # fmt: skip


def labels(items: str) -> str:
    """`pm25,co` as people write it."""
    return "、".join(BY_NAME[i].label if i in BY_NAME else i for i in items.split(",") if i)


def decisions(person: Person) -> Listing[ValueDecision]:
    """Decisions on the sites that a person may see, taken by now, newest first."""
    rows = ValueDecision.objects.filter(site__in=visible(Site.objects.all(), person), at__lte=clock.now())
    rows = rows.select_related("site", "site__region", "reviewer").order_by("-id")
    return Listing(
        "station_quality",
        _("站点数据质量"),
        whole(rows.filter, _("尚无审核决定。全部数据参与评价。")),
        _columns(),
        filters=(
            Filter(
                "verdict", _("结论"), worded(ValueDecision.Verdict.choices), lambda value: Q(verdict=value)
            ),
        ),
        search=words_in("site__name", "site__code"),
        place=_("编码、名称"),
        unit=_("条审核决定"),
        hint=_("只有审核人剔除的数据不参与评价；任何数据都不会被删除。"),
    )


def _columns() -> tuple[Column[ValueDecision], ...]:
    return (
        Column(_("点位"), lambda d: Written(d.site.name), _site),
        Column(_("编码"), lambda d: d.site_id, page=False),
        Column(_("区划"), lambda d: Written(d.site.region.name)),
        Column(_("因子"), lambda d: labels(d.items)),
        Column(_("开始"), lambda d: d.start),
        Column(_("至"), lambda d: d.until),
        Column(_("结论"), lambda d: d.get_verdict_display()),
        Column(_("阶段"), lambda d: d.get_stage_display()),
        Column(_("理由"), lambda d: Written(d.reason)),
        Column(_("审核人"), lambda d: Written(d.reviewer)),
        Column(_("审核时间"), lambda d: d.at),
        Column(_("模拟"), lambda d: _("模拟") if d.site.simulated else "", page=False),
    )


def _site(decision: ValueDecision) -> Cell:
    tags = [(_("模拟"), "sim")] if decision.site.simulated else []
    return Cell(
        Written(decision.site.name), reverse("station_quality:preview", args=[decision.site_id]), tags=tags
    )
