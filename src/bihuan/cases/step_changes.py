"""What a step changes on its case besides the state: clock, deadline, counters. Nothing is saved here."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import rules
from bihuan.cases.deadlines import DAY, TERMS, Choice, default_for, later, local_day, term_days
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.transitions import RUNNING, Transition
from bihuan.registry.models import Organisation

Changes = dict[str, Any]
STARTS_CLOCK = ("dispatch", "redispatch", "reopen")


def of(case: Case, row: Transition, now: datetime, data: dict[str, Any]) -> tuple[Changes, dict[str, Any]]:
    """Field changes of the case, and the data that the step keeps. Raises IllegalMove for nonsense in `data`."""
    changes = _clock(case, row, now)
    kept = {k: v for k, v in data.items() if isinstance(v, str | int | float | bool)}
    if data.get("due") is not None:
        kept["due"] = _sensible(data["due"], now).isoformat()
    if row.action in STARTS_CLOCK:
        changes |= _start(case, row, now, data)
        kept["organisation"] = str(changes.get("organisation", case.organisation))
    if row.action in ("ask_extension", "grant"):
        days = _days(case, row, data)
        kept["days"] = days
        if row.action == "grant":
            assert case.due is not None
            changes |= {"due": later(case.due, days * DAY), "extensions": case.extensions + 1}
    return changes | _counters(case, row, now), kept


def usual_term(case: Case, now: datetime) -> Choice:
    """The term of a case when it is handed over now and nobody chooses one."""
    checks = case.findings.values_list("check_key", flat=True)
    return default_for(case.level, checks, on=local_day(now), immediate=case.immediate)


def _sensible(due: object, now: datetime) -> datetime:
    if not isinstance(due, datetime) or due.tzinfo is None or due <= now:
        raise IllegalMove(_("办结期限必须晚于现在"), "due")
    if due > now + TERMS.longest_days * DAY:
        raise IllegalMove(
            _("办结期限最晚为 %(days)d 天以后(%(last)s); 更长的整改请分阶段交办")
            % {"days": TERMS.longest_days, "last": local_day(now + TERMS.longest_days * DAY)},
            "due",
        )
    return due


def _clock(case: Case, row: Transition, now: datetime) -> Changes:
    runs, will_run = case.state in RUNNING, row.target in RUNNING
    if runs and not will_run:
        return {"stopped_at": now}
    if will_run and case.stopped_at is not None and row.action not in STARTS_CLOCK:
        stood = now - case.stopped_at
        return {"stopped_at": None, **_moved(case, stood)}
    return {}


def _moved(case: Case, stood: timedelta) -> Changes:
    assert case.due is not None
    assert case.original_due is not None
    return {
        "due": later(case.due, stood),
        "original_due": later(case.original_due, stood),
        "stopped_seconds": case.stopped_seconds + int(stood.total_seconds()),
    }


def _start(case: Case, row: Transition, now: datetime, data: dict[str, Any]) -> Changes:
    due = data.get("due") or usual_term(case, now).due(now)
    changes: Changes = {
        "due": due,
        "original_due": due,
        "term_days": term_days(now, due),
        "dispatched_at": now,
        "signed_at": None,
        "closed_at": None,
        "stopped_at": None,
        "stopped_seconds": 0,
        "extensions": 0,
    }
    unit = data.get("organisation")
    if row.action != "reopen":
        if not isinstance(unit, Organisation):
            raise IllegalMove(_("请选择承办单位"), "organisation")
        if row.action == "redispatch" and unit.pk == case.organisation_id:
            raise IllegalMove(
                _("%(unit)s 就是退回的单位; 改派须换单位, 否则用“退回不成立”") % {"unit": unit},
                "organisation",
            )
        changes |= {"organisation": unit, "liable": data.get("liable", "")}
    return changes


def _days(case: Case, row: Transition, data: dict[str, Any]) -> int:
    asked = data.get("days")
    longest = rules.longest_extension(case)
    if row.action == "grant":
        last = case.steps.filter(action="ask_extension").order_by("-seq").first()
        assert last is not None
        longest = int(last.data["days"])
        asked = asked or longest
    try:
        days = int(str(asked))
    except ValueError as error:
        raise IllegalMove(_("延期天数“%(days)s”不是整数") % {"days": asked}, "days") from error
    if not 1 <= days <= longest:
        raise IllegalMove(
            _("延期天数须为 1 至 %(longest)s 天(原期限 %(term)s 天的一半以内)")
            % {"longest": longest, "term": case.term_days},
            "days",
        )
    return days


def _counters(case: Case, row: Transition, now: datetime) -> Changes:
    match row.action:
        case "return":
            return {"returns": case.returns + 1}
        case "fail":
            return {"failures": case.failures + 1}
        case "reopen":
            return {"reopened": case.reopened + 1}
        case "sign":
            return {"signed_at": now}
        case "close":
            return {"closed_at": now}
    return {}
