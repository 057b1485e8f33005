"""What a step changes on its case besides the state: clock, deadline, counters. Nothing is saved here."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import ledger, milestones, rules, trees, urging
from bihuan.cases.deadlines import DAY, TERMS, local_day, until_text
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.term_rules import Decision, Matter, Rulebook
from bihuan.cases.term_settings import rulebook
from bihuan.cases.terms import Term, unknown_year, until
from bihuan.cases.transitions import BACK, CLOSINGS, LISTS, REOPENINGS, RUNNING, State, Transition
from bihuan.domain.worktime import UnknownYear
from bihuan.registry.models import Organisation

Changes = dict[str, Any]
STARTS_CLOCK = ("dispatch", "redispatch", "accept", *REOPENINGS)


def of(case: Case, row: Transition, now: datetime, data: dict[str, Any]) -> tuple[Changes, dict[str, Any]]:
    """Field changes of the case, and the data that the step keeps.

    Raises IllegalMove for nonsense in `data`, and where a deadline would lie in a year whose working days nobody knows.
    """
    kept = {k: v for k, v in data.items() if isinstance(v, str | int | float | bool)}
    try:
        changes = _changes(case, row, now, data, kept) | _counters(case, row, now)
        return changes | _capped(case, row, changes, now, kept), kept
    except UnknownYear as error:
        raise IllegalMove(unknown_year(error), "due") from error


def _changes(
    case: Case, row: Transition, now: datetime, data: dict[str, Any], kept: dict[str, Any]
) -> Changes:
    """Clock and deadline; what the step keeps of them goes into `kept`."""
    if row.action in STARTS_CLOCK:
        kept["organisation"] = str(data.get("organisation", case.organisation))
        return _start(case, row, now, data, kept)
    if row.action in LISTS:
        return _list(case, row, now, data, kept)
    if row.action == "urge":
        kept["rung"] = urging.rung_of(case, data.get("rung", ""))
        data = {**data, "due": data.get("due") or urging.usual_term(kept["rung"])}
    if data.get("due") is not None:
        _, due = _given(data["due"], rulebook(), now, kept)
        kept["due"] = due.isoformat()
    changes = _clock(case, row, now) | _others(case, row, data)
    if row.action in milestones.ACTIONS:
        changes |= milestones.changed(case, row, data, now, kept)
    if row.action == "attach":
        stricter, told = trees.stricter(case, data["parent"], now)
        changes |= stricter
        kept |= told
    if row.action in ledger.ACTIONS:
        changes |= ledger.changed(case, row, data)
    if row.action in ("ask_extension", "grant"):
        kept["days"] = _days(case, row, data)
    if row.action == "grant":
        assert case.due is not None
        due = case.term.extended(case.due, kept["days"], rulebook().calendar)
        changes |= {"due": due, "extensions": case.extensions + 1}
    if "days" in kept and case.parent is not None:
        _demand_before_parent(case, kept["days"], now)
    return changes


def _demand_before_parent(case: Case, days: int, now: datetime) -> None:
    """Raises IllegalMove where an extension would go beyond the deadline of a case above."""
    assert case.due is not None
    strictest = trees.cap(case.parent, now)
    due = case.term.extended(case.due, days, rulebook().calendar)
    if strictest and due > strictest.due:
        said = {"number": strictest.number, "last": until_text(strictest.due)}
        raise IllegalMove(
            _("延期不能晚于上级问题 %(number)s 的期限 %(last)s；请少延一些，或先调整上级问题的期限") % said,
            "days",
        )


def _capped(case: Case, row: Transition, changes: Changes, now: datetime, kept: dict[str, Any]) -> Changes:
    """Not later than the cases above, whatever set the deadline; the step keeps which case it comes from."""
    due, strictest = changes.get("due"), trees.cap(case.parent, now) if case.parent else None
    if due is None or strictest is None or due <= strictest.due:
        return {}
    kept |= {"due": strictest.due.isoformat(), "due_from": strictest.number}
    first = changes.get("original_due") or case.original_due or strictest.due
    found = {"due": strictest.due, "original_due": min(first, strictest.due)}
    if row.action not in STARTS_CLOCK:
        return found
    term = until(now, strictest.due)
    kept.pop("rule", None)
    kept.pop("term", None)
    return found | {"term_days": term.length, "term_unit": term.unit}


def _list(case: Case, row: Transition, now: datetime, data: dict[str, Any], kept: dict[str, Any]) -> Changes:
    """Until when a list has to be done, and by whom it is listed; never milder than above it. Raises IllegalMove for no change."""
    listed = [str(v) for v in Case.ListedBy.values]
    given = data.get("listed_by") or case.listed_by
    if given not in listed:
        raise IllegalMove(_("挂牌层级“%(value)s”不在可选范围内") % {"value": str(given)[:40]}, "listed_by")
    above = case.parent.listed_by if case.parent else given
    changes: Changes = {"listed_by": max(given, above, key=listed.index)}
    if data.get("due") is not None:
        term, due = _given(data["due"], rulebook(), now, kept, TERMS.listed_days)
        kept["due"] = due.isoformat()
        first = min(case.original_due, due) if case.original_due else due
        changes |= {"due": due, "original_due": first, "term_days": term.length, "term_unit": term.unit}
    if row.action == "retime" and all(getattr(case, name) == value for name, value in changes.items()):
        raise IllegalMove(_("没有改动"))
    return changes


def _others(case: Case, row: Transition, data: dict[str, Any]) -> Changes:
    """Another unit, or another case, with which it has to do from then on."""
    if row.action == "offer":
        return {"organisation": _unit(case, data)}
    if row.source == State.OFFERED and row.target == State.PENDING:
        return {"organisation": None}
    match row.action:
        case "merge" | "split_off":
            return {"leading": data.get("leading")}
        case "attach":
            return {"parent": data["parent"], "tie": Case.Tie.LISTED}
        case "detach":
            return {"parent": None, "tie": ""}
        case "add_unit" | "break_down":
            return {"parts": case.parts + 1}
    return {}


def _unit(case: Case, data: dict[str, Any]) -> Organisation:
    """The unit that was chosen. Raises IllegalMove for none, and for the one that has just returned the case."""
    unit = data.get("organisation")
    if not isinstance(unit, Organisation):
        raise IllegalMove(_("请选择承办单位"), "organisation")
    if case.state == State.RETURNED and unit.pk == case.organisation_id:
        raise IllegalMove(
            _("%(unit)s 就是退回的单位; 改派须换单位, 否则用“退回不成立”") % {"unit": unit}, "organisation"
        )
    return unit


def usual(case: Case, book: Rulebook, now: datetime) -> Decision:
    """The term of a case when it is handed over now and nobody chooses one."""
    about = case.findings.values_list("check_key", "target_kind")
    return book.decide(Matter(case.level, case.source, tuple(about), case.immediate), now)


def _given(
    due: object, book: Rulebook, now: datetime, kept: dict[str, Any], longest: int = TERMS.longest_days
) -> tuple[Term, datetime]:
    """Term and deadline that somebody chose: a term, or a moment at most `longest` days ahead."""
    if isinstance(due, Term):
        kept["term"] = due.written
        return due, due.due(now, book.calendar)
    moment = _sensible(due, now, longest)
    return until(now, moment), moment


def _sensible(due: object, now: datetime, longest: int) -> datetime:
    if not isinstance(due, datetime) or due.tzinfo is None or due <= now:
        raise IllegalMove(_("办结期限必须晚于现在"), "due")
    if due > now + longest * DAY:
        raise IllegalMove(
            _("办结期限最晚为 %(days)d 天以后(%(last)s); 更长的整改请分阶段交办")
            % {"days": longest, "last": local_day(now + longest * DAY)},
            "due",
        )
    return due


def _clock(case: Case, row: Transition, now: datetime) -> Changes:
    runs, will_run = case.state in RUNNING, row.target in RUNNING
    if runs and not will_run:
        return {"stopped_at": now}
    if row.target == State.LISTED and case.stopped_at is not None:
        return {"stopped_at": None}  # the day that a list was given stands, whatever happened to it
    if will_run and case.stopped_at is not None and row.action not in STARTS_CLOCK:
        return {"stopped_at": None, **_moved(case, case.stopped_at, now)}
    return {}


def _moved(case: Case, stopped: datetime, now: datetime) -> Changes:
    """Later by what passed of the clock of its own term."""
    assert case.due is not None
    assert case.original_due is not None
    calendar = rulebook().calendar
    return {
        "due": case.term.moved(case.due, stopped, now, calendar),
        "original_due": case.term.moved(case.original_due, stopped, now, calendar),
        "stopped_seconds": case.stopped_seconds + int((now - stopped).total_seconds()),
    }


def _term(
    by_rule: Decision, book: Rulebook, now: datetime, chosen: object, kept: dict[str, Any]
) -> tuple[Term, datetime]:
    """Term and deadline of a hand-over: what was chosen, else by rule; the rule that gave it is kept."""
    if chosen is not None and chosen != by_rule.term:
        term, due = _given(chosen, book, now, kept)
        kept["due"] = due.isoformat()
        return term, due
    if by_rule.due is None:
        raise IllegalMove(by_rule.trouble, "due")
    kept |= {"term": by_rule.term.written, "rule": by_rule.rule.name}
    return by_rule.term, by_rule.due


def _start(case: Case, row: Transition, now: datetime, data: dict[str, Any], kept: dict[str, Any]) -> Changes:
    book = rulebook()
    by_rule = usual(case, book, now)
    term, due = _term(by_rule, book, now, data.get("due"), kept)
    changes: Changes = {
        "due": due,
        "original_due": due,
        "term_days": term.length,
        "term_unit": term.unit,
        "dispatched_at": now,
        "signed_at": None,
        "closed_at": None,
        "stopped_at": None,
        "stopped_seconds": 0,
        "extensions": 0,
    }
    if case.dispatched_at is None:
        changes["sign_due"] = by_rule.sign_due
    if row.action == "accept":
        changes["signed_at"] = now
    elif row.action not in REOPENINGS:
        changes |= {"organisation": _unit(case, data), "liable": data.get("liable", "")}
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
        raise IllegalMove(_("延期“%(days)s”不是整数") % {"days": asked}, "days") from error
    if not 1 <= days <= longest:
        raise IllegalMove(
            _("延期须为 1 至 %(longest)s(原期限 %(term)s 的一半以内)")
            % {"longest": Term(case.term.unit, longest).label, "term": case.term.label},
            "days",
        )
    return days


def _counters(case: Case, row: Transition, now: datetime) -> Changes:
    if row.action in CLOSINGS:
        return {"closed_at": now}
    if row.action in BACK:
        return {"reopened": case.reopened + 1, "closed_at": None}
    match row.action:
        case "return" | "refuse_offer":
            return {"returns": case.returns + 1}
        case "fail":
            return {"failures": case.failures + 1}
        case "sign":
            return {"signed_at": now}
    return {}
