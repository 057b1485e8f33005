"""Files of vehicle tests, in the reading process: tests.parquet, daily.parquet, and curves as traces/<n>.parquet, some thousand tests each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.domain.vehicle_tests.seconds import traces_of
from bihuan.domain.vehicle_tests.tables import CHANNELS, CHECKED, TESTS
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.vehicle_tests import daily_table, tests_table, traces_table, whole
from bihuan.pipeline.reading_process import Work, batches
from bihuan.reasons import Reason

BUCKETS = 64
"""A big file of curves is set down by number of test in so many files, each of which fits into memory."""
TOGETHER = 20_000
KEYS = {tests_table.NAME: ["test"], daily_table.NAME: ["site", "line", "start", "kind"]}
FILES = {tests_table.NAME: "tests", daily_table.NAME: "daily"}
SCHEMAS = {tests_table.NAME: TESTS, daily_table.NAME: CHECKED}


def read_vehicle_tests(work: Work) -> dict[str, Any]:
    """All that a file gives."""
    found = _Found(work)
    if work.form == whole.NAME:
        parts = whole.read(work.path)
        for form, reading in zip(
            (tests_table.NAME, traces_table.NAME, daily_table.NAME), (parts.tests, parts.traces, parts.daily), strict=True
        ):  # fmt: skip
            if reading is not None:
                found.take(form, reading)
    else:
        for reading in batches(work.path, work.form, None):
            found.take(work.form, reading)
    return found.settled()


class _Found:
    """Rows of a file on their way into the caller's folder."""

    def __init__(self, work: Work) -> None:
        self.work, self.spool = work, work.out / "spool"
        self.heads: list[Reading] = []
        self.rows: dict[str, list[pl.DataFrame]] = {}
        self.pieces = self.repeated = 0

    def take(self, form: str, reading: Reading) -> None:
        """One piece of the file."""
        self.work.refuse(reading.refused)
        self.heads.append(replace(reading, rows=reading.rows.clear(), refused=()))
        if form == traces_table.NAME:
            self._set_down(reading.rows)
        else:
            self.rows.setdefault(form, []).append(reading.rows)

    def _set_down(self, rows: pl.DataFrame) -> None:
        marked = rows.with_columns(bucket=pl.col("test").hash(7) % BUCKETS)
        for (bucket,), part in marked.partition_by("bucket", as_dict=True, include_key=False).items():
            folder = self.spool / f"{bucket:03d}"
            folder.mkdir(parents=True, exist_ok=True)
            part.write_parquet(folder / f"{self.pieces:06d}.parquet", compression="lz4")
        self.pieces += 1

    def settled(self) -> dict[str, Any]:
        """Write all that is there, each key once, and tell of it. Raises Unreadable for a file without a row."""
        if not any(head.rows_in_file for head in self.heads):
            raise Unreadable(Reason("no_rows_below", file=self.work.path.name))
        sites: set[str] = set()
        for form, parts in self.rows.items():
            rows = self._once(pl.concat(parts), KEYS[form]).select(list(SCHEMAS[form]))
            rows.write_parquet(self.work.out / f"{FILES[form]}.parquet", compression="lz4")
            sites |= set(rows["site"].unique())
        if self.spool.is_dir():
            (self.work.out / "traces").mkdir()
            for n, part in enumerate(self._curves()):
                part.write_parquet(self.work.out / "traces" / f"{n:05d}.parquet", compression="lz4")
        told = dict.fromkeys(note for head in self.heads for note in head.notes)
        return {
            "rows": sum(head.rows_in_file for head in self.heads), "same": self.repeated, "sites": sorted(sites),
            "ignored": list(self.heads[-1].ignored_columns), "notes": [note.plain for note in told],
        }  # fmt: skip

    def _curves(self) -> Iterator[pl.DataFrame]:
        held: list[pl.DataFrame] = []
        for folder in sorted(self.spool.iterdir()):
            rows = pl.concat([pl.read_parquet(p) for p in sorted(folder.iterdir())])
            held.append(traces_of(self._seconds(rows)))
            if sum(h.height for h in held) >= TOGETHER:
                yield pl.concat(held)
                held = []
        if held:
            yield pl.concat(held)

    def _seconds(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each second of a test once; seconds that are told twice with other values are refused."""
        key = ["test", "second"]
        once = rows.unique([*key, *CHANNELS], keep="first")
        clash = once.filter(pl.struct(key).is_duplicated()).select(key).unique()
        bad = rows.join(clash, on=key, how="semi").sort(ROW)
        self._refuse(bad.select(ROW, pl.format("{} {}", *key)).iter_rows())
        good = once.join(clash, on=key, how="anti")
        self.repeated += rows.height - good.height - bad.height
        return good.drop(ROW)

    def _once(self, rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
        """Each key once; rows that contradict each other are refused."""
        rows = rows.with_row_index(ROW, offset=1)
        once = rows.unique([c for c in rows.columns if c != ROW], keep="first", maintain_order=True)
        clash = once.filter(pl.struct(key).is_duplicated()).select(key).unique()
        bad = rows.join(clash, on=list(key), how="semi").sort(ROW)
        self._refuse((0, str(name)) for (name,) in bad.select(key[0]).unique(maintain_order=True).iter_rows())
        good = once.join(clash, on=list(key), how="anti", maintain_order="left")
        self.repeated += rows.height - good.height - bad.height
        return good

    def _refuse(self, named: Iterator[tuple[int, str]] | Any) -> None:
        why = Reason("vehicle_conflict")
        self.work.refuse([Refusal(self.work.path.name, row, "test", name, why) for row, name in named])


def parts_in(folder: Path) -> list[Path]:
    """The files of curves that the reading process left."""
    return sorted((folder / "traces").glob("*.parquet"))
