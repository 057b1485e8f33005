"""Findings: filed by checks, judged by people."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.chain import digest
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.models import Case, Finding
from bihuan.cases.rules import posts_of
from bihuan.cases.targets import targets_of
from bihuan.cases.transitions import UNFINISHED
from bihuan.registry.access import Role, visible
from bihuan.registry.audit import record
from bihuan.registry.models import Organisation, Person, Region

Status = Finding.Status
# A problem that pauses no longer than this goes on; after a longer pause it is a new one.
GAP = timedelta(hours=6)
JUDGES = (Role.DISPATCHER, Role.CHIEF, Role.VERIFIER)


@transaction.atomic
def open_or_extend(
    *,
    check_key: str,
    target_kind: str,
    target: str,
    target_name: str,
    title: str,
    region: Region,
    started_at: datetime,
    until: datetime,
    magnitude: float | None,
    unit: str,
    severity: str,
    evidence: dict[str, Any],
    organisation: Organisation | None = None,
    item: str = "",
    basis: str = "",
    simulated: bool = False,
) -> tuple[Finding, bool]:
    """File what a check found; returns the finding and whether it is new.

    A problem that goes on (or is silenced, or lies in an open case) extends its finding: later end, worse magnitude,
    latest evidence. The first evidence stays as it was.
    """
    last = Finding.objects.filter(check_key=check_key, target=target).order_by("-id").first()
    if last is not None and _goes_on(last, started_at, until):
        worse = max((m for m in (last.magnitude, magnitude) if m is not None), default=None)
        if until > last.until:
            last.latest, last.until, last.title = evidence, until, title
        last.magnitude = worse
        last.save(update_fields=["latest", "until", "title", "magnitude"])
        return last, False
    Finding.objects.filter(check_key=check_key, target=target, running=True).update(running=False)
    new = Finding.objects.create(
        check_key=check_key,
        target_kind=target_kind,
        target=target,
        target_name=target_name,
        title=title,
        region=region,
        organisation=organisation,
        started_at=started_at,
        until=until,
        item=item,
        magnitude=magnitude,
        unit=unit,
        severity=severity,
        evidence=evidence,
        evidence_hash=digest(evidence),
        latest=evidence,
        basis=basis,
        found_at=clock.now(),
        simulated=simulated,
    )
    return new, True


def _goes_on(last: Finding, started_at: datetime, until: datetime) -> bool:
    if last.status == Status.HANDED:
        cases = Case.objects.filter(findings=last)
        if cases.filter(state__in=UNFINISHED).exists():
            return True
        closed = cases.filter(closed_at__isnull=False).order_by("-closed_at").first()
        if closed is not None and closed.closed_at is not None:
            # What shows itself after its case was closed is a new finding: perhaps a rebound.
            return until <= max(closed.closed_at, last.until)
    if last.status == Status.SILENCED and last.silenced_until and started_at < last.silenced_until:
        return True
    return started_at <= last.until + GAP


def finding_for(person: Person, pk: int) -> Finding:
    """The finding, if the person may see it. Raises NotVisible (a 404)."""
    rows = visible(Finding.objects.select_related("region", "organisation"), person)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的发现") % {"number": pk})
    return found


def place_of(finding: Finding) -> dict[str, float | None]:
    """`lat` and `lon` of what the finding is about; None where the registry knows no place."""
    place = targets_of(finding.target_kind).get(finding.target)
    return {"lat": place.lat if place else None, "lon": place.lon if place else None}


def confirm(finding: Finding, by: Person, note: str = "") -> None:
    """确认: the check was right."""
    _judge(finding, by, Status.CONFIRMED, note)


def reject(finding: Finding, by: Person, reason: str) -> None:
    """否定: the check was wrong; needs a reason, which the catalogue of checks counts."""
    if not reason.strip():
        raise IllegalMove(_("否定一条发现需要写明理由"))
    _judge(finding, by, Status.REJECTED, reason)


def silence(finding: Finding, by: Person, until: datetime, reason: str) -> None:
    """静默: true, but nothing to do before `until`."""
    if not reason.strip():
        raise IllegalMove(_("静默一条发现需要写明理由"))
    if until <= clock.now():
        raise IllegalMove(_("静默的截止时间必须晚于现在"))
    _judge(finding, by, Status.SILENCED, reason, silenced_until=until)


@transaction.atomic
def _judge(finding: Finding, by: Person, status: str, reason: str, **fields: Any) -> None:
    if not any(p.role in JUDGES and finding.region_id.startswith(p.region.prefix) for p in posts_of(by)):
        raise IllegalMove(_("发现由本区域的调度岗、核查岗或负责人判定"))
    if finding.status == Status.HANDED:
        raise IllegalMove(_("这条发现已交办, 请在问题中办理"))
    changes = {
        "status": status,
        "reason": reason.strip(),
        "decided_by": by,
        "decided_at": clock.now(),
        **fields,
    }
    if Finding.objects.filter(pk=finding.pk, status=finding.status).update(**changes) != 1:
        raise ChangedMeanwhile(_("“%(finding)s”刚被他人处理过, 请刷新后再办") % {"finding": finding})
    record(by, f"finding.{status}", str(finding.pk), reason=reason.strip())
    for name, value in changes.items():
        setattr(finding, name, value)
