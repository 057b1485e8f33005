"""What the archive knows of tests as of a moment, with what their curves show; looked at once for each state of the tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import polars as pl

from bihuan.domain.timeaxis import HOUR
from bihuan.domain.vehicle_tests.forensics import Found, Looked, found_in, looked_at
from bihuan.domain.vehicle_tests.seen_in_curves import with_features
from bihuan.domain.vehicle_tests.tables import CHECKED, TESTS
from bihuan.registry.hours import archive

BEFORE = timedelta(days=31)
"""How far before a stretch the tests lie that its copies may come from."""


@dataclass(frozen=True)
class Known:
    """Tests that began in a stretch, their curves, and the daily checks of it."""

    tests: pl.DataFrame
    looked: Looked
    checked: pl.DataFrame

    @property
    def seen(self) -> pl.DataFrame:
        """The tests with FEATURES."""
        return with_features(self.tests, self.looked.features)


def known(since: datetime, until: datetime, as_of: datetime) -> Known:
    """All tests from `since` on and before `until`, as they were known at a moment (to the full hour)."""
    tables = archive().vehicle_tests
    versions = tuple(table.parts.version() for table in tables.every())
    return _known(
        str(archive().root), versions, since, until, as_of.replace(minute=0, second=0, microsecond=0) + HOUR
    )


@lru_cache(maxsize=4)
def _known(root: str, versions: tuple[int, ...], since: datetime, until: datetime, as_of: datetime) -> Known:
    tables = archive().vehicle_tests
    tests = (
        tables.tests.current(since, until, as_of=as_of).filter(pl.col("start") < until).select(list(TESTS))
    )
    whole = tests.sort("start", "test").collect()
    names = whole.select("test")
    looked = looked_at(
        part.join(names, on="test", how="semi") for part in tables.parts_of_traces(since - BEFORE, as_of)
    )
    checked = tables.daily.current(since, until, as_of=as_of).select(list(CHECKED)).collect()
    return Known(whole, looked, checked)


def found(since: datetime, until: datetime, as_of: datetime, level: str) -> Found:
    """What is suspected of the tests of a stretch."""
    of = known(since, until, as_of)
    return _found(id(of), of, level)


_KEPT: dict[tuple[int, str], tuple[Known, Found]] = {}


def _found(key: int, of: Known, level: str) -> Found:
    kept = _KEPT.get((key, level))
    if kept is None or kept[0] is not of:
        if len(_KEPT) > 4:
            _KEPT.clear()
        kept = _KEPT[key, level] = (of, found_in(of.tests, of.looked, of.checked, level=level))
    return kept[1]


def test_of(test: str, as_of: datetime) -> dict[str, object] | None:
    """One test by its number, None where none is known."""
    rows = archive().vehicle_tests.tests.versions(as_of=as_of).filter(pl.col("test") == test).collect()
    return rows.sort("journal").row(-1, named=True) if rows.height else None
