"""What the road tells of vehicles: remote sensing records, and the minutes of terminals on board, each in a table of versions."""

from datetime import datetime
from pathlib import Path

import polars as pl

from bihuan.archive.sent import Layout, Sent
from bihuan.archive.versions import STAMP
from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.vehicles.roadside.tables import MINUTES, MINUTES_KEY, SENSED, SENSED_KEY


def _layout(columns: dict[str, pl.DataType], key: tuple[str, ...]) -> Layout:
    ordered = {**{name: columns[name] for name in key}, **STAMP, **columns}
    return Layout(ordered, key, [name for name in columns if name not in key])


SENSED_LAYOUT, MINUTES_LAYOUT = _layout(SENSED, SENSED_KEY), _layout(MINUTES, MINUTES_KEY)


class Roadside:
    """Both tables below a folder's root."""

    NAMES = ("sensed", "terminals")

    def __init__(self, root: Path) -> None:
        """Open, and make what is missing."""
        self.sensed, self.terminals = (
            Sent(root / name, layout)
            for name, layout in zip(self.NAMES, (SENSED_LAYOUT, MINUTES_LAYOUT), strict=True)
        )

    def every(self) -> list[Sent]:
        """The tables."""
        return [self.sensed, self.terminals]


def stamped(rows: pl.DataFrame, position: int, now: datetime, late: pl.Expr | None) -> pl.DataFrame:
    """Rows with when they count as received: `late` for history, but never later than they came."""
    came = pl.lit(now, INSTANT)
    received = came if late is None else pl.min_horizontal(came, late)
    return rows.with_columns(received=received, journal=pl.lit(position, pl.Int64))


def added(table: Sent, rows: pl.DataFrame, position: int, now: datetime) -> int:
    """Store the rows of a delivery once; how many say something new. A later version of a row came `now`, whatever the row says."""
    if table.parts.stored() >= position or rows.is_empty():
        return 0
    low, high = rows["start"].min(), rows["start"].max()
    assert isinstance(low, datetime)
    assert isinstance(high, datetime)
    key = list(table.layout.key)
    known = table.versions(low, high, rows["site"].unique().to_list()).select(key).unique().collect()
    later = rows.join(known, on=key, how="semi").with_columns(received=pl.lit(now, INSTANT))
    return table.store(pl.concat([rows.join(known, on=key, how="anti"), later]), position)
