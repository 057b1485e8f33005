"""复检通知: what can happen to a recall. One open recall of a vehicle; it is closed by a passed re-test and by nothing else."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.domain.timeaxis import CST
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.models import Person, Vehicle
from bihuan.registry.roles import JUDGES
from bihuan.scenarios.roadside_checks.models import Recall
from bihuan.scenarios.roadside_checks.settings import in_force

State = Recall.State
MOVES = {
    (State.NOTICED, "pass"): State.PASSED,
    (State.NOTICED, "fail"): State.FAILED,
    (State.FAILED, "pass"): State.PASSED,
    (State.FAILED, "fail"): State.FAILED,
}
"""(state, what the re-test said) -> state."""


def usual_deadline(today: date) -> date:
    """The day until which one recalled today is tested, if nobody says another."""
    return today + timedelta(days=in_force().recall_days)


def overdue(recall: Recall, today: date) -> bool:
    """Is the vehicle not tested well though its day has passed?"""
    return recall.state != State.PASSED and recall.deadline < today


def issue(
    vehicle: Vehicle, by: Person, deadline: date, grounds: Sequence[str], *, simulated: bool = False
) -> Recall:
    """Ask for a re-test. Raises IllegalMove for whom may not, without grounds, for a day that has passed, and where one is open."""
    today = clock.now().astimezone(CST).date()
    if not may(by, *JUDGES, region=vehicle.region_id):
        raise IllegalMove(_("复检通知由调度岗、核查岗或负责人发出"))
    if not grounds:
        raise IllegalMove(_("没有查到这辆车超标、冒黑烟或终端异常的记录，不能通知复检"))
    if deadline <= today:
        raise IllegalMove(_("期限须晚于今天"))
    try:
        with transaction.atomic():
            made = Recall.objects.create(
                number=_number(today), vehicle=vehicle, grounds=list(grounds), issued_at=clock.now(), issued_by=by, deadline=deadline, simulated=simulated
            )  # fmt: skip
            record(by, "recall.issue", made.number, plate=vehicle.plate, deadline=deadline.isoformat())
    except IntegrityError as error:
        raise ChangedMeanwhile(_("这辆车已有未完成的复检通知")) from error
    return made


def _number(today: date) -> str:
    """The next of the year."""
    head = f"FJ{today:%Y}-"
    newest = Recall.objects.filter(number__startswith=head).order_by("number").last()
    return f"{head}{(int(newest.number.removeprefix(head)) if newest else 0) + 1:05d}"


def retested(recall: Recall, by: Person | None, said: str, day: date, test: str) -> Recall:
    """Enter a re-test; said: pass or fail; by: None for the job that read it from the stations' records.

    Raises IllegalMove for whom may not, a closed recall, and a test of before the notice or of a day to come.
    """
    if by is not None and not may(by, *JUDGES, region=recall.vehicle.region_id):
        raise IllegalMove(_("复检结果由调度岗、核查岗或负责人登记"))
    today = clock.now().astimezone(CST).date()
    if not recall.issued_at.astimezone(CST).date() <= day <= today:
        raise IllegalMove(_("复检日期须在通知之后、今天及以前"))
    with transaction.atomic():
        now = Recall.objects.select_for_update().get(pk=recall.pk)
        target = MOVES.get((State(now.state), said))
        if target is None:
            raise IllegalMove(_("复检已合格，不再登记"))
        now.state, now.tested_on, now.test = target, day, test
        now.save(update_fields=["state", "tested_on", "test"])
        record(by, "recall.retest", now.number, result=said, day=day.isoformat(), test=test)
    recall.refresh_from_db()
    return recall
