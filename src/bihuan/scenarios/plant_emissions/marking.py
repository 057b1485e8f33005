"""Setting a mark (标记), withdrawing it or a quality check: who may, what is asked for. What was entered is never changed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.texts import needed
from bihuan.domain.timeaxis import parse_moment
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.log import enter
from bihuan.registry.models import Person
from bihuan.registry.roles import MARKERS
from bihuan.scenarios.plant_emissions.media import medium_of
from bihuan.scenarios.plant_emissions.models import Mark, Outlet, QualityCheck, Withdrawal

CODES = {
    Mark.Kind.CONDITION: ("启炉", "停炉", "停运", "烘炉", "故障", "事故"),
    Mark.Kind.DEVICE: ("维护", "校准", "故障", "通讯中断"),
}
LONGEST = timedelta(days=31)
AHEAD = timedelta(days=7)
REASON_LENGTH = 400


def codes_of(outlet: Outlet) -> dict[Mark.Kind, tuple[str, ...]]:
    """What may be marked at an outlet."""
    return CODES | {Mark.Kind.CONDITION: medium_of(outlet).conditions}


def may_mark(person: Person, outlet: Outlet) -> bool:
    """The enterprise's own contact, or an officer whose post covers its region."""
    emitter = outlet.emitter
    return may(person, *MARKERS, region=emitter.region_id, organisation=emitter.organisation_id)


def _checked(person: Person, outlet: Outlet, reason: str) -> str:
    """The reason as it is kept, where the person may write it."""
    if not may_mark(person, outlet):
        raise IllegalMove(_("标记由本企业联系人，或覆盖本区域的调度岗、核查岗、负责人设置"))
    return needed(reason, "理由", REASON_LENGTH, _("请写明理由：发生了什么、依据什么"))


def read_span(start: str, until: str) -> tuple[datetime, datetime]:
    """The span of a form. Raises IllegalMove with what to mend."""
    try:
        first, last = parse_moment(start), parse_moment(until)
    except ValueError:
        raise IllegalMove(_("起止时间无法识别，请写成 2019-01-11T08:00")) from None
    if last <= first:
        raise IllegalMove(_("结束时间必须晚于开始时间"))
    if last - first > LONGEST:
        raise IllegalMove(_("一条标记最长 31 天，请分段标记"))
    if last > clock.now() + AHEAD:
        raise IllegalMove(_("最多提前 7 天标记"))
    return first, last


@transaction.atomic
def set_mark(
    outlet: Outlet, by: Person, kind: str, code: str, start: datetime, until: datetime, reason: str
) -> Mark:
    """Set a mark from now on known. Raises IllegalMove."""
    reason = _checked(by, outlet, reason)
    if kind not in Mark.Kind.values or code not in codes_of(outlet)[Mark.Kind(kind)]:
        raise IllegalMove(_("请选择标记的类别和内容"))
    span: dict[str, Any] = {"start": start, "until": until}
    made = Mark.objects.create(
        outlet=outlet, kind=kind, code=code, **span, reason=reason, who=by, at=clock.now()
    )
    said = {name: moment.isoformat() for name, moment in span.items()}
    record(by, "mark.set", outlet.code, mark=made.pk, code=code, **said, reason=reason)
    return made


@transaction.atomic
def keep_marks(marks: Collection[Mark]) -> int:
    """Keep marks that nobody set on a page (those of a practice city); how many they are."""
    for mark in marks:
        mark.save()
    return len(marks)


@transaction.atomic
def withdraw_quality(made: QualityCheck, by: Person, reason: str) -> None:
    """Withdraw the entry of a quality check; it stays with who, when and why. Raises IllegalMove."""
    reason = _checked(by, made.outlet, reason)
    rows = QualityCheck.objects.filter(pk=made.pk, withdrawn_at=None)
    if not rows.update(withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_for=reason):
        raise IllegalMove(_("这条质控记录已撤销"))
    enter(made)
    record(by, "quality.withdraw", made.outlet_id, check=made.pk, reason=reason)


@transaction.atomic
def withdraw(mark: Mark, by: Person, reason: str) -> Withdrawal:
    """Withdraw a mark by a later record. Raises IllegalMove."""
    reason = _checked(by, mark.outlet, reason)
    made, new = Withdrawal.objects.get_or_create(
        mark=mark, defaults={"reason": reason, "who": by, "at": clock.now()}
    )
    if not new:
        raise IllegalMove(_("这条标记已撤销"))
    record(by, "mark.withdraw", mark.outlet_id, mark=mark.pk, reason=reason)
    return made
