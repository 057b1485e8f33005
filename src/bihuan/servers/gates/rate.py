"""How many records a unit may send: so many a minute, saved up for one minute at most."""

import time


class Rate:
    """A bucket for each unit."""

    def __init__(self, a_minute: float) -> None:
        self.a_minute = a_minute
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, unit: str, count: int) -> float:
        """Take so many; 0, or how long to wait [s] where there are not enough left (none is taken then)."""
        now = time.monotonic()
        left, since = self._left.get(unit, (self.a_minute, now))
        left = min(self.a_minute, left + (now - since) * self.a_minute / 60)
        if left < count <= self.a_minute:
            self._left[unit] = (left, now)
            return (count - left) * 60 / self.a_minute
        self._left[unit] = (left - count, now)
        return 0.0
