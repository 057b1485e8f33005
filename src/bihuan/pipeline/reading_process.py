"""What happens to a file in the reading process: what is it, then all of its rows, settled month by month.

The functions here run apart (`bihuan.apart`): they give their rows as Parquet files into a folder of the caller's and tell
the rest in words.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bihuan.apart.talk import Talk
from bihuan.feeds.detect import batches_of, detect
from bihuan.feeds.gather import said, settle
from bihuan.feeds.mapping import ColumnMapping, mapped_batches
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.spool import Spool
from bihuan.feeds.weather import detect as weather
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline.orders import WEATHER

TOGETHER = 1000
LONGEST_VALUE = 200
Refuse = Callable[[Sequence[Refusal]], None]


@dataclass(frozen=True)
class Wanted:
    """What the sender says of a file: its name, and its format or mapping if known; may it be forecast weather?"""

    file: str
    format: str | None = None
    mapping: ColumnMapping | None = None
    weather: bool = False


@dataclass(frozen=True)
class Go:
    """The caller has kept the file and named it in the journal: when it came, and for which places weather is wanted."""

    received: datetime
    points: tuple[Point, ...] = ()


def take(talk: Talk, path: Path, wanted: Wanted, out: Path) -> dict[str, Any]:
    """Read a kept file into `out`: asks what to do with its `format`, tells `refused` and `progress`. Raises Unreadable."""
    form = format_of(path, wanted)
    go: Go = talk.ask("format", form)

    def refuse(refused: Sequence[Refusal]) -> None:
        for first in range(0, len(refused), TOGETHER):
            talk.say("refused", [plain_refusal(r) for r in refused[first : first + TOGETHER]])

    def told(done: int, total: int) -> None:
        talk.say("progress", [f"{wanted.file}: kB read", done // 1024, total // 1024])

    if form == WEATHER:
        reading = weather.read(path, go.points, received=go.received, told=told)
        refuse(reading.refused)
        reading.rows.write_parquet(out / "weather.parquet")
        return _counted([reading], 0, set(reading.rows["site"]))
    return read_months(path, form, wanted.mapping, out, refuse)


def format_of(path: Path, wanted: Wanted) -> str:
    """The format by which the file is read: weather, mapped, or a known one. Raises Unreadable."""
    if wanted.format or wanted.mapping:
        return "mapped" if wanted.mapping else str(wanted.format)
    return WEATHER if wanted.weather and weather.kind_of(path) else detect(path)


def batches(path: Path, form: str, mapping: ColumnMapping | None) -> Iterator[Reading]:
    """The file's rows piece by piece. Raises Unreadable."""
    return mapped_batches(path, mapping) if mapping else batches_of(form)(path)


def read_months(
    path: Path, form: str, mapping: ColumnMapping | None, out: Path, refuse: Refuse
) -> dict[str, Any]:
    """Each month's rows, each key once, as `out`/months/<month>.parquet; memory is bounded by a piece and a month."""
    spool, heads, repeated, sites = Spool(out), [], 0, set[str]()
    for reading in batches(path, form, mapping):
        refuse(reading.refused)
        spool.add(said(reading.rows) if reading.rows.width else reading.rows)
        heads.append(replace(reading, rows=reading.rows.clear(), refused=()))
    if not any(head.rows_in_file for head in heads):
        raise Unreadable(f"{path.name} is empty: there is a header and no row below it")
    months = out / "months"
    months.mkdir()
    for month, rows in spool.months():
        once, clashes, again = settle(rows, path.name)
        refuse(clashes)
        repeated += again
        sites |= set(once["site"].unique())
        once.write_parquet(months / f"{month}.parquet", compression="lz4")
    return _counted(heads, repeated, sites)


def _counted(heads: Sequence[Reading], repeated: int, sites: set[str]) -> dict[str, Any]:
    return {
        "rows": sum(head.rows_in_file for head in heads),
        "same": repeated,
        "sites": sorted(sites),
        "ignored": list(heads[-1].ignored_columns),
        "notes": list(dict.fromkeys(note for head in heads for note in head.notes)),
    }


def plain_refusal(refusal: Refusal) -> list[Any]:
    """Without the file's name, for JSON; a huge cell is shown by its begin."""
    return [
        refusal.row,
        refusal.column[:LONGEST_VALUE],
        refusal.value[:LONGEST_VALUE],
        refusal.reason,
        refusal.remedy,
    ]
