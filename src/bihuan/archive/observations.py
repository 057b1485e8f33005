"""Observations of everything that is not ambient hours, long: water sections, dust, drinking water, noise, stacks.

Rows: site, quantity (HJ code), period, start (UTC), value (in the unit of `domain.quantities`), flag (as HJ 212 or the
sender says it, null = none), received (UTC), journal (position). A part lies by series, then time: a series, or all of a
site, is read from a few row groups, and repeated texts cost nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import polars as pl

from bihuan.archive.last_values import SERIES, LastValues
from bihuan.archive.parts import Parts
from bihuan.archive.storing import Delivery, News, Storing, sorted_out
from bihuan.archive.versions import ORDER, STAMP, Versions, Wanted
from bihuan.domain.periods import end_of
from bihuan.domain.timeaxis import INSTANT

KEY = [*SERIES, "start"]
SAID: dict[str, pl.DataType] = {"value": pl.Float64(), "flag": pl.String()}
COLUMNS: dict[str, pl.DataType] = {
    **dict.fromkeys(SERIES, pl.String()),
    "start": INSTANT,
    **SAID,
    **STAMP,
}
ROW_GROUP = 32 * 1024
"""A site-month of hours of ten quantities is 7,000 rows: it lies in one group or two."""


@dataclass(frozen=True)
class Asked:
    """Which observations; None = all. start <= start of a row < end; as_of: as known then."""

    sites: Collection[str] | None = None
    quantities: Collection[str] | None = None
    periods: Collection[str] | None = None
    start: datetime | None = None
    end: datetime | None = None
    as_of: datetime | None = None

    @property
    def wanted(self) -> Wanted:
        """The same for a table of versions."""
        keys = {"site": self.sites, "quantity": self.quantities, "period": self.periods}
        return Wanted(keys, self.start, self.end, self.as_of)


def compare(rows: pl.DataFrame, known: pl.DataFrame, delivery: Delivery) -> News:
    """What a delivery of observations changes; without a column `flag` it says nothing of flags.

    An empty value without a flag, of a key that nobody knew, says nothing.
    """
    both = rows.join(known, on=KEY, how="left", suffix="_known", maintain_order="left")
    if "flag" not in rows.columns:
        both = both.with_columns(flag_known="flag")
    changed = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_known")) for c in SAID)
    worth = pl.any_horizontal(pl.col(c).is_not_null() for c in SAID)
    end = end_of()
    if delivery.delay is not None:  # nothing is known before it came
        end = pl.min_horizontal(end, pl.lit(delivery.received - delivery.delay, INSTANT))
    return sorted_out(both, delivery, changed=changed, end=end, columns=list(COLUMNS), worth=worth)


class Observations:
    """The table of observations in a folder; made where it is missing."""

    def __init__(self, folder: Path, derived: Path) -> None:
        self.parts = Parts(folder, COLUMNS, order=KEY, row_group=ROW_GROUP)
        self.parts.create()
        self.versions = Versions(self.parts, KEY)
        self.storing = Storing(self.versions, compare)
        self._derived = derived

    @cached_property
    def _last(self) -> LastValues:
        return LastValues(self._derived, self.versions)

    def read(self, asked: Asked, columns: Sequence[str] | None = None) -> pl.LazyFrame:
        """One row per series and start, the version received last (up to `as_of`). In no promised order."""
        return self.versions.read(asked.wanted, columns)

    def history(self, asked: Asked) -> pl.DataFrame:
        """Every version received up to `as_of`, by series, start and receipt."""
        return self.versions.every(asked.wanted).sort(*KEY, *ORDER).collect()

    def latest(self, asked: Asked) -> pl.DataFrame:
        """Of each series the row with the newest start, as it is now or was known at `as_of`; by series.

        A value that became empty, and a flag that stands without a value, are rows too.
        """
        return self._last.read(asked.wanted)

    def remember(self) -> None:
        """Work out the newest rows of parts that came since, so that no page has to; forget those of parts that went."""
        self._last.refresh()
