"""The newest row of every series without reading the table: one small file beside each part.

A part never changes, so neither does what is worked out of it: the newest start of each of its series, in the version
received last. A missing file is made anew from its part. The newest of all parts is then the newest there is: where a later
part corrects that very start, its own newest row says so.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from bihuan.archive.parts import Part
from bihuan.archive.versions import ORDER, Versions, Wanted

SERIES = ["site", "quantity", "period"]


class LastValues:
    """`folder`/<name of the part>.parquet; may be deleted at any time."""

    def __init__(self, folder: Path, versions: Versions) -> None:
        self.folder, self.versions = folder, versions
        self._all: tuple[int, pl.DataFrame] | None = None

    def read(self, wanted: Wanted) -> pl.DataFrame:
        """The newest row of each series that is asked for (within its span of starts, up to its moment); by series."""
        if all(wanted.has_all_times_of(p) for p in self.versions.parts.listed()):
            return self._current().filter(*wanted.of_keys())
        parts = self.versions.pick(wanted)
        whole = [p for p in parts if wanted.has_all_times_of(p)]
        others = [p for p in parts if not wanted.has_all_times_of(p)]
        border = self.versions.scan(others).filter(*wanted.all()).collect()
        return self._newest([*[self._of(p).filter(*wanted.of_keys()) for p in whole], border])

    def _current(self) -> pl.DataFrame:
        """Of the whole table as it is now; kept until the table changes."""
        version = self.versions.parts.version()
        if self._all is None or self._all[0] != version:
            self._all = (version, self._newest([self._of(p) for p in self.versions.pick(Wanted())]))
        return self._all[1]

    def _newest(self, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
        if not frames:
            return pl.DataFrame(schema=self.versions.parts.schema)
        rows = pl.concat(frames).sort(*SERIES, "start", *ORDER)
        return rows.unique(SERIES, keep="last", maintain_order=True)

    def _of(self, part: Part) -> pl.DataFrame:
        path = self.folder / Path(part.path).name
        try:
            return pl.read_parquet(path, glob=False)
        except (FileNotFoundError, pl.exceptions.ComputeError):  # not there yet, or cut by a crash
            return self._make(part, path)

    def _make(self, part: Part, path: Path) -> pl.DataFrame:
        """Rows of a part lie by series, start and receipt: the last of each series is its newest."""
        rows = self.versions.scan([part]).collect()
        following = (pl.col(c).ne_missing(pl.col(c).shift(-1)) for c in SERIES)
        last = rows.filter(pl.any_horizontal(following))
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}-{os.getpid()}")
        last.write_parquet(beside, compression="lz4")
        beside.replace(path)
        return last

    def refresh(self) -> None:
        """Make the files that are missing; delete those of parts that are gone."""
        listed = {Path(p.path).name: p for p in self.versions.parts.listed()}
        there = {p.name for p in self.folder.glob("*.parquet")} if self.folder.exists() else set()
        for name in listed.keys() - there:
            self._make(listed[name], self.folder / name)
        for name in there - listed.keys():
            (self.folder / name).unlink(missing_ok=True)
