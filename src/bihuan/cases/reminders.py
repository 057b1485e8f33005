"""Reminders (提醒): before the deadline the unit, after it ever higher; each said once per person and hand-over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.cases import milestones, urging
from bihuan.cases.announcing import News, announce
from bihuan.cases.deadlines import DAY, TERMS, local_day
from bihuan.cases.ladders import Reach, Timing
from bihuan.cases.models import Case, Notification, Step
from bihuan.cases.parties import Party
from bihuan.cases.reminder_settings import timing
from bihuan.cases.terms import Unit
from bihuan.cases.transitions import RUNNING
from bihuan.registry.models import Person

TOLD = {
    Reach.UNIT: (Party.UNIT,),
    Reach.OFFICE: (Party.UNIT, Party.OFFICE),
    Reach.LEADER: (Party.UNIT, Party.OFFICE, Party.LEADER),
}
"""Who is told of a rung that reaches so far."""
LETTERS = {Unit.AT_ONCE: "h", Unit.DAYS: "", Unit.WORKDAYS: "w", Unit.HOURS: "wh"}
"""How the key of a reminder tells what it counts."""
# What the unit did that counts as having reported (13710 "3").
REPORTS = ("plan", "progress", "ask_extension", "apply_close")


@dataclass(frozen=True)
class Reminder:
    """One reminder that is due: `key` is unique for the case's present hand-over."""

    case: Case
    key: str
    to: tuple[Party, ...]
    text: str


def due_reminders(now: datetime) -> list[Reminder]:
    """The reminder that each running case calls for now; only the highest step of the ladder that is reached.

    After a 督办 the ladder goes by the new deadline of the letter; the case stays late.
    """
    set_now = timing()
    cases = Case.objects.filter(_near(set_now, now), state__in=RUNNING, due__isnull=False)
    ordered = cases.select_related("organisation", "region").order_by("due")
    answers = urging.answers_by(now)
    found = (_of(case, answers.get(case.pk, case.due), now, set_now) for case in ordered)
    return [reminder for reminder in found if reminder is not None]


def _near(timing: Timing, now: datetime) -> Q:
    """Cases of which a reminder may be due."""
    found = Q(pk__in=[])
    for unit in Unit:
        latest = timing.reaches(unit, now)
        found |= Q(term_unit=unit) & (Q() if latest is None else Q(due__lte=latest))
    return found


def _of(case: Case, due: datetime | None, now: datetime, timing: Timing) -> Reminder | None:
    assert due is not None
    unit, stamp = Unit(case.term_unit), f"{due:%Y%m%d%H%M}"
    climbing = _Climbing(
        f"{case} ", unit, case.dispatched_at, due, lambda mark: f"{mark}{LETTERS[unit]}/{stamp}"
    )
    return climbing.reminder(case, now, timing)


@dataclass(frozen=True)
class _Climbing:
    """What goes up a ladder: what it says of itself, in which unit its time is counted, since when and until when; key: what a
    mark is called in the inbox."""

    said: str
    unit: Unit
    since: datetime | None
    due: datetime
    key: Callable[[str], str]

    def reminder(self, case: Case, now: datetime, timing: Timing) -> Reminder | None:
        """The one that is due now, if there is one."""
        if now < self.due:
            mark = timing.warned(self.unit, self.since, self.due, now)
            text = f"{self.said}还剩 {timing.text(self.unit, now, self.due)}"
            return Reminder(case, self.key(f"T-{mark}"), _sides(case, (Party.UNIT,)), text) if mark else None
        rung = timing.rung(self.unit, self.due, now)
        if rung is None:
            return None
        text = f"{self.said}超期 {timing.text(self.unit, self.due, now)}, {rung.what}"
        return Reminder(case, self.key(f"T+{rung.after}"), _sides(case, TOLD[rung.reach]), text)


def _sides(case: Case, told: tuple[Party, ...]) -> tuple[Party, ...]:
    """Of a list, which has no unit, the office is told in its place."""
    return told if case.organisation_id else tuple(dict.fromkeys((Party.OFFICE, *told[1:])))


def due_nodes(now: datetime) -> list[Reminder]:
    """Milestones that are near or over, on the ladder of terms in days."""
    set_now = timing()
    latest = set_now.reaches(Unit.DAYS, now)
    near = Q() if latest is None else Q(next_node__lte=local_day(latest))
    cases = Case.objects.filter(near, state__in=RUNNING, next_node__isnull=False).select_related(
        "organisation", "region"
    )
    found = (_of_node(case, node, now, set_now) for case in cases for node in milestones.waiting(case))
    return [reminder for reminder in found if reminder is not None]


def _of_node(case: Case, node: milestones.Node, now: datetime, timing: Timing) -> Reminder | None:
    said = f"{case} 时间节点“{node.text}”"
    return _Climbing(said, Unit.DAYS, None, node.due, partial(milestones.key_of, node)).reminder(
        case, now, timing
    )


def silent_units(now: datetime) -> list[Reminder]:
    """13710 "3": the unit of each running case that has not reported within the days it had since the hand-over.

    Where the deadline is near, the reminder of the deadline is enough.
    """
    asked = now - TERMS.progress_days * DAY
    near = now + max(timing().ladders[Unit.DAYS].before, default=0) * DAY
    cases = Case.objects.filter(state__in=RUNNING, dispatched_at__lte=asked, due__gt=near)
    reported = Step.objects.filter(case=OuterRef("pk"), action__in=REPORTS, at__gte=OuterRef("dispatched_at"))
    return [
        Reminder(
            case,
            f"report/{case.dispatched_at:%Y%m%d%H%M}",
            (Party.UNIT,),
            f"{case} 交办已满 {TERMS.progress_days} 天, 请报进展",
        )
        for case in cases.filter(~Exists(reported)).select_related("organisation")
    ]


def remind(now: datetime) -> int:
    """Write the reminders that are due into the inboxes; returns how many are new."""
    due = [*due_reminders(now), *silent_units(now), *due_nodes(now)]
    cases = Notification.objects.filter(case__in={r.case.pk for r in due}, step=None)
    said = set(cases.values_list("case_id", "key"))
    return sum(_tell(reminder, now) for reminder in due if (reminder.case.pk, reminder.key) not in said)


def _tell(reminder: Reminder, now: datetime) -> int:
    news = News(reminder.case, reminder.key, reminder.text, now, acts=frozenset(reminder.to))
    return announce(news, reminder.to)


def unread(person: Person) -> "QuerySet[Notification]":
    """What the person has not read: steps and deadlines, newest first."""
    return person.notifications.filter(read_at=None)
