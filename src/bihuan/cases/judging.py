"""What people decide on findings: confirm, reject, silence, undo; and what a county proposes.

The city judges. A county sees what is found in it and may say what it thinks, but a verdict on what lies in its own
responsibility is not its own. Every verdict is a conditional update and leaves an entry in the audit log.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.models import VERDICT_NAMES, Finding, Proposal
from bihuan.cases.texts import clean
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.log import enter
from bihuan.registry.models import Person
from bihuan.registry.roles import JUDGES

Status = Finding.Status
REASON = "理由"
REASON_LENGTH = 400
# What the form offers to be silent for; 720 h is the longest silence that one verdict gives.
SILENCES = tuple(timedelta(hours=h) for h in (24, 72, 168, 720))
VERDICTS = (Status.CONFIRMED, Status.REJECTED, Status.SILENCED)
# What the form offers as reasons, by what they are given for most.
REASONS = (
    "仪器校准或质控",
    "计划检修或停产，已备案",
    "数据传输故障，已补传",
    "误报：规则在此不适用",
    "已电话核实",
)


def may_judge(person: Person) -> bool:
    """May the person judge findings: by a post of the whole city?"""
    return may(person, *JUDGES, region=CITY)


def may_propose(person: Person, finding: Finding) -> bool:
    """May the person say how the city should judge this finding: by a post of the finding's region?"""
    return may(person, *JUDGES, region=finding.region_id)


def confirm(finding: Finding, by: Person, note: str = "") -> None:
    """确认: the check was right."""
    _judge(finding, by, Status.CONFIRMED, note)


def reject(finding: Finding, by: Person, reason: str) -> None:
    """否定: the check was wrong; needs a reason, which the catalogue of checks counts."""
    _judge(finding, by, Status.REJECTED, _needed(reason, Status.REJECTED))


def silence(finding: Finding, by: Person, until: datetime, reason: str) -> None:
    """静默: true, but nothing to do before `until`, unless it gets worse (joining.is_worse)."""
    reason = _needed(reason, Status.SILENCED)
    if until <= clock.now():
        raise IllegalMove(_("静默的截止时间必须晚于现在"), "hours")
    if until > clock.now() + SILENCES[-1]:
        raise IllegalMove(_("一次最多静默 %(n)d 天") % {"n": SILENCES[-1].days}, "hours")
    _judge(finding, by, Status.SILENCED, reason, silenced_until=until)


def undo(finding: Finding, by: Person, reason: str = "") -> None:
    """撤销 a verdict: the finding is open again, as if nobody had judged it; the log keeps both."""
    if finding.status not in VERDICTS:
        raise IllegalMove(
            _("这条发现%(state)s, 没有可撤销的判定") % {"state": _(finding.get_status_display())}
        )
    nothing = dict.fromkeys(("decided_by", "decided_at", "decided_magnitude", "silenced_until"))
    _change(
        finding, by, "undone", reason, {"status": Status.NEW, "reason": "", **nothing}, was=finding.status
    )


@transaction.atomic
def propose(finding: Finding, by: Person, verdict: str, reason: str) -> Proposal:
    """建议: what the county thinks the city should decide, with the reason. Changes nothing on the finding."""
    if verdict not in VERDICTS:
        raise IllegalMove(_("只能建议确认、否定或静默"), "proposed")
    if not may_propose(by, finding):
        raise IllegalMove(_("判定建议由发现所在区域的调度岗、核查岗或负责人提出"))
    if finding.status != Status.NEW:
        raise IllegalMove(_("这条发现已有判定, 不再需要建议"))
    text = _needed(clean(reason, REASON, REASON_LENGTH, "reason"), Status(verdict))
    made = Proposal.objects.create(finding=finding, verdict=verdict, reason=text, by=by, at=clock.now())
    record(by, "finding.proposed", str(finding.pk), verdict=verdict, reason=text)
    return made


def proposals_waiting(person: Person) -> list[Proposal]:
    """The newest proposal on each finding that nobody has judged, for a person who may judge it; oldest first."""
    if not may_judge(person):
        return []
    rows = Proposal.objects.filter(finding__status=Status.NEW, at__lte=clock.now()).exclude(by=person)
    newest = {p.finding_id: p for p in rows.select_related("finding", "by").order_by("id")}
    return sorted(newest.values(), key=lambda p: p.pk)


def _needed(reason: str, verdict: Status) -> str:
    if not reason.strip():
        raise IllegalMove(
            _("%(verdict)s一条发现需要写明理由") % {"verdict": VERDICT_NAMES[verdict]}, "reason"
        )
    return reason


def _judge(finding: Finding, by: Person, status: str, reason: str, **fields: Any) -> None:
    if finding.status in (Status.HANDED, Status.MERGED):
        raise IllegalMove(_("这条发现%(state)s, 不能再判定") % {"state": _(finding.get_status_display())})
    changes = {
        "status": status,
        "decided_by": by,
        "decided_at": clock.now(),
        "decided_magnitude": finding.magnitude,
        "silenced_until": None,
        **fields,
    }
    _change(finding, by, status, reason, changes)


@transaction.atomic
def _change(
    finding: Finding, by: Person, what: str, reason: str, changes: dict[str, Any], **detail: Any
) -> None:
    if not may_judge(by):
        raise IllegalMove(_("发现由市级的调度岗、核查岗或负责人判定；县区可以提出建议"))
    text = clean(reason, REASON, REASON_LENGTH, "reason")
    changes = {"reason": text, **changes}
    if Finding.objects.filter(pk=finding.pk, status=finding.status).update(**changes) != 1:
        raise ChangedMeanwhile(_("“%(finding)s”刚被他人处理过, 请刷新后再办") % {"finding": finding})
    enter(finding)
    record(by, f"finding.{what}", str(finding.pk), reason=text, **detail)
    for name, value in changes.items():
        setattr(finding, name, value)
