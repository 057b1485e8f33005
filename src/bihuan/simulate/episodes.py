"""The replay bar: real episodes of the practice city and the speeds at which they run."""

from dataclasses import dataclass
from datetime import datetime

from bihuan.domain.timeaxis import CST

SPEEDS = (0, 1, 60, 600, 3600)


@dataclass(frozen=True)
class Episode:
    """A real stretch of 2019 worth practising on."""

    key: str
    title: str
    start: datetime


EPISODES = (
    Episode("heavy-january", "1 月重污染", datetime(2019, 1, 11, 12, tzinfo=CST)),
    Episode("heavy-february", "2 月重污染", datetime(2019, 2, 25, 9, tzinfo=CST)),
    Episode("dust-april", "4 月沙尘", datetime(2019, 4, 18, 12, tzinfo=CST)),
    Episode("dust-may", "5 月沙尘", datetime(2019, 5, 12, 11, tzinfo=CST)),
    Episode("ozone-june", "6 月臭氧周", datetime(2019, 6, 18, 14, tzinfo=CST)),
)
BY_KEY = {e.key: e for e in EPISODES}
