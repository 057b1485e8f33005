"""A sensor of the tests: it measures what a test says, its check runs when a test says."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from bihuan.cases.models import CheckRun
from bihuan.cases.sensors import MEASURED, Closing, Place, Sensing
from bihuan.domain.checks import Check
from tests.cases.rows import HOUR, probe

KEY = "test.sensor"
LOOK_BACK = timedelta(hours=72)


@dataclass
class Sensor:
    """hours: the starts of those that it measured, whatever the item."""

    hours: set[datetime] = field(default_factory=set)

    def measure(self, start: datetime, hours: float) -> None:
        """Valid measurements for so many whole hours from the first one on that begins at `start` or later."""
        first = start if start == start.replace(minute=0) else start.replace(minute=0) + HOUR
        self.hours |= {first + n * HOUR for n in range(int(hours))}

    def measured(
        self, _check: Check, places: Collection[Place], start: datetime, until: datetime
    ) -> pl.DataFrame:
        """As a line of business gives it."""
        rows = [(t, i, h) for _k, t, i in places for h in self.hours if start <= h < until]
        return pl.DataFrame(rows, schema=MEASURED, orient="row")

    def sensing(self, normal_hours: int = 24, watch_days: int = 30) -> dict[str, Sensing]:
        """The test's check looks at it: a day of normal hours, a month of watching."""
        closing = Closing(self.measured, normal_hours, watch_days)
        return {KEY: Sensing(probe(KEY), LOOK_BACK, closing)}


def ran(at: datetime, key: str = KEY, **result: str) -> CheckRun:
    """A run of a check as of a moment."""
    return CheckRun.objects.create(check_key=key, as_of=at, started=at, **result)
