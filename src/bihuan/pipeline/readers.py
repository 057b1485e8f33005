"""How the kinds of deliveries are read, in the reading process: their rows go as Parquet files into a folder of the caller's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from bihuan.feeds.detect import REVISING
from bihuan.feeds.gates import ledger
from bihuan.feeds.gather import said, settle
from bihuan.feeds.known_sites import only_known
from bihuan.feeds.lines import ROW
from bihuan.feeds.long import rows as long
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.spool import Spool
from bihuan.feeds.weather import detect as weather
from bihuan.pipeline.reading_process import Work, batches
from bihuan.reasons import Reason


class _Months:
    """Rows of a file on their way into one file for each month; memory is bounded by a piece and a month."""

    def __init__(self, work: Work) -> None:
        self.work, self.spool = work, Spool(work.out)
        self.heads: list[Reading] = []
        self.repeated, self.sites = 0, set[str]()

    def take(self, reading: Reading, rows: pl.DataFrame) -> None:
        """One piece of the file, and those of its rows that say something."""
        self.work.refuse(reading.refused)
        self.spool.add(rows)
        self.heads.append(replace(reading, rows=reading.rows.clear(), refused=()))

    def months(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Each month's rows, once the whole file is read. Raises Unreadable for a file without a row."""
        if not any(head.rows_in_file for head in self.heads):
            raise Unreadable(Reason("no_rows_below", file=self.work.path.name))
        (self.work.out / "months").mkdir()
        yield from self.spool.months()

    def keep(self, month: str, rows: pl.DataFrame, clashes: Sequence[Refusal], repeated: int) -> None:
        """A month's rows, each key once."""
        self.work.refuse(clashes)
        self.repeated += repeated
        self.sites |= set(rows["site"].unique())
        rows.write_parquet(self.work.out / "months" / f"{month}.parquet", compression="lz4")

    def counted(self, *notes: Reason) -> dict[str, Any]:
        """What is told of the file."""
        return _counted(self.heads, self.repeated, self.sites, notes)


def read_ambient(work: Work) -> dict[str, Any]:
    """Each month's hours, each site and hour once, as months/<month>.parquet."""
    found = _Months(work)
    for reading in batches(work.path, work.form, work.mapping):
        found.take(reading, said(reading.rows) if reading.rows.width else reading.rows)
    for month, rows in found.months():
        found.keep(month, *settle(rows, work.path.name))
    return found.counted()


def read_long(work: Work) -> dict[str, Any]:
    """Each month's observations, each series and start once, as months/<month>.parquet."""
    found, revised = _Months(work), 0
    for reading in batches(work.path, work.form, work.mapping):
        known = only_known(reading, work.path.name, dict(work.sites))
        found.take(known, known.rows)
    for month, rows in found.months():
        settled = long.settle(rows, work.path.name, last_counts=work.form in REVISING)
        revised += settled.revised
        found.keep(month, settled.rows.drop(ROW), settled.refused, settled.repeated)
    return found.counted(*([Reason("revised_values", count=revised)] if revised else []))


def read_passages(work: Work) -> dict[str, Any]:
    """Each month's passages of gates, each once, as months/<month>.parquet."""
    found = _Months(work)
    for reading in ledger.batches(work.path, work.received):
        found.take(reading, reading.rows)
    for month, rows in found.months():
        kept, repeated = ledger.once(rows)
        found.keep(month, kept, (), repeated)
    return found.counted() | {"sites": []}


def read_weather(work: Work) -> dict[str, Any]:
    """All rows as weather.parquet."""
    reading = weather.read(work.path, work.points, received=work.received, told=work.told)
    work.refuse(reading.refused)
    reading.rows.write_parquet(work.out / "weather.parquet")
    return _counted([reading], 0, set(reading.rows["site"]))


def _counted(
    heads: Sequence[Reading], repeated: int, sites: set[str], notes: Sequence[Reason] = ()
) -> dict[str, Any]:
    told = [*(note for head in heads for note in head.notes), *notes]
    return {
        "rows": sum(head.rows_in_file for head in heads),
        "same": repeated,
        "sites": sorted(sites),
        "ignored": list(heads[-1].ignored_columns),
        "notes": [note.plain for note in dict.fromkeys(told)],
    }
