"""The age of the newest data."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan import clock
from bihuan.kit.ages import age_text
from bihuan.kit.air import HOUR, STALE_AFTER, evaluated, hours
from bihuan.kit.shared import Shared, moment

_newest = Shared[datetime | None]()


@dataclass(frozen=True)
class Newest:
    """The newest hour that any evaluation station has delivered, as of the clock."""

    start: datetime
    age: str
    stale: bool


def newest_label() -> Newest | None:
    """The newest hour; None without any data."""
    now = clock.now()
    sites = evaluated()
    row = _newest.get(moment(sites, now), lambda: _newest_start(sites, now)) if sites else None
    if row is None:
        return None
    age = now - (row + HOUR)
    return Newest(row, age_text(age), age > STALE_AFTER)


def _newest_start(sites: list[str], now: datetime) -> datetime | None:
    found = hours(sites, now - timedelta(days=7))["start"].max()
    return found if isinstance(found, datetime) else None
