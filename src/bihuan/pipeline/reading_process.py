"""What happens to a file in the reading process: what is it, then all of its rows, by the reader of its kind.

The functions here run apart (`bihuan.apart`): they give their rows as Parquet files into a folder of the caller's and tell
the rest in plain values.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bihuan.apart.talk import Talk
from bihuan.feeds.detect import batches_of, detect
from bihuan.feeds.long import mapped
from bihuan.feeds.mapping import ColumnMapping, mapped_batches
from bihuan.feeds.reading import Reading, Refusal
from bihuan.feeds.weather.rows import Point
from bihuan.reasons import Reason

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
class Work:
    """One file in the reading process. out: where its rows go; refuse, told: what the caller hears on the way."""

    path: Path
    form: str
    mapping: ColumnMapping | None
    received: datetime
    points: tuple[Point, ...]
    sites: tuple[tuple[str, str], ...]
    out: Path
    refuse: Refuse
    told: Callable[[int, int], None]


Read = Callable[[Work], dict[str, Any]]
"""How files of a kind are read: leaves their rows in `out` and tells of them."""


@dataclass(frozen=True)
class Go:
    """The caller has kept the file and named it in the journal: how it is read, when it came, for which places weather is wanted.

    sites: the only names of sites that may stand in it, each with the site that it means; none: any.
    """

    read: Read
    received: datetime
    points: tuple[Point, ...] = ()
    sites: tuple[tuple[str, str], ...] = ()


def take(talk: Talk, path: Path, wanted: Wanted, out: Path) -> dict[str, Any]:
    """Read a kept file into `out`: asks what to do with its `format`, tells `refused` and `progress`. Raises Unreadable."""
    form = format_of(path, wanted)
    go: Go = talk.ask("format", form)

    def refuse(refused: Sequence[Refusal]) -> None:
        for first in range(0, len(refused), TOGETHER):
            talk.say("refused", [plain_refusal(r) for r in refused[first : first + TOGETHER]])

    def told(done: int, total: int) -> None:
        talk.say("progress", [f"{wanted.file}: kB read", done // 1024, total // 1024])

    return go.read(Work(path, form, wanted.mapping, go.received, go.points, go.sites, out, refuse, told))


def format_of(path: Path, wanted: Wanted) -> str:
    """The format by which the file is read: weather, mapped, or a known one. Raises Unreadable."""
    if wanted.format or wanted.mapping:
        return "mapped" if wanted.mapping else str(wanted.format)
    return detect(path, weather=wanted.weather)


def batches(path: Path, form: str, mapping: ColumnMapping | None) -> Iterator[Reading]:
    """The file's rows piece by piece. Raises Unreadable."""
    if mapping is None:
        return batches_of(form)(path)
    return mapped.batches(path, mapping) if mapping.long else mapped_batches(path, mapping)


def plain_refusal(refusal: Refusal) -> list[Any]:
    """Without the file's name, for JSON; a huge cell is shown by its begin."""
    column, value = refusal.column[:LONGEST_VALUE], refusal.value[:LONGEST_VALUE]
    return [refusal.row, column, value, refusal.why.plain]


def refusals(file: str, plain: Sequence[Sequence[Any]]) -> list[Refusal]:
    """What `plain_refusal` was given, on the caller's side."""
    return [Refusal(file, row, column, value, Reason.of(why)) for row, column, value, why in plain]
