"""Names of files as others give them: shown in full, and shortened where a disk must hold them."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

LONGEST = 200
"""Bytes of a name that every file system takes, with room for an ending of our own (255 is the usual limit)."""
SHOWN = 300
CUT = 40
"""Letters of one of many names in a sentence."""


def shown_name(name: str) -> str:
    """The name as it is kept and shown: in one line, as text, of at most 300 letters."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    plain = "".join(c if c.isprintable() else "_" for c in text).strip()
    return (plain if len(plain) <= SHOWN else f"{plain[: SHOWN - 20]}…{plain[-19:]}") or "file"


def some_names(names: Sequence[str], most: int) -> str:
    """The first of many names, joined for a sentence; each in one line and cut to 40 letters."""
    return ", ".join(shown_name(name[: CUT + 1])[:CUT] for name in names[:most])


def safe_name(name: str) -> str:
    """The name as a file on disk: without slashes and control characters, at most 200 bytes, its ending kept."""
    plain = shown_name(name).replace("/", "_").replace("\\", "_").lstrip(".") or "file"
    ending = PurePosixPath(plain).suffix if len(PurePosixPath(plain).suffix.encode()) <= 20 else ""
    stem = plain.removesuffix(ending).encode()[: LONGEST - len(ending.encode())]
    return stem.decode(errors="ignore") + ending


def linked(path: Path, name: str, folder: Path) -> Path:
    """The file under a name that sentences can show and a disk can hold, in a folder of its own."""
    place = folder / "file"
    place.mkdir()
    link = place / safe_name(name)
    link.symlink_to(path.resolve())
    return link
