"""Reminders (提醒): before the deadline the unit, after it ever higher; each said once per person and hand-over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from bihuan.cases.deadlines import DAY, TERMS, span_text
from bihuan.cases.models import Case, Notification, Step
from bihuan.cases.parties import Party, people
from bihuan.cases.transitions import RUNNING
from bihuan.registry.models import Person

UNIT, OFFICE, LEADER = Party.UNIT, Party.OFFICE, Party.LEADER
# Supervision ledger, section 3: overdue 1 day: unit; 3: unit and office; 7: the dispatcher's leader; 15: 督办函; 30: 约谈.
LADDER: tuple[tuple[int, tuple[Party, ...], str], ...] = (
    (1, (UNIT,), "请立即办理"),
    (3, (UNIT, OFFICE), "请承办单位负责人过问"),
    (7, (UNIT, OFFICE, LEADER), "请负责人过问"),
    (15, (UNIT, OFFICE, LEADER), "应发督办函"),
    (30, (UNIT, OFFICE, LEADER), "应约谈或移交追责"),
)
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
    """The reminder that each running case calls for now; only the highest step of the ladder that is reached."""
    latest = now + max(TERMS.warn_days) * DAY
    cases = Case.objects.filter(state__in=RUNNING, due__lte=latest).select_related("organisation", "region")
    return [r for case in cases.order_by("due") if (r := _of(case, now)) is not None]


def _of(case: Case, now: datetime) -> Reminder | None:
    assert case.due is not None
    stamp = f"{case.due:%Y%m%d%H%M}"
    if now < case.due:
        days = min(d for d in TERMS.warn_days if case.due - now <= d * DAY)
        return Reminder(case, f"T-{days}/{stamp}", (UNIT,), f"{case} 还剩 {span_text(case.due - now)}")
    reached = [rung for rung in LADDER if now >= case.due + rung[0] * DAY]
    if not reached:
        return None
    days, to, what = reached[-1]
    return Reminder(case, f"T+{days}/{stamp}", to, f"{case} 超期 {span_text(now - case.due)}, {what}")


def silent_units(now: datetime) -> list[Reminder]:
    """13710 "3": the unit of each running case that has not reported within the days it had since the hand-over.

    Where the deadline is near, the reminder of the deadline is enough.
    """
    asked, near = now - TERMS.progress_days * DAY, now + max(TERMS.warn_days) * DAY
    cases = Case.objects.filter(state__in=RUNNING, dispatched_at__lte=asked, due__gt=near)
    reported = Step.objects.filter(case=OuterRef("pk"), action__in=REPORTS, at__gte=OuterRef("dispatched_at"))
    return [
        Reminder(
            case,
            f"report/{case.dispatched_at:%Y%m%d%H%M}",
            (UNIT,),
            f"{case} 交办已满 {TERMS.progress_days} 天, 请报进展",
        )
        for case in cases.filter(~Exists(reported)).select_related("organisation")
    ]


def recipients(reminder: Reminder) -> set[int]:
    """Who is told: the people of the sides that the reminder names."""
    return set().union(*(people(reminder.case, party) for party in reminder.to))


def _notes(now: datetime) -> Iterator[Notification]:
    for reminder in (*due_reminders(now), *silent_units(now)):
        for person in sorted(recipients(reminder)):
            yield Notification(
                person_id=person, case=reminder.case, key=reminder.key, text=reminder.text[:300], at=now
            )


def remind(now: datetime) -> int:
    """Write the reminders that are due into the inboxes; returns how many are new."""
    before = Notification.objects.count()
    Notification.objects.bulk_create(_notes(now), ignore_conflicts=True)
    return Notification.objects.count() - before


def unread(person: Person) -> "QuerySet[Notification]":
    """What the person has not read: steps and deadlines, newest first."""
    return person.notifications.filter(read_at=None)
