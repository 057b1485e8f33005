"""What people do with a warning: propose, approve, return, withdraw. Every step is one row, in one transaction, audited.

A warning is started, changed or lifted at any time; what is approved is in force at once. Who may do what on which level
is data (`signatures`); nobody approves an own proposal.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.rules import post_text
from bihuan.cases.texts import clean, needed
from bihuan.domain.control.warning import LEVELS
from bihuan.domain.timeaxis import CST
from bihuan.registry.access import posts_for, visible
from bihuan.registry.audit import record
from bihuan.registry.log import enter
from bihuan.registry.models import Measure, Person, Region
from bihuan.scenarios.heavy_pollution.actions import REASON_LENGTH
from bihuan.scenarios.heavy_pollution.ending import Ended, end_measures
from bihuan.scenarios.heavy_pollution.in_force import Action, Kind, open_proposal, warning_in_force
from bihuan.scenarios.heavy_pollution.listing import follow_level, list_nothing
from bihuan.scenarios.heavy_pollution.models import Advice, WarningStep
from bihuan.scenarios.heavy_pollution.signatures import may_approve, may_propose, rule_of

AHEAD = timedelta(days=7)  # a forecast sees no further
LONGEST = timedelta(days=30)


@dataclass(frozen=True)
class Wish:
    """What a proposal asks for. Of a lift only the reason is read; `since` None = at once."""

    kind: WarningStep.Kind
    level: str = ""
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""


def newest_advice(region: Region, now: datetime) -> Advice | None:
    """What the newest run says of the region."""
    return Advice.objects.filter(region=region, issued__lte=now).first()


@transaction.atomic
def propose(region: Region, by: Person, wish: Wish) -> WarningStep:
    """Ask for a warning to be started, changed or lifted; it waits for a second signature. Raises IllegalMove."""
    now = clock.now()
    _lock(region)
    running = warning_in_force(region, now)
    before = running.level if running else ""
    if wish.kind == Kind.LIFT:  # it ends what runs, as soon as it is approved
        wish = Wish(Kind.LIFT, before, reason=wish.reason)
    _check_kind(wish, running)
    if not may_propose(by, region, wish.level, before):
        raise IllegalMove(_("预警由覆盖本区域的调度岗或负责人提请"))
    if open_proposal(region, now):
        raise IllegalMove(_("已有一项预警提请等待批准，请先批准、退回或撤回"))
    _check_span(wish, now)
    advice = newest_advice(region, now)
    reason = _reason(wish, advice)
    roles = rule_of(wish.level, before).propose
    step = WarningStep(
        region=region, action=Action.PROPOSED, kind=wish.kind, level=wish.level, before=before, since=wish.since,
        until=wish.until, reason=reason, advice=advice, person=by, post=_post(by, region, roles), at=now,
    )  # fmt: skip
    step.save()
    record(by, "warning.proposed", region.code, step=step.pk, kind=wish.kind, level=wish.level, reason=reason)
    return step


def _lock(region: Region) -> None:
    """One step at a time in a region: what is in force must not change between the check and the step."""
    Region.objects.select_for_update().get(pk=region.pk)


def _check_kind(wish: Wish, running: WarningStep | None) -> None:
    if wish.kind == Kind.START and running:
        raise IllegalMove(_("%(level)s正在生效，请提请调整或解除") % {"level": _(running.level_name)})
    if wish.kind != Kind.START and not running:
        raise IllegalMove(_("现在没有生效的预警，不能调整或解除"))
    if wish.level not in Measure.Level.values:
        raise IllegalMove(_("请选择预警级别：黄色、橙色或红色"))
    if running and wish.kind == Kind.CHANGE and (wish.level, wish.until) == (running.level, running.until):
        raise IllegalMove(_("级别和预计结束时间都没有变化"))


def _check_span(wish: Wish, now: datetime) -> None:
    if wish.since is not None and not now - timedelta(hours=1) <= wish.since <= now + AHEAD:
        raise IllegalMove(_("开始时间须在现在至 7 天之内；立即开始请留空"))
    begin = max(wish.since or now, now)
    if wish.until is not None and not begin < wish.until <= begin + LONGEST:
        raise IllegalMove(_("预计结束时间须晚于开始时间，且不超过 30 天"))


def _reason(wish: Wish, advice: Advice | None) -> str:
    reason = clean(wish.reason, "理由", REASON_LENGTH)
    if not reason and wish.kind != Kind.START:
        raise IllegalMove(_("调整或解除预警需要写明理由"))
    if not reason and (advice is None or advice.level != wish.level):
        raise IllegalMove(_("与最新预报建议不一致的启动需要写明理由"))
    return reason


def _post(by: Person, region: Region, roles: tuple[str, ...]) -> str:
    return post_text(posts_for(by, *roles, region=region)[0])


@transaction.atomic
def approve(proposal: WarningStep, by: Person, remark: str = "") -> tuple[WarningStep, Ended]:
    """Put a proposal in force at once; returns the notice and what became of running measures.

    Raises IllegalMove for whoever may not, or proposed it; ChangedMeanwhile when it was answered, or is out of date.
    """
    now, region = clock.now(), proposal.region
    _lock(region)
    if not may_approve(by, region, proposal.level, proposal.before):
        rule = rule_of(proposal.level, proposal.before)
        raise IllegalMove(_("须由覆盖本区域的负责人（%(office)s）批准") % {"office": rule.office})
    if by.pk == proposal.person_id:
        raise IllegalMove(_("提请人不能批准自己的提请，须由另一人批准"))
    running = warning_in_force(region, now)
    if (running.level if running else "") != proposal.before:
        raise ChangedMeanwhile(_("提请之后预警状态已变化，请退回后重新提请"))
    since = max(proposal.since or now, now)
    if proposal.until is not None and proposal.until <= since:
        raise IllegalMove(_("提请的预计结束时间已过，请退回后重新提请"))
    step = _answer(proposal, by, Action.APPROVED, remark, since=since, number=_next_number(region, now))
    return step, _follow(step, by)


def _answer(
    proposal: WarningStep,
    by: Person,
    action: WarningStep.Action,
    remark: str,
    *,
    since: datetime | None = None,
    number: int | None = None,
) -> WarningStep:
    if WarningStep.objects.filter(answers=proposal).exists():
        raise ChangedMeanwhile(_("这项提请已处理过，请刷新后再看"))
    rule = rule_of(proposal.level, proposal.before)
    roles = rule.propose if action == Action.WITHDRAWN else rule.approve
    step = WarningStep(
        region=proposal.region, action=action, kind=proposal.kind, level=proposal.level, before=proposal.before,
        since=since or proposal.since, until=proposal.until, reason=clean(remark, "理由", REASON_LENGTH), advice=proposal.advice,
        answers=proposal, number=number, person=by, post=_post(by, proposal.region, roles), at=clock.now(),
    )  # fmt: skip
    step.save()
    record(by, f"warning.{action}", proposal.region_id, step=step.pk, kind=step.kind, level=step.level)
    return step


def _next_number(region: Region, now: datetime) -> int:
    first = datetime(now.astimezone(CST).year, 1, 1, tzinfo=CST)
    given = WarningStep.objects.filter(region=region, action=Action.APPROVED, at__gte=first)
    return max((n for n in given.values_list("number", flat=True) if n), default=0) + 1


def _follow(step: WarningStep, by: Person) -> Ended:
    """What a step in force means for the measures: the level's list is suggested, measures beyond it end."""
    advice = newest_advice(step.region, step.at)
    if advice is not None:
        decision = Advice.Decision.ENDED if step.kind == Kind.LIFT else Advice.Decision.STARTED
        level = "" if step.kind == Kind.LIFT else step.level
        Advice.objects.filter(pk=advice.pk).update(
            decision=decision, started_level=level, reason=_said(step), decided_by=by, decided_at=step.at
        )
        enter(advice)
    if step.kind == Kind.LIFT:
        if advice is not None:
            list_nothing(advice, "预警已解除，不再建议减排措施。")
        return end_measures(step.region, LEVELS, by, f"措施终止：预警解除（{step.notice_number}）")
    if advice is not None:
        follow_level(advice, step.level)
    beyond = LEVELS[LEVELS.index(step.level) + 1 :]
    why = f"措施终止：预警调整为{step.get_level_display()}（{step.notice_number}）"
    return end_measures(step.region, beyond, by, why)


