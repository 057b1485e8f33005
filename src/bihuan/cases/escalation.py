"""What is unread goes on: to the next channel, then to the next rung; and what is open goes to who holds the post now.

Read by anybody of the same post, it stops. Whoever left a post is asked no more; where nobody holds it, the next rung is told.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from bihuan.cases import channels, milestones
from bihuan.cases.announcing import News, announce, arrive, plan
from bihuan.cases.models import Notification
from bihuan.cases.parties import UP, Party
from bihuan.cases.rules import post_text
from bihuan.cases.transitions import FINISHED, RUNNING
from bihuan.registry.models import Post

MOST = 500
"""Entries of one round; the rest follows a minute later."""
RISEN = "up-"
"""How the key of an entry begins that came up from the rung below; the rest is what it came from."""
Seat = tuple[str, str, int | None]
"""What a post is for, whoever holds it: role, region, organisation."""


def go_on(now: datetime) -> int:
    """Take the next step of every entry that has been unread for too long; returns of how many."""
    waiting = Notification.objects.filter(next_at__lte=now)
    waiting.filter(read_at__isnull=False).update(next_at=None)
    rows = waiting.select_related("case__region", "case__organisation", "person", "post__region", "post__organisation", "step")  # fmt: skip
    return sum(_go_on(note, now) for note in rows.order_by("next_at")[:MOST])


@transaction.atomic
def _go_on(note: Notification, now: datetime) -> bool:
    claimed = Notification.objects.filter(pk=note.pk, next_at=note.next_at, read_at=None)
    if claimed.update(next_at=None) != 1 or is_overtaken(note) or read_by_post(note):
        return False
    if not is_held(note):
        if not _holders(note):
            _rise(note, now, f"{_seat_name(note)} 岗位无人，转由上一级处理")
        return True
    ways = list(channels.reachable({note.person_id})[note.person_id].ways(note.post))
    if note.reached < len(ways):
        plan([note], now)
    else:
        _rise(note, now, f"{_seat_name(note)} 未读，转上一级")
    return True


def is_overtaken(note: Notification) -> bool:
    """Is nothing to be done about it any more: the case moved on, of a deadline the clock stands, of a node it was reached?"""
    if note.step is None:
        return note.case.state not in RUNNING or milestones.is_past(note.case, note.key.replace(RISEN, ""))
    later = note.case.steps.filter(seq__gt=note.step.seq)
    return later.exclude(from_state=F("to_state")).exists()


def read_by_post(note: Notification) -> bool:
    """Has the person read it, or anybody else by the same post?"""
    same = Notification.objects.filter(case=note.case, key=note.key, read_at__isnull=False)
    if note.post is None:
        return same.filter(person=note.person).exists()
    post = note.post
    return same.filter(
        post__role=post.role, post__region=post.region_id, post__organisation=post.organisation_id
    ).exists()


def is_held(note: Notification) -> bool:
    """Does the person still hold the post by which it came?"""
    if not note.person.is_active:
        return False
    return note.post is None or Post.objects.in_force().filter(pk=note.post.pk).exists()


def _holders(note: Notification) -> bool:
    """Does anybody else hold the post? Then it is theirs (`hand_on`)."""
    post = note.post
    if post is None:
        return False
    same = Post.objects.in_force().filter(
        role=post.role, region=post.region_id, organisation=post.organisation_id
    )
    return same.filter(person__is_active=True).exists()


def _seat_name(note: Notification) -> str:
    return post_text(note.post) if note.post else str(note.person)


def _rise(note: Notification, now: datetime, why: str) -> None:
    """To the next rung, once for each."""
    party = UP.get(Party(note.party)) if note.party else None
    if party is None:
        return
    root = note.key.split("/", 1)[1] if note.key.startswith(RISEN) else note.key
    key = f"{RISEN}{party.value}/{root}"[:60]
    if Notification.objects.filter(case=note.case, key=key).exists():
        return
    already = Notification.objects.filter(case=note.case, key=root).values_list("person_id", flat=True)
    news = News(note.case, key, note.text, now, note.step, frozenset({party}), why)
    announce(news, (party,), without=set(already))


@transaction.atomic
def hand_on(now: datetime) -> int:
    """Who took a post over finds what is open in its cases: the newest entry of each; returns how many."""
    open_ = Notification.objects.exclude(case__state__in=FINISHED).filter(post__isnull=False)
    newest = open_.order_by().values("case_id", "post__role", "post__region", "post__organisation")
    by_seat: dict[Seat, list[int]] = defaultdict(list)
    for row in newest.annotate(newest=Max("pk")):
        by_seat[(row["post__role"], row["post__region"], row["post__organisation"])].append(row["newest"])
    if not by_seat:
        return 0
    told = set(Notification.objects.exclude(case__state__in=FINISHED).values_list("person_id", "case_id"))
    made = 0
    posts = Post.objects.in_force().filter(person__is_active=True, since__isnull=False)
    for post in posts.select_related("region", "organisation"):
        pks = by_seat.get((post.role, post.region_id, post.organisation_id), [])
        made += _hand_to(post, pks, told, now) if pks else 0
    return made


def _hand_to(post: Post, pks: Iterable[int], told: set[tuple[int, int]], now: datetime) -> int:
    """What was told before the post began, and the person has not been told of the case in any other way."""
    found = Notification.objects.filter(pk__in=pks, written_at__lt=post.since).select_related("case", "step")
    notes = [
        Notification(
            person_id=post.person_id, case=old.case, step=old.step, key=old.key, text=old.text, at=now, party=old.party,
            post=post, acts=old.acts, why="接任岗位时尚未办结",
        )
        for old in found
        if (post.person_id, old.case_id) not in told
    ]  # fmt: skip
    made = Notification.objects.bulk_create(notes)
    arrive(made)
    plan([note for note in made if note.acts], now)
    return len(made)
