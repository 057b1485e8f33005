"""Hours of ended days, kept in files: a quarter's ledger would else be made of millions of minutes at each look.

A file holds the hours of all outlets of a medium on one local day. Its name says what it was made of (the archive's parts that touch
the day, the register, the marks, the quality checks), so that late data, a mark, a failed check or a changed register make it anew,
and nothing stale is read.
"""

import time
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive.derived import all_known, kept_at, names, touching
from bihuan.archive.parts import Part
from bihuan.atomic import beside
from bihuan.domain.outlets.tables import empty
from bihuan.domain.timeaxis import CST, HOUR, day_start
from bihuan.registry.hours import archive
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.medium import Medium
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.received import seen

DAY = timedelta(days=1)
UNREAD_AFTER = 3600  # s: a look that began before a day was made anew has ended
METHOD = 2
"""Raised when hours are made in another way than before."""


def hours_of(
    medium: Medium, codes: Collection[str], start: datetime, until: datetime, known: datetime
) -> pl.DataFrame:
    """HOURS of outlets of a medium in [start, until), both whole hours, as known at `known`."""
    if start >= until:
        return empty(medium.tables.hours)
    keeper = _Keeper(medium, known, start.astimezone(CST).date(), (until - HOUR).astimezone(CST).date())
    files = {day: keeper.file(day) for day in keeper.days}
    kept = [path for path in files.values() if path is not None]
    frames = [empty(medium.tables.hours)]
    if kept:
        inside = pl.col("start").is_between(start, until, closed="left")
        frames.append(pl.scan_parquet(kept).filter(pl.col("site").is_in(list(codes)), inside).collect())
    for day in (day for day, path in files.items() if path is None):
        begin, end = max(day_start(day), start), min(day_start(day + DAY), until)
        frames.append(seen(medium, codes, begin, end, known).hours)
    return pl.concat(frames).sort("site", "start")


def keep(media: Iterable[Medium], since: date, known: datetime) -> None:
    """Make the files that are missing of the ended days from `since` on, and clear away those that nothing reads any more."""
    for medium in media:
        _keep(_Keeper(medium, known, since, known.astimezone(CST).date()))


def _keep(keeper: "_Keeper") -> None:
    for day in keeper.days:
        path = keeper.file(day)
        for old in keeper.folder.glob(f"{day}-*.parquet"):
            if path is not None and old != path and time.time() - old.stat().st_mtime > UNREAD_AFTER:
                old.unlink(missing_ok=True)


class _Keeper:
    """The files of some days of a medium, and what they depend on, read once."""

    def __init__(self, medium: Medium, known: datetime, first: date, last: date) -> None:
        self.medium, self.known = medium, known
        self.days = [first + n * DAY for n in range((last - first).days + 1)]
        self.codes = sorted(Outlet.objects.filter(kind=medium.key).values_list("code", flat=True))
        self.parts = archive().devices.parts.listed()
        self.folder = archive().root / medium.kept
        self.register = register.fingerprint(medium.key)
        self.lost = register.uncontrolled_table(self.codes, known).rows(named=True)
        self.marks = register.marks_table(self.codes, day_start(first), day_start(last + DAY), known).rows(
            named=True
        )

    def file(self, day: date) -> Path | None:
        """The hours of an ended day; None while it runs, or when the archive holds later news of it than `known`."""
        begin, end = day_start(day), day_start(day + DAY)
        mine = touching(self.parts, begin, end)
        if end > self.known or not all_known(mine, self.known):
            return None
        path = kept_at(self.folder, f"{day}", self._made_of(mine, begin, end))
        if not path.exists():
            self._make(path, begin, end)
        return path

    def _make(self, path: Path, begin: datetime, end: datetime) -> None:
        made = seen(self.medium, self.codes, begin, end, self.known).hours
        self.folder.mkdir(parents=True, exist_ok=True)
        with beside(path) as written:
            made.write_parquet(written)

    def _made_of(self, parts: list[Part], begin: datetime, end: datetime) -> object:
        marks = [m for m in self.marks if m["start"] < end and m["until"] > begin]
        # A period that goes on ends at every look; of the day only its part inside counts.
        lost = [
            (p["site"], p["item"], max(p["start"], begin), min(p["until"], end))
            for p in self.lost
            if p["start"] < end and p["until"] > begin
        ]
        on = begin.astimezone(CST).date()
        return [names(parts), self.register, marks, lost, METHOD, self.medium.rules(on)]
