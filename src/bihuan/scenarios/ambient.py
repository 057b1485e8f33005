"""What checks of ambient air look at: the hours of the stations, the stations, and when the centre itself was down."""

from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.timeaxis import CST
from bihuan.heartbeat import SERVER
from bihuan.outages import explaining
from bihuan.registry.hours import archive, ends
from bihuan.registry.models import Site
from bihuan.registry.subjects import there_on

SITES = {"site": pl.String, "name": pl.String, "city": pl.String, "lon": pl.Float64, "lat": pl.Float64, "evaluated": pl.Boolean}  # fmt: skip


def ambient_inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The wide hours as of a moment, as far back as told, all stations (SITES), and the outages of the server (OUTAGES).

    A station that is ended on that day is in neither: nobody looks after it any more.
    """
    today = now.astimezone(CST).date()
    ended = [code for code, until in ends() if until <= today]
    rows = list(
        Site.objects.filter(there_on(today)).values_list("code", "name", "city_id", "lon", "lat", "evaluated")
    )
    sites = pl.DataFrame(rows, schema=SITES, orient="row")
    start = now - look_back
    hours = archive().ambient.as_of(now, start=start).filter(~pl.col("site").is_in(ended)).collect()
    return hours, sites, explaining(start, now, SERVER)
