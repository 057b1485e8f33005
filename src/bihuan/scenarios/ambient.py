"""What checks of ambient air look at: the hours of the stations, the stations, and when the centre itself was down."""

from datetime import datetime, timedelta

import polars as pl

from bihuan.heartbeat import SERVER
from bihuan.outages import explaining
from bihuan.registry.hours import archive
from bihuan.registry.models import Site

SITES = {"site": pl.String, "name": pl.String, "city": pl.String, "lon": pl.Float64, "lat": pl.Float64, "evaluated": pl.Boolean}  # fmt: skip


def ambient_inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The wide hours as of a moment, as far back as told, all stations (SITES), and the outages of the server (OUTAGES)."""
    rows = list(Site.objects.values_list("code", "name", "city_id", "lon", "lat", "evaluated"))
    sites = pl.DataFrame(rows, schema=SITES, orient="row")
    start = now - look_back
    return archive().ambient.as_of(now, start=start).collect(), sites, explaining(start, now, SERVER)
