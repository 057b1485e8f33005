"""Which format is this file? By its columns, never by its name."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bihuan.feeds import ambient_table, china_sites, cnemc_hour
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.tables import columns_of

Batches = Callable[[Path], Iterator[Reading]]
FORMATS: dict[str, Batches] = {f.NAME: f.batches for f in (ambient_table, china_sites, cnemc_hour)}


def detect(path: Path) -> str:
    """Name of the file's format. Raises Unreadable for a file of another kind."""
    columns = columns_of(path, ambient_table.NEEDED)
    for feed in (china_sites, cnemc_hour, ambient_table):
        if feed.fits(columns):
            return str(feed.NAME)
    raise Unreadable(
        f"{path.name} is of no known format; its columns are {some_names(columns, 10)}. "
        "An ambient table needs site, time and one of PM2.5 PM10 SO2 NO2 CO O3; "
        "for other tables make a mapping and give --mapping NAME"
    )


def batches_of(format_name: str) -> Batches:
    """The reader of a format. Raises Unreadable for an unknown name."""
    if format_name not in FORMATS:
        raise Unreadable(f"there is no format {format_name}; known: {', '.join(FORMATS)}")
    return FORMATS[format_name]
