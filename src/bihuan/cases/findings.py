"""Findings one by one: found for a person, or filed by a person's act. What people decide on them: cases.judging."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases.errors import NotVisible
from bihuan.cases.filing import file_rows
from bihuan.cases.joining import Row
from bihuan.cases.models import Finding
from bihuan.cases.targets import targets_of
from bihuan.registry.access import visible
from bihuan.registry.models import Organisation, Person, Region

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
