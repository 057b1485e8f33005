"""What the check looks at: the outages of the last days, and what was received of the times around them."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from django.conf import settings

from bihuan.heartbeat import RECEIVER, SERVER
from bihuan.loggers.register import read_register
from bihuan.outages import outages
from bihuan.registry.city import own_city
from bihuan.registry.hours import archive
from bihuan.registry.models import Site
from bihuan.scenarios.own_outages.checks import DOWN, RECORDS, USUAL, Centre

PERIODS = {"2051": timedelta(minutes=1), "2061": timedelta(hours=1)}
"""The records of loggers that are counted: of minutes (the shortest interval there is) and of hours."""
HOUR = timedelta(hours=1)


def inputs(now: datetime, look_back: timedelta) -> tuple[Centre]:
    """The one argument of the check. Where nothing was down, no record is read."""
    found = [o for o in outages(now - look_back, now) if not o.moved]
    rows = [(o.part, o.since, o.until, o.moved, o.open) for o in found]
    down = pl.DataFrame(rows, schema=DOWN, orient="row")
    city = own_city()
    pieces = [
        read(min(o.since for o in mine) - USUAL, max(o.until for o in mine) + HOUR, now)
        for part, read in ((RECEIVER, _of_loggers), (SERVER, _of_stations))
        if (mine := [o for o in found if o.part == part])
    ]
    records = pl.concat([pl.DataFrame(schema=RECORDS), *pieces])
    return (Centre(city.code if city else "", down, records, _names() if found else {}),)


def _names() -> dict[str, str]:
    """Of loggers by their MN, and of stations by their code."""
    loggers = read_register(Path(settings.DATA_DIR) / "devices.json")
    stations = dict(Site.objects.values_list("code", "name"))
    return {mn: device.name for mn, device in loggers.items() if device.name} | stations


def _of_loggers(start: datetime, until: datetime, now: datetime) -> pl.DataFrame:
    """Records of minutes and hours that loggers sent, each once: when its first version came."""
    rows = archive().devices.versions(start, until, as_of=now).filter(pl.col("cn").is_in(list(PERIODS)))
    first = rows.group_by("site", "cn", "start").agg(pl.col("received").min())
    period = pl.col("cn").replace_strict(PERIODS, return_dtype=pl.Duration("us"))
    made = first.select(
        part=pl.lit(RECEIVER), sender="site", due=pl.col("start") + period, received="received"
    )
    return made.collect().cast(RECORDS)


def _of_stations(start: datetime, until: datetime, now: datetime) -> pl.DataFrame:
    """Hours of stations, and when the version that counts came."""
    rows = archive().ambient.as_of(now, start=start, end=until)
    made = rows.select(part=pl.lit(SERVER), sender="site", due=pl.col("start") + HOUR, received="received")
    return made.collect().cast(RECORDS)
