"""What the checks take: tests of late with what their curves show, pairs that are alike, daily checks, and the stations that are registered."""

from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.timeaxis import CST
from bihuan.registry.subjects import there_on
from bihuan.scenarios.inspection_stations.models import Station
from bihuan.scenarios.inspection_stations.reading import known


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, ...]:
    """Tests with FEATURES, COPIES, CHECKED; only of stations that are in the register."""
    since = (now - look_back).astimezone(CST).replace(hour=0, minute=0, second=0, microsecond=0)
    codes = list(Station.objects.filter(there_on(now.astimezone(CST).date())).values_list("pk", flat=True))
    of = known(since, now, now)
    mine = pl.col("site").is_in(codes)
    return of.seen.filter(mine), of.looked.copies, of.checked.filter(mine)
