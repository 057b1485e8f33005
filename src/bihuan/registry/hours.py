"""The installation's archive, and hours of sites as known now, with or without what reviewers excluded."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.conf import settings

from bihuan import clock
from bihuan.archive import Archive
from bihuan.domain.quality import apply_decisions
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.registry.decisions import decisions_of

COLUMNS = ("site", "start", *ITEM_NAMES)


@lru_cache(maxsize=2)
def _open(root: Path) -> Archive:
    return Archive(root)


def archive() -> Archive:
    """The archive of this installation, opened once per process."""
    return _open(settings.DATA_DIR / "archive")


def hours_of(
    sites: Collection[str], start: datetime, end: datetime | None = None, *, decided: bool
) -> pl.DataFrame:
    """Wide hours of sites in [start, end) as of the clock (end: now), by site and start.

    decided: leave out (null) what a decision in force excludes, as every evaluation must; else as received.
    """
    if not sites:
        return pl.DataFrame(schema={"site": pl.String, "start": pl.Datetime("us", "UTC"), **dict.fromkeys(ITEM_NAMES, pl.Float64)})  # fmt: skip
    now = clock.now()
    end = end or now
    rows = archive().ambient.as_of(now, sites=sites, start=start, end=end, columns=COLUMNS).collect()
    rows = rows.sort("site", "start")
    return apply_decisions(rows, decisions_of(sites, start, end)) if decided else rows
