"""How old the newest hour of the evaluated stations is."""

from datetime import datetime, timedelta

from bihuan.domain.timeaxis import HOUR
from bihuan.kit.ages import age_text
from bihuan.kit.air import STALE_AFTER, evaluated, hours
from bihuan.kit.shared import Shared, moment
from bihuan.scenarios.contract import DataAge

LOOKED_BACK = timedelta(days=7)
_newest = Shared[datetime | None]()


def newest_hour(now: datetime) -> DataAge | None:
    """The newest hour that any evaluated station has delivered, as of a moment; None without one in the last week."""
    sites = evaluated()
    start = _newest.get(moment(sites, now), lambda: _start(sites, now)) if sites else None
    if start is None:
        return None
    age = now - (start + HOUR)
    return DataAge(start, age_text(age), age > STALE_AFTER)


def _start(sites: list[str], now: datetime) -> datetime | None:
    found = hours(sites, now - LOOKED_BACK)["start"].max()
    return found if isinstance(found, datetime) else None
