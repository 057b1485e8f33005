"""Any table with a row per site and time and columns that a mapping names, as long rows."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.feeds.labels import moments
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.long.columns import SEVERAL, long_values, measured
from bihuan.feeds.long.rows import TIMES, timed
from bihuan.feeds.mapping import ColumnMapping, checked_columns, joined_time, site_column, source_pieces
from bihuan.feeds.reading import Reading, Refusal
from bihuan.feeds.sites import FAULTS, faults


def batches(path: Path, mapping: ColumnMapping) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable when a column is not there."""
    ignored = checked_columns(path, mapping)
    for piece in source_pieces(path, mapping):
        yield _reading(path.name, piece, mapping, ignored)


def _reading(file: str, piece: Piece, mapping: ColumnMapping, ignored: tuple[str, ...]) -> Reading:
    frame, time = joined_time(piece.frame, mapping)
    frame = (
        frame if "flag" in mapping.used else frame.drop("flag", strict=False)
    )  # the mapping does not read it
    sites = site_column(frame, mapping)
    odd = faults(sites)
    told = pl.DataFrame([frame[ROW], sites, odd]).drop_nulls("fault")
    refused = [Refusal(file, row, mapping.site, site, FAULTS[fault]) for row, site, fault in told.iter_rows()]
    kept = frame.with_columns(sites, period=pl.lit(mapping.period)).filter(odd.is_null())
    formats = (mapping.time_format,) if mapping.time_format else TIMES
    times, raw = moments(kept, time, formats), pl.col(time).cast(pl.String)
    good, bad_times = timed(file, kept, times, raw, time, end=mapping.label == "end")
    columns = [measured(column, t.name, t.factor) for column, t in mapping.quantities.items()]
    rows, bad_values = long_values(file, good, columns)
    in_file = frame.height + len(piece.refused)
    all_refused = (*piece.refused, *refused, *bad_times, *bad_values)
    notes = (*piece.notes, SEVERAL) if len(columns) > 1 else piece.notes
    return Reading(rows, all_refused, ignored, notes, rows_in_file=in_file)
