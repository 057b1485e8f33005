"""Small deliveries for the tests of the archive."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.ambient import KEY
from bihuan.archive.storing import Counts, Delivery
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.timeaxis import INSTANT, MONTH
from bihuan.feeds.reading import SCHEMA
from bihuan.pipeline.reading_process import Refuse, Work

ZERO = datetime(2019, 10, 31, 12, tzinfo=UTC)
SHOWN = [*KEY, *BY_NAME, "received", "source"]


def hour(number: int) -> datetime:
    return ZERO + timedelta(hours=number)


def rows(*cells: tuple[str, int, Mapping[str, float | None]]) -> pl.DataFrame:
    """Rows (site, hour number, values); all rows of one delivery mention the same quantities."""
    data = [{"site": site, "start": hour(number), **values} for site, number, values in cells]
    names = list(data[0])
    return pl.DataFrame(data, schema={n: INSTANT if n == "start" else SCHEMA[n] for n in names})


def deliver(
    archive: Archive,
    frame: pl.DataFrame,
    received: datetime,
    *,
    delay: timedelta | None = None,
    source: str = "test",
) -> Counts:
    """Journal and store a delivery."""
    with archive.writing():
        position = archive.journal.append(source, b"rows", received)
        months = frame.with_columns(MONTH.alias("month")).partition_by(
            "month", as_dict=True, include_key=False
        )
        parts = sorted((str(month), part) for (month,), part in months.items())
        return archive.storing.store(parts, Delivery(position, source, received, delay))


def shown(frame: pl.LazyFrame | pl.DataFrame) -> list[tuple[object, ...]]:
    """Comparable rows, without journal positions."""
    return frame.lazy().select(SHOWN).sort(*KEY, "received").collect().rows()


def archive_in(folder: Path) -> Archive:
    return Archive(folder / "archive")


def work_of(path: Path, form: str, out: Path, refuse: Refuse = lambda _: None) -> Work:
    """A file as the reading process gets it, for readers that are called without one."""
    return Work(path, form, None, ZERO, (), (), out, refuse, lambda _done, _total: None)
