"""Findings: filed by checks, judged by people."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.filing import file_rows
from bihuan.cases.joining import Row
from bihuan.cases.models import Finding
from bihuan.cases.targets import targets_of
from bihuan.registry.access import may, visible
from bihuan.registry.audit import record
from bihuan.registry.log import enter
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.roles import JUDGES

Status = Finding.Status


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
    """File one thing that was found (a patrol, an accepted suggestion); returns the finding and whether it is new.

    It goes the way of a check's rows (cases.filing), into a finding of the same check, item and target or a new one.
    """
    row = Row(
        check_key=check_key,
        item=item,
        target_kind=target_kind,
        target=target,
        target_name=target_name,
        region=region,
        organisation=organisation,
        title=title,
        start=started_at,
        until=until,
        magnitude=magnitude,
        unit=unit,
        severity=severity,
        evidence=evidence,
        basis=basis,
        simulated=simulated,
    )
    (finding,), new = file_rows([row])
    return finding, bool(new)


def finding_for(person: Person, pk: int) -> Finding:
    """The finding, if the person may see it. Raises NotVisible (a 404)."""
    rows = visible(Finding.objects.select_related("region", "organisation"), person)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的发现") % {"number": pk})
    return found


def place_of(finding: Finding) -> dict[str, float | None]:
    """`lat` and `lon` of what the finding is about; None where the registry knows no place."""
    place = targets_of(finding.target_kind, [finding.target]).get(finding.target)
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
    if not may(by, *JUDGES, region=finding.region_id):
        raise IllegalMove(_("发现由本区域的调度岗、核查岗或负责人判定"))
    if finding.status == Status.HANDED:
        raise IllegalMove(_("这条发现已交办, 请在问题中办理"))
    changes = {
        "status": status,
        "reason": reason.strip(),
        "decided_by": by,
        "decided_at": clock.now(),
        "decided_magnitude": finding.magnitude,
        **fields,
    }
    if Finding.objects.filter(pk=finding.pk, status=finding.status).update(**changes) != 1:
        raise ChangedMeanwhile(_("“%(finding)s”刚被他人处理过, 请刷新后再办") % {"finding": finding})
    enter(finding)
    record(by, f"finding.{status}", str(finding.pk), reason=reason.strip())
    for name, value in changes.items():
        setattr(finding, name, value)
