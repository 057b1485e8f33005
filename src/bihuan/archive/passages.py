"""Passages of gates (过车记录), one row each (`domain/vehicles/passages`): with a journal of their own, as loggers have.

What a page shows of an enterprise lies together: a part is in the order of gate, then time.
"""

from pathlib import Path

import polars as pl

from bihuan.archive.sent import Layout, Sent
from bihuan.archive.versions import STAMP
from bihuan.domain.vehicles.passages import KEY, PASSAGES

COLUMNS: dict[str, pl.DataType] = {**{name: PASSAGES[name] for name in KEY}, **STAMP, **PASSAGES}
"""Key and stamp first: Delta keeps the ends of the first 32 columns alone."""
SAID = [name for name in PASSAGES if name not in (*KEY, "sent")]
"""A record sent again has another time of sending and says nothing new."""
ROW_GROUP = 32 * 1024
LAYOUT = Layout(COLUMNS, KEY, SAID, row_group=ROW_GROUP)


class Passages(Sent):
    """The gates' journal and table in a folder."""

    def __init__(self, folder: Path) -> None:
        """Open, and make what is missing."""
        super().__init__(folder, LAYOUT)
