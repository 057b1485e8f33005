"""Passages of gates (过车记录), one row each (`domain/vehicles/passages`): with a journal of their own, as loggers have.

What a page shows of an enterprise lies together: a part is in the order of gate, then time.
"""

import hashlib
from pathlib import Path

import polars as pl

from bihuan.archive.quarantine import Quarantine
from bihuan.archive.sent import Layout, Sent
from bihuan.archive.versions import STAMP
from bihuan.atomic import draft, flush
from bihuan.domain.vehicles.passages import KEY, PASSAGES

COLUMNS: dict[str, pl.DataType] = {**{name: PASSAGES[name] for name in KEY}, **STAMP, **PASSAGES}
"""Key and stamp first: Delta keeps the ends of the first 32 columns alone."""
SAID = [name for name in PASSAGES if name not in (*KEY, "sent")]
"""A record sent again has another time of sending and says nothing new."""
ROW_GROUP = 32 * 1024
LAYOUT = Layout(COLUMNS, KEY, SAID, row_group=ROW_GROUP)


NAME = hashlib.sha256().digest_size * 2
"""Letters of a picture's name."""


class Passages(Sent):
    """The gates' journal and table in a folder, what of their records could not be read, and the pictures that they sent."""

    def __init__(self, folder: Path) -> None:
        """Open, and make what is missing."""
        super().__init__(folder, LAYOUT)
        self.refused = Quarantine(folder / "refused.sqlite3")
        self.pictures = folder / "pictures"

    @property
    def pending(self) -> bool:
        """Does anything in the journal wait to be stored?"""
        return any(True for _ in self.journal.entries(after=self.parts.stored()))

    def picture(self, name: str) -> Path:
        """Where the picture of a name (SHA-256, hex) lies or would lie. Raises ValueError for what is no such name."""
        if len(name) != NAME or not set(name) <= set("0123456789abcdef"):
            raise ValueError(name)
        return self.pictures / name[:2] / name

    def keep_picture(self, name: str, content: bytes) -> bool:
        """Keep a picture, on disk when this returns; whether it is new. Raises ValueError where it is not what its name says."""
        path = self.picture(name)
        if hashlib.sha256(content).hexdigest() != name:
            raise ValueError(name)
        if path.exists():
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft(path.parent) as written:
            written.write_bytes(content)
            flush(written)
            written.replace(path)
        return True

    def files(self) -> list[Path]:
        """With the pictures."""
        kept = [p for p in sorted(self.pictures.rglob("*")) if p.is_file() and not p.name.startswith(".")]
        return [*super().files(), *kept]
