"""Rows of a big file, set down by month while it is read, so that memory is bounded by one month."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.domain.timeaxis import MONTH

IN_MEMORY = 1_500_000


class Spool:
    """Rows by month in a folder of the caller's, who clears it away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "spool"
        self._held: dict[str, list[pl.DataFrame]] = {}
        self._rows = 0
        self._written = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows in; they go to disk when many are held."""
        if rows.is_empty():
            return
        for (month,), part in (
            rows.with_columns(MONTH.alias("#month")).partition_by("#month", as_dict=True).items()
        ):
            self._held.setdefault(str(month), []).append(part.drop("#month"))
        self._rows += rows.height
        if self._rows > IN_MEMORY:
            self._set_down()

    def _set_down(self) -> None:
        for month, frames in self._held.items():
            folder = self.folder / month
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{self._written:06d}.parquet"
            pl.concat(frames, how="diagonal").write_parquet(path, compression="lz4")
            self._written += 1
        self._held, self._rows = {}, 0

    def months(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Each month's rows, oldest month first."""
        on_disk = {p.name for p in self.folder.iterdir()} if self.folder.is_dir() else set()
        for month in sorted(on_disk | set(self._held)):
            files = sorted((self.folder / month).glob("*.parquet")) if month in on_disk else []
            frames = [*(pl.read_parquet(f) for f in files), *self._held.pop(month, [])]
            yield month, pl.concat(frames, how="diagonal")
