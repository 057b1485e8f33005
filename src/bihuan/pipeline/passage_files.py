"""Ledgers of passages as files: read apart, then put into the gates' journal as rows, so that there is one way into the table."""

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.sent import stamped
from bihuan.archive.storing import Counts, Delivery
from bihuan.domain.vehicles.noted import UNKNOWN_GATE, UNKNOWN_UNIT
from bihuan.domain.vehicles.passages import KEY
from bihuan.feeds.gates.ledger import NAME, NEEDED
from bihuan.feeds.mapping import ColumnMapping
from bihuan.pipeline.kind import MendedInFile, Taken
from bihuan.pipeline.passages import ROWS, Known, as_entry, registered, store_held
from bihuan.pipeline.readers import read_passages


class PassageFiles(MendedInFile):
    """进出厂运输车辆台账."""

    read = staticmethod(read_passages)
    needed = NEEDED

    def takes(self, form: str, mapping: ColumnMapping | None) -> bool:
        """Its one format."""
        return mapping is None and form == NAME

    def store(self, archive: Archive, taken: Taken, delivery: Delivery) -> Counts:
        """Through the gates' journal."""
        rows = pl.concat([rows for _month, rows in taken.months()]) if taken.rows else pl.DataFrame()
        if rows.is_empty():
            return Counts()
        known, passages = registered(), archive.passages
        while store_held(archive, known)[0]:
            pass  # what came before is stored before
        first, last = rows.select(pl.col("start").min(), pl.col("start").max().alias("last")).row(0)
        before = (
            passages.versions(first, last, rows["site"].unique().to_list()).select(KEY).unique().collect()
        )
        entry = as_entry(stamped(placed(rows, known), "start", delivery).drop("journal"))
        passages.journal.append(f"{ROWS}{delivery.position}", entry, delivery.received)
        stored = 0
        while (step := store_held(archive, known))[0]:
            stored += step[1]
        fresh = rows.join(before, on=list(KEY), how="anti").height
        return Counts(new=fresh, corrected=stored - fresh, same=rows.height - stored)

    def known(self, taken: Taken) -> Counts:
        """Every row."""
        return Counts(same=sum(rows.height for _month, rows in taken.months()))


def placed(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """With the unit that each gate is registered for; else as the file says it, and marked."""
    unit = pl.col("site").replace_strict(dict(known.gates), default=None, return_dtype=pl.String)
    registered_gate = pl.col("site").is_in(list(known.gates))
    named = rows.with_columns(unit=unit.fill_null(pl.col("unit")))
    marks = [
        pl.col("noted"),
        pl.when(~registered_gate).then(pl.lit(UNKNOWN_GATE)).otherwise(pl.lit("")),
        pl.when(~pl.col("unit").is_in(list(known.units))).then(pl.lit(UNKNOWN_UNIT)).otherwise(pl.lit("")),
    ]
    return named.with_columns(
        noted=pl.concat_str(marks, separator=" ").str.replace_all(r"\s+", " ").str.strip_chars()
    )
