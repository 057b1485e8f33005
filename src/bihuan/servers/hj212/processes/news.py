"""What one of several receiving processes has seen, handed over piece by piece to the one that keeps the whole."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bihuan.servers.hj212.devices import MOST_UNKNOWN, Devices, Seen


class News(NamedTuple):
    """Seen since the last handing over. strays: refused packets of names that this process does not know."""

    counts: Counter[str]
    known: dict[str, Seen]
    strays: dict[str, Seen]
    parked: dict[str, Seen]


class RecentDevices(Devices):
    """The devices of one process: counted from one handing over to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.strays: dict[str, Seen] = {}

    def note_broken(self, mn: str, reason: str, data: bytes, now: datetime, *, listed: bool) -> None:
        """Another process may know the device, so that is asked later."""
        if mn not in self.known and (mn in self.strays or len(self.strays) < MOST_UNKNOWN):
            self._one(self.strays, mn, now).note_broken(reason, data, now)
        super().note_broken(mn, reason, data, now, listed=False)

    def hand_over(self) -> News:
        """All that is new; counting begins anew."""
        known = {mn: _taken(seen) for mn, seen in self.known.items() if seen.packets or seen.broken}
        parked = {mn: _taken(seen) for mn, seen in self.parked.items()}
        news = News(self.counts, known, self.strays, parked)
        self.counts, self.strays, self.parked = Counter(), {}, {}
        return news


def _taken(seen: Seen) -> Seen:
    """What was noted of a device since the last time; it is emptied. Its header goes without the shape of the content."""
    head = None if seen.head is None else replace(seen.head, last_shape=None)
    taken = replace(seen, head=head)
    seen.packets, seen.broken, seen.last_broken, seen.deviations = 0, Counter(), None, Counter()
    seen.came, seen.ever = {}, {}
    return taken


def take_up(devices: Devices, news: News, listed: Callable[[str], bool]) -> None:
    """Add what a process has handed over. listed: is the name registered?"""
    devices.counts.update(news.counts)
    for mn, seen in news.known.items():
        _add(devices.of(mn, seen.first), seen)
    for mn, seen in news.strays.items():
        if mn in devices.known:
            _add(devices.known[mn], seen)
        elif listed(mn):
            _add(devices.rejected.setdefault(mn, Seen(seen.first, seen.last)), seen)
    for mn, seen in news.parked.items():
        _add(devices.of_unknown(mn, seen.first), seen)


def _add(whole: Seen, news: Seen) -> None:
    if news.packets:
        whole.first = min(whole.first, news.first)
        if news.last >= whole.last:
            whole.last, whole.peer, whole.qn, whole.head = news.last, news.peer, news.qn, news.head
    whole.packets += news.packets
    whole.broken.update(news.broken)
    whole.deviations.update(news.deviations)
    whole.last_broken = max(filter(None, (whole.last_broken, news.last_broken)), default=None)
    for cn, hours in news.came.items():
        kept = whole.came.setdefault(cn, {})
        for hour, bits in hours.items():
            kept[hour] = kept.get(hour, 0) | bits
    for cn, bits in news.ever.items():
        whole.ever[cn] = whole.ever.get(cn, 0) | bits
