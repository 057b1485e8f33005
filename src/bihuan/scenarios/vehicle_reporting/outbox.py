"""Filling the outbox from the archive: each version of a record once, whatever crashes in between.

What was read up to, and the messages of it, are written in one transaction. A version is known by the number that its record and revision make, so that
reading it again adds nothing.
"""

import hashlib
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

import polars as pl
from django.db import transaction
from django.db.models import Q

from bihuan.archive.sent import Sent
from bihuan.domain.timeaxis import day_start
from bihuan.domain.vehicles.upward.codes import NOT_SENT
from bihuan.domain.vehicles.upward.messages import KEYS, encoded
from bihuan.registry.hours import archive
from bihuan.scenarios.vehicle_reporting.models import Message, Reading
from bihuan.scenarios.vehicle_reporting.settings import Upward

CHUNK = 500
NUMBER = 40
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
State = Message.State
OPEN = (State.WAITING, State.PARKED)


def table_of(kind: str) -> Sent | None:
    """Where the records of a kind lie; None while there are none."""
    if kind == "tests":
        return archive().vehicle_tests.tests
    if kind == "sensed":
        return archive().roadside.sensed
    return archive().passages if archive().has_passages else None


def number_of(city: str, kind: str, key: str, revision: int) -> str:
    """The number of a message."""
    return hashlib.sha256("\n".join((city, kind, key, str(revision))).encode()).hexdigest()[:NUMBER]


def fill(to: Upward, kind: str, now: datetime) -> int:
    """Messages of what came since the last time; how many are new."""
    table = table_of(kind)
    if table is None or to.since is None:
        return 0
    done, _made = Reading.objects.get_or_create(kind=kind)
    rows = table.versions(day_start(to.since), as_of=now)
    news = pl.col("journal") > done.position
    if done.until is not None:  # history counts as received by and by
        news |= pl.col("received") > done.until
    fresh = rows.filter(news).collect()
    position = fresh["journal"].max()
    with transaction.atomic():
        added = put(to, kind, _newest(kind, fresh), now)
        done.position = max(done.position, position if isinstance(position, int) else -1)
        done.until = now
        done.save()
    return added


def _newest(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Of several versions of a record the last."""
    return rows.sort("journal").unique(list(KEYS[kind]), keep="last", maintain_order=True).sort("start")


def of_day(kind: str, day: date, now: datetime, site: str | None = None) -> pl.DataFrame:
    """The versions that count now of the records of a day of China."""
    table = table_of(kind)
    start = day_start(day)
    if table is None:
        return pl.DataFrame(schema={"journal": pl.Int64()})
    # A record that was moved to another day is not of this one any more: its newest version is looked for, whatever its time.
    on_day = table.versions(start, start + DAY - MICROSECOND, site, as_of=now).select(KEYS[kind]).unique()
    if "start" not in KEYS[kind]:
        every = table.versions(as_of=now).join(on_day, on=list(KEYS[kind]), how="semi").collect()
        rows = _newest(kind, every).filter(pl.col("start") >= start, pl.col("start") < start + DAY)
        return rows if site is None else rows.filter(pl.col("site") == site)
    return table.current(start, start + DAY - MICROSECOND, site, as_of=now).collect()


def put(to: Upward, kind: str, rows: pl.DataFrame, now: datetime, *, again: bool = False) -> int:
    """Messages of records, older ones of the same record overtaken; how many are new (again: or sent again).

    again: those that are there wait again, whatever became of them.
    """
    if rows.is_empty():
        return 0
    return sum(_put(to, kind, part, now, again=again) for part in encoded(kind, rows).iter_slices(CHUNK))


def _put(to: Upward, kind: str, part: pl.DataFrame, now: datetime, *, again: bool) -> int:
    made = {m.number: m for m in _messages(to, kind, part, now)}
    there = set(Message.objects.filter(number__in=list(made)).values_list("number", flat=True))
    newest = {m.key: m.revision for m in made.values()}
    olds = Message.objects.filter(kind=kind, key__in=list(newest)).values_list(
        "pk", "key", "revision", "state"
    )
    rows = list(olds)
    behind = {key for _pk, key, revision, _state in rows if revision > newest[key]}
    overtaken = [pk for pk, key, revision, state in rows if revision < newest[key] and state in OPEN]
    Message.objects.filter(pk__in=overtaken).update(state=State.OVERTAKEN, body="", ended_at=now)
    fresh = [m for m in made.values() if m.number not in there and m.key not in behind]
    Message.objects.bulk_create(fresh)
    if not again:
        return len(fresh)
    once_more = [m for m in made.values() if m.number in there and m.key not in behind]
    Message.objects.bulk_create(
        once_more, update_conflicts=True, unique_fields=["number"],
        update_fields=["state", "body", "wrong", "code", "said", "tries", "due", "made_at", "ended_at", "site", "day"],
    )  # fmt: skip
    return len(fresh) + len(once_more)


def _messages(to: Upward, kind: str, part: pl.DataFrame, now: datetime) -> Iterator[Message]:
    for r in part.iter_rows(named=True):
        parked = bool(r["wrong"])
        yield Message(
            number=number_of(to.city, kind, r["key"], r["revision"]), kind=kind, key=r["key"], revision=r["revision"], site=r["site"], day=r["day"],
            state=State.PARKED if parked else State.WAITING, body=r["body"], wrong=r["wrong"], code=NOT_SENT if parked else "", due=now, made_at=now,
        )  # fmt: skip


def send_again(
    to: Upward,
    kind: str,
    day: date,
    now: datetime,
    *,
    site: str | None = None,
    keys: Collection[str] | None = None,
) -> int:
    """Records of a day (of a station; some of them) wait to be sent once more, as the archive has them now; how many."""
    rows = of_day(kind, day, now, site)
    if keys is not None and not rows.is_empty():
        wanted = encoded(kind, rows)["key"].is_in(list(keys))
        rows = rows.filter(pl.col("start").is_not_null()).filter(wanted)
    with transaction.atomic():
        return put(to, kind, rows, now, again=True)


def parked_again(to: Upward, kind: str, now: datetime, code: str = "") -> int:
    """All records of a kind that are to be mended (with a code) are looked at and sent once more; how many."""
    chosen = Message.objects.filter(Q(code=code) if code else Q(), kind=kind, state=State.PARKED)
    days: dict[date, set[str]] = {}
    for day, key in chosen.values_list("day", "key"):
        days.setdefault(day, set()).add(key)
    return sum(send_again(to, kind, day, now, keys=keys) for day, keys in sorted(days.items()))


def tidy(before: datetime) -> int:
    """Drop what was settled before a moment; how many."""
    return Message.objects.filter(state__in=(State.TAKEN, State.OVERTAKEN), ended_at__lt=before).delete()[0]
