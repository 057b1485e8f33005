"""What was measured at outlets and stations: long observations whose site is their code, and what their loggers sent (HJ 212, ST 21 and 32)."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from bihuan.archive.logged import values_of as logged_values
from bihuan.archive.observations import Asked
from bihuan.registry.hours import archive
from bihuan.scenarios.industrial_parks.days import VALUES

COLUMNS = tuple(name for name in VALUES if name != "logged")
SYSTEMS = ("21", "32")
"""Surface water and sewage in HJ 212."""


def values_of(loggers: Mapping[str, str], begin: datetime, end: datetime, as_of: datetime) -> pl.DataFrame:
    """VALUES of sites in [begin, end), as known at a moment. loggers: number of the logger by site, empty for none."""
    if not loggers:
        return pl.DataFrame(schema=VALUES)
    asked = Asked(list(loggers), start=begin, end=end, as_of=as_of)
    files = archive().observations.read(asked, COLUMNS).collect().with_columns(logged=pl.lit(value=False))
    sites = {mn: site for site, mn in loggers.items() if mn}
    sent = logged_values(archive().devices, sites, SYSTEMS, asked).with_columns(logged=pl.lit(value=True))
    return pl.concat([part.select(list(VALUES)).cast(VALUES) for part in (files, sent)])
