"""Which nonces were used: none is taken twice while its time could still be good, after a restart neither."""

from collections import OrderedDict
from datetime import datetime, timedelta

from bihuan.archive.journal import Journal
from bihuan.pipeline.passages import SENT, from_of

MOST = 1_000_000


class Nonces:
    """skew: seconds by which a time may differ; a nonce is remembered until its time is too old in any case."""

    def __init__(self, skew: float) -> None:
        self._skew = skew
        self._used: OrderedDict[tuple[str, str], float] = OrderedDict()

    def recall(self, journal: Journal, now: datetime) -> None:
        """Take those of the last minutes from the journal: the process before this one knew them."""
        since = now - timedelta(seconds=2 * self._skew)
        for segment in journal.segments()[-2:]:
            for entry in journal.entries_of(segment):
                if entry.received >= since and entry.source.startswith(SENT):
                    said = from_of(entry.source)
                    self._used[said.unit, said.nonce] = entry.received.timestamp() + self._skew

    def use(self, unit: str, nonce: str, time: float, now: float) -> bool:
        """Use it; False when it was used before."""
        while self._used and (len(self._used) >= MOST or next(iter(self._used.values())) < now):
            self._used.popitem(last=False)
        if (unit, nonce) in self._used:
            return False
        self._used[unit, nonce] = max(time, now) + self._skew
        return True
