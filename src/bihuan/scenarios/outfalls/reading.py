"""What was measured of outfalls: long observations whose site is the code of one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from bihuan.archive.observations import Asked
from bihuan.domain.flags import measured
from bihuan.domain.quantities import LONG, Quantity
from bihuan.registry.hours import archive
from bihuan.scenarios.outfalls.models import Outfall

COLUMNS = ("site", "quantity", "start", "value", "flag")
LIMITED = {"w01018": "cod", "w21003": "nh3n", "w21011": "tp"}
"""The items of the standard monitoring of outfalls, and the columns of their limits [mg/L]."""
FLOW = "w00000"
"""Of sewage [L/s]."""


@dataclass(frozen=True)
class Measured:
    """One value of an outfall; limit: what it may be at most, None where none is known."""

    quantity: Quantity
    at: datetime
    value: float
    limit: float | None

    @property
    def beyond(self) -> bool:
        """Is it above its limit?"""
        return self.limit is not None and self.value > self.limit


def values_of(codes: Collection[str], begin: datetime, as_of: datetime) -> pl.DataFrame:
    """COLUMNS of outfalls from a moment on, as known at another; those only that may be judged."""
    if not codes:
        return pl.DataFrame(schema={"site": pl.String, "quantity": pl.String, "start": pl.Datetime("us", "UTC"), "value": pl.Float64, "flag": pl.String})  # fmt: skip
    rows = archive().observations.read(Asked(codes, start=begin, end=as_of, as_of=as_of), COLUMNS)
    return rows.filter(measured(), pl.col("value").is_not_null()).collect()


def newest(outfall: Outfall, as_of: datetime, back: timedelta, most: int) -> list[Measured]:
    """What was measured of one outfall, the newest first."""
    rows = values_of([outfall.code], as_of - back, as_of).filter(pl.col("quantity").is_in(list(LONG)))
    newest_first = rows.sort(["start", "quantity"], descending=[True, False]).head(most)
    return [
        Measured(LONG[quantity], start, value, getattr(outfall, LIMITED.get(quantity, ""), None))
        for _site, quantity, start, value, _flag in newest_first.iter_rows()
    ]
