"""The installation's archive, and hours of sites as known now, with or without what reviewers excluded."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import polars as pl
from django.conf import settings

from bihuan import clock
from bihuan.archive import Archive
from bihuan.domain.quality import apply_decisions
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import day_start, local_date
from bihuan.registry.decisions import decisions_of
from bihuan.registry.models import Site

COLUMNS = ("site", "start", *ITEM_NAMES)
TRACE = 0.1
"""mm of rain that a gauge shows; so much makes a day wet although hours of it are missing."""
HOURS_A_DAY = 24


@lru_cache(maxsize=2)
def _open(root: Path) -> Archive:
    return Archive(root)


def archive() -> Archive:
    """The archive of this installation, opened once per process."""
    return _open(settings.DATA_DIR / "archive")


def ends() -> tuple[tuple[str, date], ...]:
    """The stations that are ended, with the first day on which each is not there."""
    rows = Site.objects.exclude(until=None).order_by("code").values_list("code", "until")
    return tuple((code, until) for code, until in rows if until is not None)


def before_ends(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows by site and start, without those from the end of a site on: what it sends then is nobody's any more."""
    if not (ended := ends()):
        return rows
    known = {"site": [code for code, _day in ended], "_end": [day_start(day) for _code, day in ended]}
    frame = pl.DataFrame(known, schema={"site": pl.String, "_end": rows.schema["start"]})
    joined = rows.join(frame, on="site", how="left")
    return joined.filter(pl.col("_end").is_null() | (pl.col("start") < pl.col("_end"))).drop("_end")


Value = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def by_terms(
    rows: pl.DataFrame, members: pl.DataFrame, column: Literal["start", "date"], value: Value
) -> pl.DataFrame:
    """Values of groups of stations, each by those that were there at the time: a group does not wait for one that is ended.

    rows: of stations. members: site, city. value: of rows of a time within which the same stations are there, and of these.
    """
    inside = set(members["site"])
    last = {code: day if column == "date" else day_start(day) for code, day in ends() if code in inside}
    limits, pieces = sorted(set(last.values())), list[pl.DataFrame]()
    for begin, end in pairwise([None, *limits, None]):
        after = pl.lit(value=True) if begin is None else pl.col(column) >= begin
        before = pl.lit(value=True) if end is None else pl.col(column) < end
        piece = rows.filter(after, before)
        gone = [code for code, limit in last.items() if begin is not None and limit <= begin]
        if piece.height or not limits:
            pieces.append(value(piece, members.filter(~pl.col("site").is_in(gone))))
    return pl.concat(pieces) if pieces else value(rows, members)


def hours_of(
    sites: Collection[str], start: datetime, end: datetime | None = None, *, decided: bool
) -> pl.DataFrame:
    """Wide hours of sites in [start, end) as of the clock (end: now), by site and start, none from the end of a site on.

    decided: leave out (null) what a decision in force excludes, as every evaluation must; else as received.
    """
    if not sites:
        return pl.DataFrame(schema={"site": pl.String, "start": pl.Datetime("us", "UTC"), **dict.fromkeys(ITEM_NAMES, pl.Float64)})  # fmt: skip
    now = clock.now()
    end = end or now
    rows = archive().ambient.as_of(now, sites=sites, start=start, end=end, columns=COLUMNS).collect()
    rows = before_ends(rows).sort("site", "start")
    return apply_decisions(rows, decisions_of(sites, start, end)) if decided else rows


def rain_of_days(sites: Collection[str], begin: datetime, end: datetime, known: datetime) -> pl.DataFrame:
    """site, date, rain [mm] of stations: sums of days whose hours are all known, or enough of them to be sure that it rained."""
    if not sites:
        return pl.DataFrame(schema={"site": pl.String, "date": pl.Date, "rain": pl.Float64})
    columns = ("site", "start", "rain")
    rows = archive().ambient.as_of(known, sites=list(sites), start=begin, end=end, columns=columns).collect()
    rain = pl.col("rain")
    sums = rows.group_by("site", local_date().alias("date")).agg(rain.sum(), hours=rain.count())
    sure = (pl.col("hours") == HOURS_A_DAY) | (rain >= TRACE)
    return sums.filter(sure).select("site", "date", rain.cast(pl.Float64))
