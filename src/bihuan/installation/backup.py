"""One file with all of an installation, consistent while it runs; and back."""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from bihuan.archive import Archive
from bihuan.archive.quarantine import copy_database
from bihuan.atomic import draft
from bihuan.errors import NothingDone
from bihuan.installation.files import write_beside
from bihuan.installation.marker import MARKER, UPLOADS

MANIFEST = "manifest.json"
OLD_UPLOAD = re.compile(r"tmp\w{8}$")
"""Folders of uploads that a killed import of an earlier version left behind."""
ENDS = ("-wal", "-shm", "-journal", ".lock", ".pid", ".new")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Piece:
    """One file of the backup: where it is read, how it is called, how much of it belongs to the backup."""

    path: Path
    name: str
    size: int


def _plain_files(data: Path, archive_root: Path) -> Iterator[Path]:
    """Everything outside the archive that is no database, lock or remains of a killed writer."""
    for path in sorted(data.rglob("*")):
        inside = archive_root in path.parents
        passing = path.name.endswith(ENDS) or path.name.startswith(".") or ".sqlite3" in path.name
        upload = path.relative_to(data).parts[0] == UPLOADS or OLD_UPLOAD.match(
            path.relative_to(data).parts[0]
        )
        if path.is_file() and not path.is_symlink() and not inside and not passing and not upload:
            yield path


def _databases(data: Path, archive_root: Path, beside: Path) -> Iterator[Piece]:
    """Consistent copies of the databases outside the archive (SQLite's own backup)."""
    for path in sorted(data.rglob("*.sqlite3")):
        if archive_root not in path.parents:
            yield _copied(path, str(path.relative_to(data)), beside)


def _copied(path: Path, name: str, beside: Path) -> Piece:
    copy = beside / name.replace("/", "_")
    copy_database(path, copy)
    return Piece(copy, name, copy.stat().st_size)


def pieces_of(data: Path, beside: Path) -> list[Piece]:
    """All files of an installation at one moment. Journal and tables only grow, so their sizes fix the moment.

    What has been sent on upward is copied first: its place must not lie behind the journal's end, or later records would
    never be sent. Django's database is copied last: a case may name an observation, never the other way round.
    """
    archive = Archive(data / "archive")
    sent_on = [
        _copied(p, str(p.relative_to(data)), beside)
        for p in sorted(archive.devices.forwarded.glob("*.sqlite3"))
    ]
    with archive.writing():
        kept = [(p, p.stat().st_size) for p in archive.files()]
        lists = [_copied(path, str(path.relative_to(data)), beside) for path in archive.lists()]
    pieces = [Piece(p, str(p.relative_to(data)), size) for p, size in kept]
    pieces += [Piece(p, str(p.relative_to(data)), p.stat().st_size) for p in _plain_files(data, archive.root)]
    return [*pieces, *sent_on, *lists, *_databases(data, archive.root, beside)]


class _Hashing(io.RawIOBase):
    """Reads the first `size` bytes of a file and hashes them on the way."""

    def __init__(self, path: Path, size: int) -> None:
        self.file = path.open("rb")
        self.left = size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(block)
        self.digest.update(block)
        return block

    def close(self) -> None:
        self.file.close()
        super().close()


def _add(tar: tarfile.TarFile, piece: Piece) -> str:
    info = tarfile.TarInfo(piece.name)
    info.size = piece.size
    info.mode = piece.path.stat().st_mode & 0o777
    with _Hashing(piece.path, piece.size) as reader:
        tar.addfile(info, reader)
        return reader.digest.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def back_up(data: Path, target: Path, *, at: datetime, progress: Progress | None = None) -> dict[str, int]:
    """Write the backup file (tar, gzip). Works while everything runs. Raises NothingDone."""
    with tempfile.TemporaryDirectory(prefix="bihuan-backup-") as folder:
        pieces = pieces_of(data, Path(folder))

        def write(path: Path) -> None:
            sums: dict[str, str] = {}
            with tarfile.open(path, "w:gz", compresslevel=1) as tar:
                for done, piece in enumerate(pieces):
                    if progress:
                        progress("backup", done, len(pieces))
                    sums[piece.name] = _add(tar, piece)
                content = {"format": 1, "created": at.isoformat(), "sha256": sums}
                _add_bytes(tar, MANIFEST, json.dumps(content, indent=1).encode())
            with path.open("rb") as file:
                os.fsync(file.fileno())

        write_beside(target, write, private=True)
    return {"files": len(pieces), "bytes": sum(p.size for p in pieces)}


def in_use(data: Path) -> bool:
    """Whether the folder holds anything at all."""
    return data.exists() and (not data.is_dir() or any(data.iterdir()))


def restore(source: Path, data: Path, progress: Progress | None = None) -> dict[str, int]:
    """Unpack a backup into a missing or empty folder; every file is checked before the folder appears.

    Raises NothingDone for a folder in use and for a damaged file.
    """
    if in_use(data):
        raise NothingDone(
            f"{data} is in use (not empty); restore into a new folder and move it when it is right"
        )
    try:
        with draft(data.parent, data.name) as written:
            written.mkdir(parents=True)
            found = _unpack(source, written, progress)
            if data.exists():
                data.rmdir()
            written.replace(data)
    except OSError as error:
        raise NothingDone(f"cannot restore into {data}: {error.strerror or error}") from error
    return found


def _unpack(source: Path, folder: Path, progress: Progress | None) -> dict[str, int]:
    damaged = f"{source} is not a whole backup of Bihuan"
    if not source.is_file():
        raise NothingDone(f"there is no file {source}")
    try:
        with gzip.open(source) as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            for number, member in enumerate(tar):
                _take_out(tar, member, folder)
                if progress:
                    progress("restore", number, 0)
            while stream.read(
                2**20
            ):  # to the end, where the sum of the whole stands: a file that was cut has none
                pass
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error, RecursionError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise NothingDone(f"{damaged} ({error}); use another one") from error
    return _verify(folder, damaged)


def _take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one plain file below `folder`. Raises ValueError for anything that a backup does not hold."""
    name = PurePosixPath(member.name)
    content = tar.extractfile(member) if member.isfile() else None
    if content is None or not _inside(member.name):
        raise ValueError(f"{member.name} is not a file of a backup")
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(member.mode & 0o700)


def _verify(folder: Path, damaged: str) -> dict[str, int]:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise NothingDone(f"{damaged} (it has no list of its files); use another one")
    sums = _sums(manifest, damaged)
    unnamed = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {MANIFEST, *sums}
    if unnamed:
        raise NothingDone(
            f"{damaged} ({len(unnamed)} files are not in its list, the first is {min(unnamed)}); use another one"
        )
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file() or _sum(path) != expected:
            raise NothingDone(f"{damaged} ({name} is missing or changed); use another one")
    if MARKER not in sums:
        raise NothingDone(f"{damaged} (it has no {MARKER}); use another one")
    manifest.unlink()
    return {"files": len(sums), "bytes": sum((folder / n).stat().st_size for n in sums)}


def _sums(manifest: Path, damaged: str) -> dict[str, str]:
    """The checksums by name. Raises NothingDone for a list that is none, or names a file outside the backup."""
    try:
        sums = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
        good = isinstance(sums, dict) and all(isinstance(s, str) and _inside(n) for n, s in sums.items())
    except (ValueError, KeyError, TypeError, RecursionError):
        good = False
    if not good:
        raise NothingDone(f"{damaged} (the list of its files is damaged); use another one")
    return dict(sums)


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
