"""Comparing days with the platform above: counts by station; where they differ, which records, in both directions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction

from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.upward.messages import encoded
from bihuan.domain.vehicles.upward.reconcile import Compared, compared
from bihuan.scenarios.vehicle_reporting.link import Away, Link
from bihuan.scenarios.vehicle_reporting.models import ComparedDay, Message
from bihuan.scenarios.vehicle_reporting.outbox import of_day, send_again
from bihuan.scenarios.vehicle_reporting.settings import Figures, Upward

State = Message.State
NAMED = 1000
"""Keys that are kept of a difference at most."""


def days_due(to: Upward, now: datetime, figures: Figures) -> Iterator[tuple[str, date]]:
    """Kinds and days to compare: the last ones before today, those since the last answer, and older ones that did not agree."""
    today = now.astimezone(CST).date()
    first = max(to.since or today, today - timedelta(days=figures.keep_days))
    for kind in to.kinds:
        rows = list(ComparedDay.objects.filter(kind=kind, day__lt=today, day__gte=first))
        late = {row.day for row in rows if not agrees(row)}
        last = max((row.day for row in rows if row.theirs is not None), default=first)
        begin = max(first, min(last, today - timedelta(days=figures.days)))
        lately = {begin + timedelta(days=n) for n in range((today - begin).days)}
        yield from ((kind, day) for day in sorted(late | lately))


def agrees(row: ComparedDay) -> bool:
    """Did both hold the same?"""
    return row.theirs == row.ours and not row.again and not row.extra


def compare(link: Link, to: Upward, kind: str, day: date, now: datetime) -> list[ComparedDay]:
    """Ask about a day and keep what came of it, a row for each station. Raises Away; the rows then say that nothing was answered."""
    ours = _ours(kind, day, now)
    try:
        counts = link.counts(kind, day)
        theirs = {
            site: link.keys(kind, day, site)
            for site in ours.keys() | counts.keys()
            if counts.get(site, 0) != len(ours.get(site, {}))
        }
    except Away:
        _keep(kind, day, [_row(kind, day, site, keys, None, Compared(), now) for site, keys in ours.items()])
        raise
    rows = []
    for site in sorted(ours.keys() | counts.keys()):
        mine = ours.get(site, {})
        waiting, refused = (_open(kind, mine, day, site, state) for state in (State.WAITING, State.PARKED))
        said = compared(mine, theirs[site], waiting, refused) if site in theirs else Compared()
        rows.append(_row(kind, day, site, mine, counts.get(site, 0), said, now))
    _keep(kind, day, rows)
    return rows


def _ours(kind: str, day: date, now: datetime) -> dict[str, dict[str, int]]:
    """Of the archive: revision by key, by station."""
    rows = of_day(kind, day, now)
    found: dict[str, dict[str, int]] = {}
    if not rows.is_empty():
        for site, key, revision in encoded(kind, rows).select("site", "key", "revision").iter_rows():
            found.setdefault(site, {})[key] = revision
    return found


def _open(kind: str, mine: dict[str, int], day: date, site: str, state: str) -> set[str]:
    rows = Message.objects.filter(kind=kind, day=day, site=site, state=state).values_list("key", "revision")
    return {key for key, revision in rows if mine.get(key) == revision}


def _row(
    kind: str, day: date, site: str, mine: dict[str, int], theirs: int | None, said: Compared, now: datetime
) -> ComparedDay:
    counts = {
        state: Message.objects.filter(kind=kind, day=day, site=site, state=state)
        .values("key")
        .distinct()
        .count()
        for state in (State.TAKEN, State.WAITING, State.PARKED)
    }
    return ComparedDay(
        kind=kind, day=day, site=site, ours=len(mine), taken=counts[State.TAKEN], waiting=counts[State.WAITING], refused=counts[State.PARKED],
        theirs=theirs, lost=list(said.lost[:NAMED]), older=list(said.older[:NAMED]), extra=list(said.extra[:NAMED]), at=now,
    )  # fmt: skip


def _keep(kind: str, day: date, rows: list[ComparedDay]) -> None:
    with transaction.atomic():
        ComparedDay.objects.filter(kind=kind, day=day).delete()
        ComparedDay.objects.bulk_create(rows)


def resend_lost(to: Upward, rows: list[ComparedDay], now: datetime, most: int) -> int:
    """Records that the platform above lost wait again, of each station up to `most`: more than that a person looks at first. How many."""
    return sum(
        send_again(to, row.kind, row.day, now, site=row.site, keys=row.again)
        for row in rows
        if 0 < len(row.again) <= most
    )
