"""Hours of ended days, kept in files: a quarter's ledger would else be made of millions of minutes at each look.

A file holds the hours of all outlets on one local day. Its name says what it was made of (the archive's parts that touch the
day, the register, the marks), so that late data, a mark or a changed register make it anew, and nothing stale is read.
"""

import hashlib
import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive.parts import Part
from bihuan.domain.emissions.tables import HOURS, empty
from bihuan.domain.timeaxis import CST, HOUR, day_start
from bihuan.registry.hours import archive
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.observed import seen

DAY = timedelta(days=1)
FOLDER = Path("derived") / "outlet_hours"


def hours_of(codes: Collection[str], start: datetime, until: datetime, known: datetime) -> pl.DataFrame:
    """HOURS of outlets in [start, until), both whole hours, as known at `known`."""
    first, last = (t.astimezone(CST).date() for t in (start, until - HOUR))
    days = [first + n * DAY for n in range((last - first).days + 1)] if start < until else []
    frames = [empty(HOURS)]
    keeper = _Keeper(known)
    for day in days:
        begin, end = max(day_start(day), start), min(day_start(day + DAY), until)
        whole = keeper.day(day)
        if whole is None:
            frames.append(seen(codes, begin, end, known).hours)
        else:
            frames.append(
                whole.filter(
                    pl.col("site").is_in(list(codes)), pl.col("start").is_between(begin, end, closed="left")
                )
            )
    return pl.concat(frames).sort("site", "start")


def keep(since: date, known: datetime) -> None:
    """Make the files that are missing or stale of the ended days from `since` on."""
    keeper = _Keeper(known)
    for n in range((known.astimezone(CST).date() - since).days):
        keeper.day(since + n * DAY)


class _Keeper:
    """What the files of one look at the archive depend on, read once."""

    def __init__(self, known: datetime) -> None:
        self.known = known
        self.codes = sorted(Outlet.objects.values_list("code", flat=True))
        self.parts = archive().devices.parts.listed()
        self.folder = archive().root / FOLDER
        tables = (register.outlets_table(self.codes), register.factors_table(self.codes))
        self.register = repr([sorted(map(repr, t.rows())) for t in tables])

    def day(self, day: date) -> pl.DataFrame | None:
        """The hours of an ended day; None while it runs, or when the archive holds later news of it than `known`."""
        begin, end = day_start(day), day_start(day + DAY)
        touching = [p for p in self.parts if p.last >= begin and p.first < end]
        if end > self.known or any(p.received_last > self.known for p in touching):
            return None
        path = self.folder / f"{day}-{self._stamp(touching, begin, end)}.parquet"
        if path.exists():
            return pl.read_parquet(path)
        made = seen(self.codes, begin, end, self.known).hours
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f"{uuid.uuid4().hex}.part"
        made.write_parquet(beside)
        for stale in self.folder.glob(f"{day}-*.parquet"):
            stale.unlink(missing_ok=True)
        beside.rename(path)
        return made

    def _stamp(self, parts: list[Part], begin: datetime, end: datetime) -> str:
        marks = register.marks_table(self.codes, begin, end, self.known)
        made_of = [sorted(Path(p.path).name for p in parts), self.register, marks.rows()]
        return hashlib.sha256(repr(made_of).encode()).hexdigest()[:20]
