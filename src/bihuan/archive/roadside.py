"""What the road tells of vehicles: remote sensing records, and the minutes of terminals on board, each in a table of versions."""

from pathlib import Path

import polars as pl

from bihuan.archive.sent import Layout, Sent
from bihuan.archive.versions import STAMP
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
