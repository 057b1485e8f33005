"""A unit's gate system as the entrance sees it: sends what passes, keeps it while the network is away, sends it again.

A record leaves the buffer once it was answered. One whose answer was lost is sent twice; the entrance keeps it once.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any

from bihuan.simulate.gates.link import Link

BATCH = 100
TAKEN, REFUSED = ("taken", "marked"), "refused"


class Client:
    """lost: record numbers that the entrance refused; they are not sent again."""

    def __init__(self, link: Link, batch: int = BATCH) -> None:
        self._link, self._batch = link, batch
        self.waiting: deque[dict[str, Any]] = deque()
        self.refused: list[str] = []
        self.answered = 0
        self.cut = False

    def passed(self, records: Iterable[dict[str, Any]]) -> None:
        """Vehicles passed; their records wait to be sent."""
        self.waiting.extend(records)

    def send(self) -> bool:
        """Send what waits, in order; False where the network or the entrance does not take it now."""
        while self.waiting and not self.cut:
            some = [self.waiting[n] for n in range(min(self._batch, len(self.waiting)))]
            try:
                status, said = self._link.records(some)
            except ConnectionError:
                return False
            if status != 200:
                return False
            for _ in some:
                self.waiting.popleft()
            self.answered += len(some)
            self.refused += [r["number"] for r in said["records"] if r["result"] == REFUSED]
        return not self.cut

    def close(self) -> None:
        """Hang up."""
        self._link.close()
