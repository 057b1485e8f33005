"""Small deliveries of long observations."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.observations import KEY, SAID
from bihuan.archive.storing import Counts, Delivery
from bihuan.domain.timeaxis import INSTANT, MONTH

ZERO = datetime(2021, 3, 31, 12, tzinfo=UTC)
Cell = tuple[str, str, int, float | None, str | None]


def hour(number: int) -> datetime:
    return ZERO + timedelta(hours=number)


def long_rows(cells: Sequence[Cell], *, flags: bool = True) -> pl.DataFrame:
    """Rows of (site, quantity, hour number, value, flag), of the period `hour`."""
    data = [(site, code, "hour", hour(n), value, flag) for site, code, n, value, flag in cells]
    schema = {**dict.fromkeys(KEY, pl.String()), "start": INSTANT, **SAID}
    frame = pl.DataFrame(data, schema=schema, orient="row")
    return frame if flags else frame.drop("flag")


def deliver_long(
    archive: Archive, rows: pl.DataFrame, received: datetime, delay: timedelta | None = None
) -> Counts:
    """Journal and store a delivery."""
    with archive.writing():
        position = archive.journal.append("test", b"long", received)
        months = rows.with_columns(MONTH.alias("month")).partition_by(
            "month", as_dict=True, include_key=False
        )
        parts = sorted((str(month), part) for (month,), part in months.items())
        return archive.observations.storing.store(parts, Delivery(position, "test", received, delay))
