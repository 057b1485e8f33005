"""The newest row of every series without reading the table: one small file beside each part.

A part never changes, so neither does what is worked out of it: the newest start of each of its series, in the version
received last. A missing file is made anew from its part. The newest of all parts is then the newest there is: where a later
part corrects that very start, its own newest row says so.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from bihuan import atomic
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
        return self._newest(self.versions.pick(wanted), wanted)

    def _current(self) -> pl.DataFrame:
        """Of the whole table as it is now; kept until the table changes."""
        version = self.versions.parts.version()
        if self._all is None or self._all[0] != version:
            self._all = (version, self._newest(self.versions.pick(Wanted()), Wanted()))
        return self._all[1]

    def _newest(self, parts: Sequence[Part], wanted: Wanted) -> pl.DataFrame:
        """What the newest month says of a series is newer than all that earlier ones say, of which little is left then."""
        newest = max((p.month for p in parts), default="")
        found = self._ends([p for p in parts if p.month == newest], wanted).collect()
        older = self._ends([p for p in parts if p.month != newest], wanted)
        rest = older.join(found.lazy(), on=SERIES, how="anti").collect()
        return pl.concat([_settled(found), _settled(rest)]).sort(SERIES)

    def _ends(self, parts: Sequence[Part], wanted: Wanted) -> pl.LazyFrame:
        """The newest row of each series of each part, among those asked for."""
        whole = [p for p in parts if wanted.has_all_times_of(p)]
        border = [self.versions.scan([p]).filter(*wanted.all()) for p in parts if p not in whole]
        schema = self.versions.parts.schema
        frames = [pl.LazyFrame(schema=schema), *(_last_of_each(rows.collect()).lazy() for rows in border)]
        if whole:
            kept = pl.scan_parquet([self._file(p) for p in whole], schema=schema, glob=False)
            frames.append(kept.filter(*wanted.of_keys()))
        return pl.concat(frames)

    def _file(self, part: Part) -> Path:
        """The small file of a part, made where it is missing."""
        path = self.folder / Path(part.path).name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with atomic.beside(path, durable=True) as written:
                _last_of_each(self.versions.scan([part]).collect()).write_parquet(written, compression="lz4")
        return path

    def refresh(self) -> None:
        """Make the files that are missing; delete those of parts that lie nowhere any more."""
        for part in self.versions.parts.listed():
            self._file(part)
        there = {p.name for p in self.versions.parts.folder.rglob("*.parquet")}
        for path in self.folder.glob("*.parquet"):
            if path.name not in there:  # until then somebody may be reading the version that has it
                path.unlink(missing_ok=True)


def _last_of_each(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a part lie by series, start and receipt: the last of each series is its newest."""
    following = (pl.col(c).ne_missing(pl.col(c).shift(-1)) for c in SERIES)
    return rows.filter(pl.any_horizontal(following))


def _settled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("start", *ORDER).unique(SERIES, keep="last", maintain_order=True)
