"""Hours of sites as known now, with or without what reviewers excluded."""

from collections.abc import Collection
from datetime import datetime

import polars as pl
from django.conf import settings

from bihuan import clock
from bihuan.archive import Archive
from bihuan.domain.quality import apply_decisions
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.registry.decisions import decisions_of

COLUMNS = ("site", "start", *ITEM_NAMES)


def hours_of(sites: Collection[str], start: datetime, end: datetime, *, decided: bool) -> pl.DataFrame:
    """Wide hours of sites in [start, end) as of the clock, by site and start.

    decided: leave out (null) what a decision in force excludes, as every evaluation must; else as received.
    """
    if not sites:
        return pl.DataFrame(schema={"site": pl.String, "start": pl.Datetime("us", "UTC"), **dict.fromkeys(ITEM_NAMES, pl.Float64)})  # fmt: skip
    ambient = Archive(settings.DATA_DIR / "archive").ambient
    rows = ambient.as_of(clock.now(), sites=sites, start=start, end=end, columns=COLUMNS).collect()
    rows = rows.sort("site", "start")
    return apply_decisions(rows, decisions_of(sites, start, end)) if decided else rows
