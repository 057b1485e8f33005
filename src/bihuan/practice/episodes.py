"""Real episodes of the practice city, for its replay bar."""

from datetime import datetime

from bihuan.domain.timeaxis import CST
from bihuan.replays import About, Episode

EPISODES = (
    Episode("heavy-january", "1 月重污染", datetime(2019, 1, 11, 12, tzinfo=CST)),
    Episode("heavy-february", "2 月重污染", datetime(2019, 2, 25, 9, tzinfo=CST)),
    Episode("dust-april", "4 月沙尘", datetime(2019, 4, 18, 12, tzinfo=CST)),
    Episode("dust-may", "5 月沙尘", datetime(2019, 5, 12, 11, tzinfo=CST)),
    Episode("ozone-june", "6 月臭氧周", datetime(2019, 6, 18, 14, tzinfo=CST)),
)
ABOUT = About("2019", EPISODES)