def _said(step: WarningStep) -> str:
    return step.answers.reason if step.answers else step.reason


@transaction.atomic
def turn_down(proposal: WarningStep, by: Person, reason: str) -> WarningStep:
    """Return a proposal, with a reason. Raises IllegalMove, ChangedMeanwhile."""
    _lock(proposal.region)
    if not may_approve(by, proposal.region, proposal.level, proposal.before):
        raise IllegalMove(_("退回由有权批准的负责人办理"))
    reason = needed(reason, "理由", REASON_LENGTH, _("退回提请需要写明理由"))
    return _answer(proposal, by, Action.RETURNED, reason)


@transaction.atomic
def withdraw(proposal: WarningStep, by: Person) -> WarningStep:
    """Take an own proposal back. Raises IllegalMove, ChangedMeanwhile."""
    _lock(proposal.region)
    if by.pk != proposal.person_id:
        raise IllegalMove(_("只有提请人可以撤回提请"))
    if not may_propose(by, proposal.region, proposal.level, proposal.before):
        raise IllegalMove(_("您已不再任提请时的职务，请由负责人退回"))
    return _answer(proposal, by, Action.WITHDRAWN, "")


@transaction.atomic
def decline(advice: Advice, by: Person, reason: str) -> None:
    """Record that no warning is started on an advice, with a reason. Raises IllegalMove, ChangedMeanwhile."""
    now = clock.now()
    if not may_propose(by, advice.region, LEVELS[0]):
        raise IllegalMove(_("预警由覆盖本区域的调度岗或负责人决定"))
    reason = needed(reason, "理由", REASON_LENGTH, _("不启动预警需要写明理由"))
    if warning_in_force(advice.region, now):
        raise IllegalMove(_("预警正在生效；不再需要请提请解除"))
    if advice != newest_advice(advice.region, now):
        raise IllegalMove(_("已有更新的预报，请按最新的建议决定"))
    changes = {
        "decision": Advice.Decision.NOT_STARTED, "reason": reason, "decided_by": by, "decided_at": now,
    }  # fmt: skip
    if Advice.objects.filter(pk=advice.pk, decision=Advice.Decision.OPEN).update(**changes) != 1:
        raise ChangedMeanwhile(_("“%(what)s”已处理过或已过期，请刷新后再看") % {"what": advice})
    enter(advice)
    record(by, "warning.not_started", f"{advice.region_id} {advice.run_id}", reason=reason)


def step_for(person: Person, pk: int) -> WarningStep:
    """The step, if the person may see it. Raises NotVisible (a 404)."""
    rows = WarningStep.objects.select_related("region", "person", "answers__person", "advice")
    found = visible(rows, person).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的预警记录") % {"number": pk})
    return found
