"""Tables that a person hands to a command (`aqi`, `statistics`, `backtest`): read apart, as deliveries are."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from bihuan import apart
from bihuan.apart import Talk
from bihuan.feeds import ambient_table, section_table
from bihuan.feeds.lines import ROW
from bihuan.feeds.names import linked
from bihuan.feeds.reading import Reading, Refusal, open_plain
from bihuan.feeds.section_table import SectionTable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.pipeline.reading_process import TOGETHER, plain_refusal, refusals
from bihuan.reasons import Reason

ROWS = "rows.parquet"


def warm() -> None:
    """Have the small process ready for the functions of this module."""
    apart.warm(__name__)


def _read(
    function: Callable[..., Any], path: Path, *given: Any, hear: Callable[[str, Any], None] | None = None
) -> tuple[Any, pl.DataFrame]:
    """What a function returns of the file, and the rows it left. Raises Unreadable."""
    open_plain(path).close()
    with TemporaryDirectory(prefix="bihuan-given-") as name:
        folder = Path(name)
        link = linked(path, path.name, folder)
        limits = apart.command_limits()
        told = apart.run(function, link, folder, *given, file=path.name, hear=hear, limits=limits)
        return told, pl.read_parquet(folder / ROWS, glob=False)


def _leave(rows: pl.DataFrame, folder: Path) -> None:
    rows.write_parquet(folder / ROWS, compression="lz4", statistics=False)


def ambient(path: Path) -> Reading:
    """The whole ambient table of a file, as `ambient_table.read` gives it. Raises Unreadable."""
    refused: list[Refusal] = []

    def hear(_kind: str, value: Any) -> None:
        refused.extend(refusals(path.name, value))

    (ignored, notes, rows_in_file), rows = _read(_ambient, path, hear=hear)
    return Reading(rows, tuple(refused), tuple(ignored), tuple(map(Reason.of, notes)), rows_in_file)


def sections(path: Path) -> SectionTable:
    """The whole table of surface-water values of a file, as `section_table.read` gives it. Raises Unreadable."""
    refused: list[Refusal] = []

    def hear(_kind: str, value: Any) -> None:
        refused.extend(refusals(path.name, value))

    (judged, kind), rows = _read(_sections, path, hear=hear)
    return SectionTable(rows, tuple(refused), tuple(judged), kind)


def _sections(talk: Talk, path: Path, folder: Path) -> list[Any]:
    table = section_table.read(path)
    _say(talk, table.refused)
    _leave(table.rows, folder)
    return [table.judged, table.kind]


def _say(talk: Talk, refused: Sequence[Refusal]) -> None:
    for first in range(0, len(refused), TOGETHER):
        talk.say("refused", [plain_refusal(r) for r in refused[first : first + TOGETHER]])


def _ambient(talk: Talk, path: Path, folder: Path) -> list[Any]:
    reading = ambient_table.read(path)
    _say(talk, reading.refused)
    _leave(reading.rows, folder)
    return [reading.ignored_columns, [note.plain for note in reading.notes], reading.rows_in_file]


def texts(path: Path, wanted: Collection[str]) -> tuple[list[str], pl.DataFrame]:
    """The names of a table's columns, and every row of those wanted, as text. Raises Unreadable."""
    columns, rows = _read(_texts, path, frozenset(wanted))
    return [str(name) for name in columns], rows


def _texts(talk: Talk, path: Path, folder: Path, wanted: frozenset[str]) -> list[str]:
    columns = columns_of(path, wanted)
    kept = [pl.col(name).cast(pl.String) for name in columns if name in wanted and name != ROW]
    pieces = [piece.frame.select(kept) for piece in table_pieces(path, wanted)]
    _leave(pl.concat(pieces), folder)
    return columns
