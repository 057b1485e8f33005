"""What the check of this scenario looks at: the days of the newest forecast run."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from django.conf import settings

from bihuan.archive.forecasts import ForecastStore

# What the check reads of a run; the days of no run at all.
DAYS = {"site": pl.String, "item": pl.String, "date": pl.Date} | dict.fromkeys(
    ("p5", "p6", "q10", "q50", "q90"), pl.Float64
)


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame]:
    """The days of the newest run, empty when none was issued within `look_back`."""
    newest = ForecastStore(Path(settings.DATA_DIR)).latest(now)
    if newest is None or newest.issued < now - look_back:
        return (pl.DataFrame(schema=DAYS),)
    return (newest.days,)
