"""What people decide on an incident: every verdict is written to all its findings in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan.cases import judging
from bihuan.cases.actions import hand_over
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.incident_models import Incident
from bihuan.cases.models import Case, Finding
from bihuan.registry.access import visible
from bihuan.registry.models import Organisation, Person

Status = Finding.Status
TO_JUDGE = (Status.NEW, Status.CONFIRMED, Status.REJECTED, Status.SILENCED)
TO_HAND_OVER = (Status.NEW, Status.CONFIRMED, Status.SILENCED)


def incident_for(person: Person, pk: int) -> Incident:
    """The incident, or the one that took it in, if the person may see a finding of it. Raises NotVisible (a 404)."""
    incident = Incident.objects.filter(pk=pk).first()
    while incident is not None and incident.merged_into is not None:
        incident = incident.merged_into
    if incident is None or not visible(Incident.objects.filter(pk=incident.pk), person).exists():
        raise NotVisible(_("没有编号为 %(number)s 的事件") % {"number": pk})
    return incident


def members_of(incident: Incident, person: Person) -> list[Finding]:
    """Its findings that the person may see, the root first, then the oldest."""
    rows = visible(Finding.objects.select_related("region", "organisation", "decided_by"), person)
    found = rows.filter(incident=incident).exclude(status=Status.MERGED)
    return sorted(found, key=lambda f: (f.pk != incident.root_id, f.started_at, f.pk))


def confirm(incident: Incident, by: Person, note: str = "", *, seen: int | None = None) -> None:
    """确认 all findings that can still be judged. `seen`, here and below: the newest finding that the person had before them."""
    _each(incident, by, seen, TO_JUDGE, lambda f: judging.confirm(f, by, note))


def reject(incident: Incident, by: Person, reason: str, *, seen: int | None = None) -> None:
    """否定 all findings that can still be judged; needs a reason."""
    _each(incident, by, seen, TO_JUDGE, lambda f: judging.reject(f, by, reason))


def silence(incident: Incident, by: Person, until: datetime, reason: str, *, seen: int | None = None) -> None:
    """静默 all findings that can still be judged; needs a reason."""
    _each(incident, by, seen, TO_JUDGE, lambda f: judging.silence(f, by, until, reason))


def undo(incident: Incident, by: Person, reason: str = "") -> None:
    """撤销 every verdict in it: all are open again."""
    _each(incident, by, None, judging.VERDICTS, lambda f: judging.undo(f, by, reason))


def hand(
    incident: Incident, by: Person, organisation: Organisation, *, seen: int | None = None, **given: Any
) -> Case:
    """交办: one case that holds all findings of it that no case holds yet; the root gives title, place and unit."""
    with transaction.atomic():
        findings = _members(incident, by, seen, TO_HAND_OVER)
        return hand_over(findings, by, organisation, **given)


def propose(incident: Incident, by: Person, verdict: str, reason: str) -> None:
    """建议: what a county thinks of the incident; it stands with the first finding that still waits."""
    waiting = [f for f in members_of(incident, by) if f.status == Status.NEW]
    if not waiting:
        raise IllegalMove(_("这个事件已有判定, 不再需要建议"))
    judging.propose(waiting[0], by, verdict, reason)


@transaction.atomic
def _each(
    incident: Incident,
    by: Person,
    seen: int | None,
    states: Sequence[str],
    judge: Callable[[Finding], None],
) -> None:
    for finding in _members(incident, by, seen, states):
        judge(finding)


def _members(incident: Incident, by: Person, seen: int | None, states: Sequence[str]) -> list[Finding]:
    """The findings in one of some states, root first. Raises IllegalMove, or ChangedMeanwhile when one is newer than `seen`."""
    members = members_of(incident, by)
    every = incident.findings.exclude(status=Status.MERGED).count()
    if len(members) < every:
        said = _("事件中有 %(n)d 条发现不在您的职务范围内，请由市级处理，或先拆分")
        raise IllegalMove(said % {"n": every - len(members)})
    if seen is not None and any(f.pk > seen and f.status == Status.NEW for f in members):
        raise ChangedMeanwhile(_("“%(finding)s”所在事件刚有新发现加入，请看过再办") % {"finding": members[0]})
    found = [f for f in members if f.status in states]
    if not found:
        raise IllegalMove(_("事件中没有可以这样处理的发现"))
    return found
