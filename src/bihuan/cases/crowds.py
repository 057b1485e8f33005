"""What begins at so many places so close together that one cause is plain: a platform, the network, the weather. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bihuan.cases.sides import Side


@dataclass(frozen=True)
class Crowd:
    """How many at least, beginning within how long of each other, are no coincidence."""

    least: int
    within: timedelta


# Coincidences are what happens anyway: with 80 plants two loggers are often silent within half an hour, four are not.
CROWDS = {"line": Crowd(4, timedelta(minutes=30)), "weather": Crowd(3, timedelta(hours=1))}


def crowds(sides: Sequence[Side], fresh: set[int]) -> Iterator[tuple[Side, Side]]:
    """Pairs that tie together what begins so close together at so many places that one cause is plain (`CROWDS`)."""
    buckets: dict[tuple[str, ...], list[Side]] = defaultdict(list)
    for side in sorted(sides, key=lambda s: (s.start, s.key)):
        if side.cause == "line":
            buckets["line", side.target[0], side.area].append(side)
        elif side.cause == "weather":
            buckets["weather", side.check, side.item, side.area].append(side)
    for (cause, *_), bucket in buckets.items():
        platforms: dict[int, str] = {}
        if cause == "line":
            yield from _platforms(bucket, fresh, platforms)
        yield from _tied(bucket, CROWDS[cause], fresh, platforms)


def _platforms(
    rows: Sequence[Side], fresh: set[int], platforms: dict[int, str]
) -> Iterator[tuple[Side, Side]]:
    """The crowds that the loggers of one vendor are by themselves; fills in of which vendor's each row is.

    For a crowd of several vendors these say no more than one coincidence does: others speak.
    """
    crowd = CROWDS["line"]
    by_vendor: dict[str, list[Side]] = defaultdict(list)
    for side in (s for s in rows if s.vendor):
        by_vendor[side.vendor].append(side)
    for vendor, mine in by_vendor.items():
        for window in _windows(mine, crowd.within):
            if _plain(window, crowd.least, {}):
                platforms.update((s.key, vendor) for s in window)
        yield from _tied(mine, crowd, fresh, {})


def _windows(rows: Sequence[Side], within: timedelta) -> Iterator[Sequence[Side]]:
    """Each row with those that began at most so long before it."""
    first = 0
    for last, side in enumerate(rows):
        while side.start - rows[first].start > within:
            first += 1
        yield rows[first : last + 1]


def _plain(window: Sequence[Side], least: int, platforms: Mapping[int, str]) -> bool:
    """Are so many senders no coincidence? Those of a platform that is down are one; two platforms at once are none."""
    down = {platforms[s.key] for s in window if s.key in platforms}
    others = {s.sender for s in window if s.key not in platforms}
    return len(others) >= least or len(down) > 1


def _tied(
    rows: Sequence[Side], crowd: Crowd, fresh: set[int], platforms: Mapping[int, str]
) -> Iterator[tuple[Side, Side]]:
    """Each row of a crowd to one new finding of it, and to one whose verdict it may take over; each once."""
    tied = set[int]()
    for window in _windows(rows, crowd.within):
        pivot = next((s for s in window if s.key in fresh), None)
        if pivot is None or not _plain(window, crowd.least, platforms):
            continue
        lead = max((s for s in window if s.leads), key=lambda s: s.rank, default=None)
        for row in (s for s in window if s.key not in tied and s is not pivot):
            tied.add(row.key)
            yield pivot, row
            if lead is not None and lead is not row:
                yield lead, row
        tied.add(pivot.key)
        if lead is not None:
            yield lead, pivot
