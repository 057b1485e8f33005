"""Decisions of reviewers on values (审核、复核): one action that writes, and the table that evaluations read.

Nothing is deleted or changed: a decision is a new row, and the later one counts.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

import polars as pl
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.quality import DECISIONS
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.errors import BihuanError
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.models import Person, Site, ValueDecision
from bihuan.registry.roles import JUDGES

Stage = ValueDecision.Stage
Verdict = ValueDecision.Verdict
LONGEST = timedelta(days=31)


class NotDecided(BihuanError):
    """The decision may not be taken so; the message says why and what to do (Chinese)."""


def earlier(site: Site, items: Collection[str], start: datetime, until: datetime) -> list[ValueDecision]:
    """Decisions that share an item and an hour with these, oldest first."""
    rows = ValueDecision.objects.filter(site=site, start__lt=until, until__gt=start).select_related(
        "reviewer"
    )
    return [d for d in rows.order_by("id") if set(d.items.split(",")) & set(items)]


def next_stage(site: Site, items: Collection[str], start: datetime, until: datetime) -> str:
    """What a decision on these values would be: the first is an audit, every later one a re-audit."""
    return Stage.REAUDITED if earlier(site, items, start, until) else Stage.AUDITED


def check_span(items: Collection[str], start: datetime, until: datetime) -> None:
    """Raises NotDecided for unknown items or an impossible span."""
    unknown = sorted(set(items) - set(ITEM_NAMES))
    if not items or unknown:
        raise NotDecided(
            _("请选择至少一个因子（%(items)s）%(unknown)s")
            % {"items": _("、").join(BY_NAME[i].label for i in ITEM_NAMES), "unknown": unknown or ""}
        )
    if any(
        t.tzinfo is None or t.astimezone(UTC).replace(minute=0, second=0, microsecond=0) != t
        for t in (start, until)
    ):
        raise NotDecided(_("起止时间须为整点"))
    if start >= until:
        raise NotDecided(_("结束时间须晚于开始时间"))
    if until > clock.now():
        raise NotDecided(_("不能审核尚未到来的时段，请把结束时间提前"))
    if until - start > LONGEST:
        raise NotDecided(_("一次最多审核 31 天，请分段办理"))


def _check_stage(stage: str, by: Person, before: list[ValueDecision]) -> None:
    if stage == Stage.AUDITED and before:
        raise NotDecided(_("所选时段已审核过，如需改变，请由另一人复核"))
    if stage == Stage.REAUDITED and not before:
        raise NotDecided(_("所选时段尚未审核，请先审核"))
    if stage == Stage.REAUDITED and by in {d.reviewer for d in before}:
        raise NotDecided(_("复核须由另一人进行：您已审核过其中的数据"))


@transaction.atomic
def decide(
    site: Site,
    items: Collection[str],
    start: datetime,
    until: datetime,
    verdict: str,
    reason: str,
    by: Person,
    stage: str | None = None,
) -> ValueDecision:
    """Keep or exclude values of a site in [start, until). Raises NotDecided.

    The reviewer is dispatcher, verifier or chief of the site's region; a re-audit needs another person than the audit.
    `stage` None = what is next for these values. One row and one entry of the audit log, in one transaction.
    """
    if not may(by, *JUDGES, region=site.region_id):
        raise NotDecided(_("%(site)s 的数据由所在区域的调度岗、核查岗或负责人审核") % {"site": site.name})
    if verdict not in Verdict.values:
        raise NotDecided(_("审核结论须为有效或剔除，不能是 %(verdict)s") % {"verdict": verdict})
    if not reason.strip():
        raise NotDecided(_("请写明理由，它会随数据长期保存"))
    check_span(items, start, until)
    before = earlier(site, items, start, until)
    stage = stage or (Stage.REAUDITED if before else Stage.AUDITED)
    _check_stage(stage, by, before)
    names = ",".join(i for i in ITEM_NAMES if i in items)
    made = ValueDecision.objects.create(
        site=site, items=names, start=start, until=until, verdict=verdict, stage=stage, reason=reason.strip(),
        reviewer=by, at=clock.now(),
    )  # fmt: skip
    record(by, f"site.{verdict}", site.code, decision=made.pk, items=names, start=start.isoformat(),
           until=until.isoformat(), stage=stage, reason=made.reason)  # fmt: skip
    return made


def as_frame(decisions: Iterable[ValueDecision]) -> pl.DataFrame:
    """Decisions as `domain.quality` takes them, in the given order."""
    rows = [(d.site_id, d.items, d.start, d.until, d.verdict, d.stage) for d in decisions]
    return pl.DataFrame(rows, schema=DECISIONS, orient="row")


def decisions_of(
    sites: Collection[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    *,
    by: datetime | None = None,
) -> pl.DataFrame:
    """Decisions taken by a moment (default: now) that touch these sites and hours, in the order in which they were taken."""
    rows: QuerySet[ValueDecision] = ValueDecision.objects.filter(at__lte=by or clock.now()).order_by("id")
    if sites is not None:
        rows = rows.filter(site__in=list(sites)) if len(sites) < 500 else rows
    if start is not None:
        rows = rows.filter(until__gt=start)
    if end is not None:
        rows = rows.filter(start__lt=end)
    return as_frame(rows)
