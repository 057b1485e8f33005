"""A clock that tests move by hand: real time passes, the replay runs, stands, is set, and a part lives meanwhile."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan import heartbeat, outages
from bihuan.heartbeat import RECEIVER, Heart, Moment

THEN = datetime(2026, 3, 1, tzinfo=UTC)


class Machine:
    """One part on one machine. Without `speed` the clock is the real one."""

    def __init__(
        self, data: Path, monkeypatch: pytest.MonkeyPatch, speed: float | None = None, part: str = RECEIVER
    ) -> None:
        self.data, self.part = data, part
        self.real = self.shown = THEN.timestamp()
        self.speed = speed
        self.heart: Heart | None = None
        self.lives: list[list[tuple[float, float]]] = []  # what the clock showed while the part worked
        monkeypatch.setattr(heartbeat, "moment", self.moment)
        monkeypatch.setattr(outages, "moment", self.moment)
        monkeypatch.setattr("os.fsync", lambda _: None)  # this machine loses its power only by hand

    def moment(self) -> Moment:
        return Moment(self.shown, self.real, 1.0 if self.speed is None else self.speed)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.shown, UTC)

    def passes(self, seconds: float) -> None:
        """Real time passes, and the part says every few seconds that it works."""
        beats = 1.0 if self.speed else 5.0
        whole, rest = divmod(seconds, beats)
        for step in [beats] * int(whole) + [rest]:
            before = self.shown
            self.real += step
            self.shown += step * (1.0 if self.speed is None else self.speed)
            if self.heart is not None:
                self.lives[-1].append((before, self.shown))
                self.heart.beat()

    def stands(self, seconds: float) -> None:
        """The machine does nothing, and then goes on where it was."""
        self.real += seconds
        self.shown += seconds * (1.0 if self.speed is None else self.speed)
        self.beat()

    def beat(self) -> None:
        if self.heart is not None:
            self.lives[-1].append((self.shown, self.shown))
            self.heart.beat()

    def is_set(self, hours: float) -> None:
        """Somebody sets the clock."""
        self.shown += hours * 3600
        if self.speed is None:
            self.real += hours * 3600
        self.beat()

    def starts(self) -> None:
        self.heart = Heart(self.data, self.part)
        self.lives.append([])
        self.beat()

    def stops(self) -> None:
        if self.heart is not None:
            self.heart.stop()
        self.heart = None

    def is_killed(self) -> None:
        self.heart = None

    def outages(self) -> list[outages.Outage]:
        return outages.outages(THEN - timedelta(days=30), self.now + timedelta(days=30), data=self.data)

    def hours(self) -> list[tuple[float, float]]:
        """The outages, in hours after the beginning."""
        return [
            (
                round((o.since - THEN).total_seconds() / 3600, 2),
                round((o.until - THEN).total_seconds() / 3600, 2),
            )
            for o in self.outages()
        ]
