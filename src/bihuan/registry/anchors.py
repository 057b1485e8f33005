"""Roots of the log (存证根): what stands for all of it. Printed on papers, kept in backups, and best kept elsewhere too."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from bihuan.installation.files import write_beside
from bihuan.registry.hashing import instant
from bihuan.registry.log import LogEntry
from bihuan.small_json import read_small_json

FOLDER = "anchors"
HEAD = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Root:
    """After `entries` entries the last hash was `head`; `at`: when the root was taken (real time, UTC)."""

    entries: int
    head: str
    at: str = ""


def root() -> Root:
    """The root of the log as it now is."""
    last = LogEntry.objects.order_by("-seq").values_list("seq", "hash").first()
    entries, head = last or (0, "")
    return Root(entries, head, instant(datetime.now(UTC)))


def printed() -> str:
    """The present root as papers say it (Chinese)."""
    taken = root()
    at = datetime.fromisoformat(taken.at).astimezone(CST)
    return f"存证根：日志 {taken.entries} 条，SHA-256 {taken.head or '无'}，取于 {at:%Y-%m-%d %H:%M}"


def write(path: Path, taken: Root) -> None:
    """Write a root as JSON, whole or not at all. Raises NothingDone."""
    write_beside(path, lambda beside: beside.write_text(json.dumps(asdict(taken), indent=1) + "\n"))


def keep(data: Path) -> Path:
    """Write the present root into the data folder, a file for each real day; the newest of a day stays. Returns it."""
    taken, folder = root(), data / FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{taken.at[:10]}.json"
    write(path, taken)
    return path


def kept(data: Path) -> list[Path]:
    """The files of `keep`, oldest first."""
    return sorted((data / FOLDER).glob("*.json"))


def read(path: Path) -> Root:
    """Read a root; of what is known from paper, `entries` and `head` are enough. Raises NothingDone."""
    try:
        row = read_small_json(path)
        found = Root(int(row["entries"]), str(row["head"]).strip().lower(), str(row.get("at", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise NothingDone(
            f"{path} is not a root of the log ({error}); it is JSON with entries and head"
        ) from error
    if found.entries < 0 or (found.entries and not HEAD.fullmatch(found.head)):
        raise NothingDone(f"{path}: head must be 64 hexadecimal digits and entries a number from 0")
    return found
