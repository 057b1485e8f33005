"""Mobile PM10 runs (走航、出租车): a row for each point, with time (China), vehicle, lon and lat (WGS 84), speed [km/h] and PM10 [µg/m³].

The vehicle is the site; place and speed are quantities of the moment as PM10 is, so that a point is four values of one site and time.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.feeds.labels import moments
from bihuan.feeds.lines import Piece
from bihuan.feeds.long.columns import measured
from bihuan.feeds.long.rows import TIMES, timed
from bihuan.feeds.long.tables import plain_heads, with_named, with_values
from bihuan.feeds.mapping import refuse_doubled
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.reasons import Reason

NAME = "road_runs"
LON, LAT, SPEED, PM10 = "gps-lon", "gps-lat", "gps-speed", "a34002"
HEADS = {
    "time": ("时间", "采样时间", "监测时间", "time"),
    "vehicle": ("车辆", "车牌", "车牌号", "车辆编号", "设备", "设备编号", "vehicle"),
    LON: ("经度", "lon", "lng"),
    LAT: ("纬度", "lat"),
    SPEED: ("车速", "速度", "speed"),
    PM10: ("PM10", "pm10"),
}
NEEDED = frozenset(HEADS["vehicle"])


def fits(columns: list[str]) -> bool:
    """Whether these column names are of runs."""
    return set(HEADS) <= set(plain_heads(columns, HEADS))


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    columns = columns_of(path, NEEDED)
    heads = plain_heads(columns, HEADS)
    if lacking := [names[0] for what, names in HEADS.items() if what not in heads]:
        raise Unreadable(Reason("no_column", file=path.name, column=lacking[0], has=some_names(columns, 8)))
    used = frozenset(heads.values())
    refuse_doubled(path.name, columns, used)
    ignored = tuple(c for c in columns if c not in used)
    for piece in table_pieces(path, NEEDED):
        yield _reading(path.name, piece, heads, ignored)


def _reading(file: str, piece: Piece, heads: dict[str, str], ignored: tuple[str, ...]) -> Reading:
    named, bad_names = with_named(file, piece.frame, heads["vehicle"])
    named = named.with_columns(period=pl.lit("realtime"))
    time = heads["time"]
    good, bad_times = timed(file, named, moments(named, time, TIMES), pl.col(time).cast(pl.String), time)
    rows, bad_values = with_values(
        file, good, [measured(heads[code], code) for code in (LON, LAT, SPEED, PM10)]
    )
    refused = (*piece.refused, *bad_names, *bad_times, *bad_values)
    in_file = piece.frame.height + len(piece.refused)
    return Reading(rows, refused, ignored, piece.notes, in_file, heads["vehicle"])
