"""Telling people: one entry in the inbox of each, and, of what they have to act on, the first step of the way beyond it.

All of it is written in the caller's transaction; the worker sends what is to be sent (`delivering`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bihuan.cases import channels, reach_settings
from bihuan.cases.channels import Reachable
from bihuan.cases.message_models import Delivery
from bihuan.cases.models import Case, Notification, Step
from bihuan.cases.parties import Addressee, Party, addressees
from bihuan.cases.reach_settings import Reaching
from bihuan.cases.rules import post_text
from bihuan.cases.terms import Unit
from bihuan.registry.hashing import digest

INBOX = "inbox"
PARTY_NAMES = {
    Party.UNIT: "承办单位",
    Party.OFFICE: "调度岗",
    Party.LEADER: "负责人",
    Party.VERIFIERS: "核查岗",
}
"""Sides as a reason names them where nobody holds a post of theirs."""


@dataclass(frozen=True)
class News:
    """What is told of a case. key: unique for the case, so that nobody is told twice. acts: the sides that have to do
    something, so that it goes on where nobody of them reads it. why: what else there is to say of it, or empty."""

    case: Case
    key: str
    text: str
    at: datetime
    step: Step | None = None
    acts: frozenset[Party] = frozenset()
    why: str = ""


def is_urgent(case: Case, reaching: Reaching) -> bool:
    """Does it break through quiet hours?"""
    attention = reaching.attention
    return case.level in attention.urgent or case.immediate or case.term_unit == Unit.AT_ONCE


@transaction.atomic
def announce(news: News, parties: Iterable[Party], without: Collection[int | None] = ()) -> int:
    """Tell these sides, but for the people in `without`; returns how many. Where a side is empty its next rung is told."""
    found, empty = addressees(news.case, parties)
    told = [to for to in found if to.person not in without]
    _note_empty(news, [party for party in empty if party in news.acts])
    notes = Notification.objects.bulk_create([_entry(news, to) for to in told])
    arrive(notes)
    plan([note for note in notes if note.acts], news.at)
    return len(notes)


def _entry(news: News, to: Addressee) -> Notification:
    why = f"{PARTY_NAMES[to.instead]} 岗位无人，转由上一级处理" if to.instead in PARTY_NAMES else news.why
    return Notification(
        person_id=to.person, case=news.case, step=news.step, key=news.key, text=news.text[:300], at=news.at,
        party=to.party.value, post=to.post, why=why[:200], acts=(to.instead or to.party) in news.acts,
    )  # fmt: skip


def arrive(notes: Iterable[Notification]) -> None:
    """Enter in the log that these lie in the inboxes."""
    Delivery.objects.bulk_create(
        Delivery(
            once=f"{INBOX}/{note.pk}", case=note.case, notification=note, person_id=note.person_id, channel=INBOX,
            kind=INBOX, post=post_text(note.post) if note.post else "", state=Delivery.State.SENT, at=note.at,
            due=note.at, result=note.why,
        )
        for note in notes
    )  # fmt: skip


def _note_empty(news: News, empty: Iterable[Party]) -> None:
    """Our own outage: a side that has to act, and nobody holds its post."""
    for party in empty:
        unit = f"{news.case.organisation} " if party is Party.UNIT else ""
        Delivery.objects.get_or_create(
            once=f"empty/{news.case.pk}/{party.value}/{news.key}",
            defaults={
                "case": news.case, "channel": INBOX, "kind": INBOX, "state": Delivery.State.EMPTY, "at": news.at,
                "post": f"{news.case.region.name} {unit}{PARTY_NAMES[party]}", "due": news.at,
                "result": "岗位无人，转由上一级处理",
            },
        )  # fmt: skip


def plan(notes: Collection[Notification], at: datetime) -> None:
    """The next step of each entry that is still unread: a message by the next channel where there is one."""
    if not notes:
        return
    reaching, known = reach_settings.reaching(), channels.reachable({note.person_id for note in notes})
    for note in notes:
        _plan(note, at, reaching, known[note.person_id])


def _plan(note: Notification, at: datetime, reaching: Reaching, known: Reachable) -> None:
    urgent = is_urgent(note.case, reaching)
    later = reaching.unread_until(at, urgent=urgent)
    ways = list(known.ways(note.post))
    if note.reached < len(ways):
        way, role = ways[note.reached], note.post.role if note.post else ""
        soon = at if urgent or note.reached else later
        due = soon if urgent else reaching.attention.wakes(soon, role=role, own=known.quiet)
        once = f"{way.channel}/{digest(way.address)[:16] if way.address else ''}/{note.case_id}/{note.key}"
        Delivery.objects.get_or_create(
            once=once,
            defaults={
                "case": note.case, "notification": note, "person": note.person, "channel": way.channel, "kind": way.kind,
                "address": way.address, "post": post_text(note.post) if note.post else "",
                "state": Delivery.State.WAITING, "at": at, "due": due,
            },
        )  # fmt: skip
        later = reaching.unread_until(due, urgent=urgent)
        note.reached += 1
    note.next_at = later
    note.save(update_fields=["reached", "next_at"])
