"""Files of remote sensing and of terminals, in the reading process: all rows as rows.parquet, each key once."""

from dataclasses import replace
from typing import Any

import polars as pl

from bihuan.domain.vehicles.roadside.tables import SENSED_KEY
from bihuan.domain.vehicles.roadside.terminals import minutes
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.roadside import sensed
from bihuan.pipeline.reading_process import Work, batches
from bihuan.reasons import Reason


def read_roadside(work: Work) -> dict[str, Any]:
    """All that a file gives; seconds of terminals become minutes. Raises Unreadable for a file without a row."""
    heads: list[Reading] = []
    parts: list[pl.DataFrame] = []
    for reading in batches(work.path, work.form, None):
        work.refuse(reading.refused)
        heads.append(replace(reading, rows=reading.rows.clear(), refused=()))
        parts.append(reading.rows)
    if not any(head.rows_in_file for head in heads):
        raise Unreadable(Reason("no_rows_below", file=work.path.name))
    whole = pl.concat(parts)
    if work.form == sensed.NAME:
        rows, same = _once(work, whole, SENSED_KEY)
    else:
        rows, same = minutes(whole.unique()), 0
    rows.write_parquet(work.out / "rows.parquet", compression="lz4")
    told = dict.fromkeys(note for head in heads for note in head.notes)
    return {
        "rows": sum(head.rows_in_file for head in heads), "same": same, "sites": rows["site"].unique().sort().to_list(),
        "ignored": list(heads[-1].ignored_columns), "notes": [note.plain for note in told],
    }  # fmt: skip


def _once(work: Work, rows: pl.DataFrame, key: tuple[str, ...]) -> tuple[pl.DataFrame, int]:
    """Each key once; rows that contradict each other are refused, none of them is taken."""
    once = rows.unique(maintain_order=True)
    twice = pl.struct(key).is_duplicated()
    bad = once.filter(twice)
    why = Reason("roadside_conflict")
    work.refuse([Refusal(work.path.name, 0, "", f"{s} {lane} {at:%Y-%m-%d %H:%M:%S}", why) for s, lane, at in bad.select(key).iter_rows()])  # fmt: skip
    return once.filter(~twice), rows.height - once.height
