"""Whole files kept beside the journal under the name of their content; a journal entry names them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from bihuan.atomic import draft, flush
from bihuan.feeds.reading import open_plain

BLOCK = 4 * 1024 * 1024


class Blobs:
    """A folder of files named by SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """Where a kept file lies."""
        return self.folder / name

    def keep(self, source: Path) -> tuple[str, bool]:
        """Copy a file in, on disk when this returns. Returns its name and whether it was there before.

        Raises Unreadable for what is no plain file or cannot be opened.
        """
        opened = open_plain(source)
        digest = hashlib.sha256()
        with draft(self.folder) as written:
            with opened as reader, written.open("wb") as writer:
                while block := reader.read(BLOCK):
                    digest.update(block)
                    writer.write(block)
            flush(written)
            target = self.path(digest.hexdigest())
            known = target.exists()
            written.replace(target)
        return target.name, known

    def drop_all_but(self, named: Iterable[str]) -> int:
        """Delete the files that are not named, and remains of killed copies."""
        keep = set(named)
        old = [p for p in self.folder.iterdir() if p.name not in keep]
        for path in old:
            path.unlink()
        return len(old)
