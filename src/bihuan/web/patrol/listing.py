"""The lists of patrols, plans, coverage, the league and signs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, whole, words_in
from bihuan.kit.patrol.covering import Covered
from bihuan.kit.patrol.declared import PatrolObjects
from bihuan.kit.patrol.models import Patrol, Plan, Sign
from bihuan.kit.patrol.planning import plans_of
from bihuan.kit.patrol.receiving import patrols_of
from bihuan.kit.patrol.supervising import TITLES, signs_for
from bihuan.registry.models import Person
from bihuan.scenarios.resolved import every_patrolled
from bihuan.web.patrol.words import evidence_words, metres, minutes

SPANS = {"7": 7, "30": 30, "90": 90}


def patrols(person: Person) -> Listing[Patrol]:
    """The patrols that the person may see, the newest first."""
    seen = patrols_of(person).filter(result__isnull=False).defer("result__steps")
    rows: QuerySet[Patrol] = seen.annotate(stop_count=Count("stops"))
    return Listing(
        "patrols", _("巡查"),
        (
            Tab("", _("全部"), rows.filter, _("还没有巡查记录：网格员在手机上开始，或在“我的巡查”导入 GPX 文件。")),
            Tab("effective", _("有效"), lambda q: rows.filter(q, result__effective=True), _("没有有效的巡查。")),
            Tab("short", _("未达标"), lambda q: rows.filter(q, result__effective=False), _("没有未达标的巡查。")),
        ),
        (
            Column(_("开始时间"), lambda p: p.said_start, _opened, order="said_start"),
            Column(_("巡查人"), lambda p: Written(p.person), order="person__full_name"),
            Column(_("区划"), lambda p: Written(p.region.name), order="region_id"),
            Column(_("有效"), lambda p: _("是") if p.result.effective else _("否"), _effective, order="result__effective"),
            Column(_("里程"), lambda p: round(p.result.totals["metres"]), lambda p: metres(p.result.totals["metres"]), number=True),
            Column(_("不重复里程"), lambda p: round(p.result.conditions[0]["value"]), lambda p: metres(p.result.conditions[0]["value"]), number=True),
            Column(_("时长"), lambda p: round(p.result.totals["seconds"] / 60), lambda p: minutes(p.result.totals["seconds"]), number=True),
            Column(_("中断"), lambda p: p.result.totals["gaps"], unit=_("次"), number=True),
            Column(_("到点"), lambda p: getattr(p, "stop_count", 0), number=True, order="stop_count"),
        ),
        (Filter("days", _("时间"), lambda: [(k, _("近 %(n)d 天") % {"n": n}) for k, n in SPANS.items()], _since),),
        words_in("person__full_name", "person__username", "region__name"), _("巡查人、区划"), ("-said_start", "-pk"), unit=_("次"),
    )  # fmt: skip


def _since(text: str) -> Q:
    return Q(said_start__gte=clock.now() - timedelta(days=SPANS[text])) if text in SPANS else Q()


def _opened(patrol: Patrol) -> Cell:
    tags = [(_("模拟"), "sim")] if patrol.simulated else []
    return Cell(_time(patrol.said_start), reverse("patrol", args=[patrol.key]), tags=tags)


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}" if at else ""


def _effective(patrol: Patrol) -> Cell:
    return Cell(_("有效"), tone="good") if patrol.result.effective else Cell(_("未达标"), tone="warn")


def plans(person: Person) -> Listing[Plan]:
    """The plans that the person may see."""
    rows, today = plans_of(person), clock.now().astimezone(CST).date()
    ran = Q(ended=None) & (Q(until=None) | Q(until__gte=today))
    return Listing(
        "patrol-plans", _("巡查计划"),
        (
            Tab("", _("执行中"), lambda q: rows.filter(q, ran), _("没有执行中的巡查计划。")),
            Tab("over", _("已结束"), lambda q: rows.exclude(ran).filter(q), _("没有已结束的巡查计划。")),
        ),
        (
            Column(_("名称"), lambda p: Written(p.title), lambda p: Cell(Written(p.title), reverse("patrol_plan", args=[p.pk])), order="title"),
            Column(_("巡查对象"), lambda p: objects_title(p.objects_of)),
            Column(_("区划"), lambda p: Written(p.region.name), order="region_id"),
            Column(_("谁巡"), lambda p: Written(p.person) if p.person else _("在该区划巡查的人")),
            Column(_("周期"), lambda p: p.every_days, unit=_("天"), number=True, order="every_days"),
            Column(_("开始"), lambda p: p.since, order="since"),
            Column(_("结束"), lambda p: p.until),
        ),
        search=words_in("title", "region__name", "person__full_name"), place=_("名称、区划、巡查人"), unit=_("个"),
    )  # fmt: skip


def objects_title(key: str) -> str:
    """What is patrolled, by its title; the key of a line of business that is gone."""
    objects = every_patrolled().get(key)
    return objects.title if objects else key


def coverage(objects: PatrolObjects, found: Covered) -> Listing[dict[str, Any]]:
    """Each thing with how much of it was seen, the least first."""
    rows: Sequence[dict[str, Any]] = found.objects.to_dicts()
    return Listing(
        f"coverage-{objects.key}", _("巡查覆盖"), whole(lambda _q: rows, _("没有巡查对象。")),
        (
            Column(objects.title, lambda r: Written(found.places[r["object"]].name)),
            Column(_("看到"), lambda r: round(r["seen"] * 100, 1), lambda r: Cell(f"{r['seen'] * 100:.0f}", tone="" if r["seen"] else "warn"), "%", number=True),
            Column(_("单元"), lambda r: r["cells"], number=True),
            Column(_("最近到过"), lambda r: r["last"]),
        ),
        unit=_("个"),
    )  # fmt: skip


def league(rows: Sequence[dict[str, Any]]) -> Listing[dict[str, Any]]:
    """The league table."""
    return Listing(
        "patrol-league", _("巡查榜"), whole(lambda _q: rows, _("这段时间没有巡查。")),
        (
            Column(_("巡查人"), lambda r: Written(r["person"])),
            Column(_("得分"), lambda r: r["points"], number=True),
            Column(_("有效日"), lambda r: r["days"], unit=_("天"), number=True),
            Column(_("新覆盖单元"), lambda r: round(r["fresh"], 1), number=True),
            Column(_("到点取证"), lambda r: r["stops"], number=True),
            Column(_("确认的发现"), lambda r: r["confirmed"], number=True),
            Column(_("上报的发现"), lambda r: r["found"], number=True),
            Column(_("里程"), lambda r: round(r["km"], 1), unit="km", number=True),
            Column(_("巡查"), lambda r: r["patrols"], unit=_("次"), number=True),
        ),
        unit=_("人"), hint=_("里程和只报未确认的发现不计分；行车经过不计覆盖"),
    )  # fmt: skip


def signs(person: Person) -> Listing[Sign]:
    """The signs that a supervisor may see."""
    rows = signs_for(person).prefetch_related("verdicts")
    return Listing(
        "patrol-signs", _("巡查疑点"),
        (
            Tab("", _("待核实"), lambda q: rows.filter(q, verdicts=None), _("没有待核实的疑点。")),
            Tab("settled", _("已核实"), lambda q: rows.filter(q, verdicts__isnull=False).distinct(), _("还没有核实过疑点。")),
        ),
        (
            Column(_("疑点"), lambda s: _(TITLES[s.kind]), lambda s: Cell(_(TITLES[s.kind]), reverse("patrol_sign", args=[s.pk]))),
            Column(_("巡查人"), lambda s: Written(s.patrol.person), order="patrol__person__full_name"),
            Column(_("时间"), lambda s: s.start, order="start"),
            Column(_("依据"), evidence_words),
            Column(_("核实"), _verdict),
        ),
        search=words_in("patrol__person__full_name", "patrol__region__name"), place=_("巡查人、区划"), unit=_("条"),
        hint=_("疑点不是结论：先看可能的正常原因，再问本人"),
    )  # fmt: skip


def _verdict(sign: Sign) -> str:
    newest = next(iter(sign.verdicts.all()), None)
    return newest.get_verdict_display() if newest else ""
