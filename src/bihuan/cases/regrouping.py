"""Incidents split and merged by hand: with a reason, kept for ever, and taken back as a whole. Rounds respect them."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.incident_models import Incident, Regrouping
from bihuan.cases.incidents import settle_roots
from bihuan.cases.judging import REASON, REASON_LENGTH, may_judge
from bihuan.cases.models import Finding
from bihuan.cases.texts import needed
from bihuan.registry.audit import record
from bihuan.registry.log import enter
from bihuan.registry.models import Person

Status = Finding.Status
Kind = Regrouping.Kind


@transaction.atomic
def split(incident: Incident, findings: Collection[int], by: Person, reason: str) -> Incident:
    """拆分: some findings (by id), not all, become an incident of their own. Raises IllegalMove."""
    text = _allowed(by, reason)
    members = set(_members(incident))
    moved = sorted(members & set(findings))
    if not moved:
        raise IllegalMove(_("请选择要拆出的发现"))
    if len(moved) == len(members):
        raise IllegalMove(_("不能把全部发现拆出，至少留下一条"))
    made = Incident.objects.create(opened_at=incident.opened_at, by_hand=True)
    _move(Kind.SPLIT, incident, made, moved, by, text)
    _stand_alone(moved, by, text)
    made.refresh_from_db()
    return made


@transaction.atomic
def merge(into: Incident, other: Incident, by: Person, reason: str) -> Incident:
    """归并: all findings of another incident come into this one, which is returned. Raises IllegalMove."""
    text = _allowed(by, reason)
    moved = _members(other)
    if other.pk == into.pk or not moved:
        raise IllegalMove(_("请选择另一个事件"))
    if not _members(into):  # else two incidents would each have been taken in by the other
        raise ChangedMeanwhile(_("事件刚被他人改动过，请刷新后再办"))
    _move(Kind.MERGE, other, into, moved, by, text)
    return into


@transaction.atomic
def take_back(done: Regrouping, by: Person, reason: str) -> Incident:
    """撤销 a split or merge: its findings return to where they were; returns that incident.

    Raises IllegalMove for one that is taken back already, ChangedMeanwhile when its findings have gone on elsewhere.
    """
    text = _allowed(by, reason)
    if done.kind == Kind.UNDO or Regrouping.objects.filter(undoes=done).exists():
        raise IllegalMove(_("这次归并已撤销"))
    if not set(done.findings) <= set(_members(done.into)):
        raise ChangedMeanwhile(_("其中的发现此后又被移动，请先撤销后来的归并"))
    Incident.objects.filter(pk=done.source_id).update(merged_into=None)
    _move(Kind.UNDO, done.into, done.source, done.findings, by, text, undoes=done)
    return done.source


def regroupings_of(incident: Incident) -> list[Regrouping]:
    """What was done to it by hand, newest first."""
    rows = Regrouping.objects.filter(source=incident) | Regrouping.objects.filter(into=incident)
    return list(rows.select_related("by", "undone_by").distinct())


def _allowed(by: Person, reason: str) -> str:
    if not may_judge(by):
        raise IllegalMove(_("事件由市级的调度岗、核查岗或负责人拆分和归并"))
    return needed(reason, REASON, REASON_LENGTH, _("拆分和归并需要写明理由"), "reason")


def _stand_alone(moved: Sequence[int], by: Person, reason: str) -> None:
    """What had taken over the verdict of a finding that stayed behind waits for people again."""
    nothing = dict.fromkeys(("decided_by", "decided_at", "decided_magnitude", "silenced_until", "follows"))
    for finding in Finding.objects.filter(pk__in=moved, follows__isnull=False).exclude(follows__in=moved):
        Finding.objects.filter(pk=finding.pk).update(status=Status.NEW, reason="", **nothing)
        enter(finding)
        record(by, "finding.undone", str(finding.pk), reason=reason, was=finding.status)


def _members(incident: Incident) -> list[int]:
    return list(incident.findings.exclude(status=Status.MERGED).order_by("pk").values_list("pk", flat=True))


def _move(
    kind: Kind,
    source: Incident,
    into: Incident,
    findings: Sequence[int],
    by: Person,
    reason: str,
    undoes: Regrouping | None = None,
) -> None:
    """Move findings, with what was merged into them, if all are still where they were; enter it; find the roots anew."""
    if Finding.objects.filter(pk__in=findings, incident=source).update(incident=into) != len(findings):
        raise ChangedMeanwhile(_("事件刚被他人改动过，请刷新后再办"))
    Finding.objects.filter(merged_into__in=findings).update(incident=into)
    made = Regrouping.objects.create(
        kind=kind, source=source, into=into, findings=list(findings), reason=reason, by=by, at=clock.now(), undoes=undoes
    )  # fmt: skip
    if not _members(source):
        Incident.objects.filter(pk=source.pk).update(merged_into=into, root=None)
    for incident in (source, into):
        Incident.objects.filter(pk=incident.pk).update(by_hand=_by_hand(incident))
    settle_roots((source.pk, into.pk))
    record(by, f"incident.{kind}", str(into.pk), source=source.pk, regrouping=made.pk, reason=reason)


def _by_hand(incident: Incident) -> bool:
    """Does a split or merge of it still stand?"""
    done = Regrouping.objects.exclude(kind=Kind.UNDO).filter(undone_by=None)
    return done.filter(source=incident).exists() or done.filter(into=incident).exists()
