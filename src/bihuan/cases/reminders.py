"""Reminders (提醒): before the deadline the unit, after it ever higher; each said once per person and hand-over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bihuan.cases.models import Case, Notification
from bihuan.cases.terms import DAY, TERMS, span_text
from bihuan.cases.transitions import RUNNING
from bihuan.registry.models import Person, Post, prefix_of

Role = Post.Role
UNIT, OFFICE, LEADER = "unit", "office", "leader"
# Supervision ledger, section 3: overdue 1 day: unit; 3: unit and office; 7: the dispatcher's leader; 15: 督办函; 30: 约谈.
LADDER: tuple[tuple[int, tuple[str, ...], str], ...] = (
    (1, (UNIT,), "请立即办理"),
    (3, (UNIT, OFFICE), "请承办单位负责人过问"),
    (7, (UNIT, OFFICE, LEADER), "请负责人过问"),
    (15, (UNIT, OFFICE, LEADER), "应发督办函"),
    (30, (UNIT, OFFICE, LEADER), "应约谈或移交追责"),
)
ROLES = {OFFICE: Role.DISPATCHER, LEADER: Role.CHIEF}


@dataclass(frozen=True)
class Reminder:
    """One reminder that is due: `key` is unique for the case's present hand-over."""

    case: Case
    key: str
    to: tuple[str, ...]
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


def recipients(reminder: Reminder) -> set[int]:
    """Who is told: the unit's people; dispatchers and chiefs whose region covers the case."""
    found: set[int] = set()
    case = reminder.case
    if UNIT in reminder.to:
        unit = Post.objects.filter(
            role__in=(Role.HANDLER, Role.ENTERPRISE), organisation=case.organisation_id
        )
        found |= set(unit.values_list("person_id", flat=True))
    roles = [ROLES[to] for to in reminder.to if to in ROLES]
    for post in Post.objects.filter(role__in=roles):
        if case.region_id.startswith(prefix_of(post.region_id)):
            found.add(post.person_id)
    return found


def _notes(now: datetime) -> Iterator[Notification]:
    for reminder in due_reminders(now):
        for person in sorted(recipients(reminder)):
            yield Notification(
                person_id=person, case=reminder.case, key=reminder.key, text=reminder.text[:300], at=now
            )


def remind(now: datetime) -> int:
    """Write the reminders that are due into the inboxes; returns how many are new."""
    before = Notification.objects.count()
    Notification.objects.bulk_create(_notes(now), ignore_conflicts=True)
    return Notification.objects.count() - before


def unread(person: Person) -> list[Notification]:
    """The person's unread reminders, newest first."""
    return list(person.notifications.filter(read_at=None).select_related("case"))
