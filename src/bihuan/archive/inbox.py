"""What programs of others push over HTTP and a job takes in later: on disk when it is answered, taken in exactly once in effect.

A journal for each kind of sender, and beside it how far it was taken in. A job that is stopped between the two takes the last entries in once more; what it
stores has to bear that, as observations do: the same value of the same time says nothing new.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bihuan.archive.journal import Entry, Journal
from bihuan.atomic import write_json
from bihuan.small_json import read_small_json

MARK = "taken.json"


class Inbox:
    """The journal of a folder, and the position up to which its entries were taken in."""

    def __init__(self, folder: Path) -> None:
        """Open, and make what is missing."""
        self.folder = folder
        self.journal = Journal(folder / "journal")

    def put(self, source: str, data: bytes, received: datetime) -> int:
        """Keep what came, on disk when this returns; its position."""
        return self.journal.append(source, data, received)

    def taken(self) -> int:
        """The position of the last entry that was taken in, 0 for none."""
        path = self.folder / MARK
        return int(read_small_json(path)["position"]) if path.exists() else 0

    def waiting(self) -> Iterator[Entry]:
        """What was not taken in yet, oldest first."""
        return self.journal.entries(after=self.taken())

    def settle(self, position: int) -> None:
        """Everything up to here was taken in."""
        write_json(self.folder / MARK, {"position": position})

    def drop_before(self, moment: datetime) -> int:
        """Delete whole segments of what was received before a moment and taken in; how many."""
        return self.journal.drop_before(moment, self.taken())

    def files(self) -> list[Path]:
        """All files that make it up."""
        mark = self.folder / MARK
        return [*self.journal.segments(), *([mark] if mark.exists() else [])]
