"""A backup whose list of files is damaged or does not name all of them is refused in a sentence; uploads stay out."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bihuan.archive import Archive
from bihuan.errors import NothingDone
from bihuan.installation.backup import MANIFEST, back_up, restore
from bihuan.installation.marker import open_installation

AT = datetime(2019, 10, 5, tzinfo=UTC)
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What lies in a good backup."""
    folder = tmp_path_factory.mktemp("backup")
    city = open_installation(folder / "city", create=True)
    Archive(city / "archive")
    for remains in ("uploads/abc/kill.csv", "tmp2j6o_ggl/kill.csv"):
        (city / remains).parent.mkdir(parents=True)
        (city / remains).write_text("x")
    back_up(city, folder / "good.tar.gz", at=AT)
    with tarfile.open(folder / "good.tar.gz") as tar:
        return {m.name: content.read() for m in tar if (content := tar.extractfile(m))}


def packed(path: Path, files: Files) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def with_list(change: Callable[[dict[str, Any]], Any]) -> Callable[[Files], Files]:
    return lambda files: {**files, MANIFEST: json.dumps(change(json.loads(files[MANIFEST]))).encode()}


def sums(**more: Any) -> Callable[[Files], Files]:
    return with_list(lambda plain: {**plain, "sha256": {**plain["sha256"], **more}})


DAMAGE: dict[str, Callable[[Files], Files]] = {
    "no JSON": lambda files: {**files, MANIFEST: b"{"},
    "no text": lambda files: {**files, MANIFEST: b"\xff\xfe\x00"},
    "nested": lambda files: {**files, MANIFEST: b"[" * 100_000},
    "a list": with_list(lambda plain: [plain]),
    "a number": with_list(lambda plain: 7),
    "no sums": with_list(lambda plain: {"format": 1}),
    "sums are a list": with_list(lambda plain: {**plain, "sha256": list(plain["sha256"])}),
    "sums are null": with_list(lambda plain: {**plain, "sha256": None}),
    "a sum is a number": sums(**{"bihuan.json": 7}),
    "a sum is null": sums(**{"bihuan.json": None}),
    "a name outside": sums(**{"../outside": "0"}),
    "an absolute name": sums(**{"/etc/passwd": "0"}),
    "an empty name": sums(**{"": "0"}),
    "a name with a zero": sums(**{"a\0b": "0"}),
    "a file that is not there": sums(**{"more.json": "0" * 64}),
    "no list": lambda files: {n: c for n, c in files.items() if n != MANIFEST},
    "a file that is not named": lambda files: {**files, "models/evil.pickle": b"x"},
    "a file outside": lambda files: {**files, "../evil": b"x"},
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_list_is_refused_in_a_sentence(tmp_path: Path, files: Files, kind: str) -> None:
    path = packed(tmp_path / "b.tar.gz", DAMAGE[kind](files))
    with pytest.raises(NothingDone, match=r"is not a whole backup of Bihuan \(.*\); use another one"):
        restore(path, tmp_path / "again")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.tar.gz"]


def test_a_backup_cut_or_changed_anywhere_is_refused(tmp_path: Path, files: Files) -> None:
    whole = packed(tmp_path / "whole.tar.gz", files).read_bytes()
    path = tmp_path / "b.tar.gz"
    for cut in range(0, len(whole) - 20, max(1, len(whole) // 40)):
        path.write_bytes(whole[:cut])
        with pytest.raises(NothingDone):
            restore(path, tmp_path / "again")
        path.write_bytes(whole[:cut] + bytes([whole[cut] ^ 0xFF]) + whole[cut + 1 :])
        try:
            restore(path, tmp_path / f"same{cut}")  # a byte of gzip's head that means nothing
        except NothingDone:
            continue
    path.write_bytes(gzip.compress(b"no tar"))
    with pytest.raises(NothingDone):
        restore(path, tmp_path / "again")


def test_a_backup_without_its_last_bytes_is_refused(tmp_path: Path, files: Files) -> None:
    """Every file in it is whole; what was behind them nobody knows."""
    whole = packed(tmp_path / "whole.tar.gz", files).read_bytes()
    path = tmp_path / "b.tar.gz"
    for lost in (1, 4, 8, 9, 12, 20):
        path.write_bytes(whole[:-lost])
        with pytest.raises(NothingDone, match="not a whole backup"):
            restore(path, tmp_path / "again")


def test_uploads_of_killed_imports_are_in_no_backup(files: Files) -> None:
    assert not [n for n in files if "kill.csv" in n]
    assert "archive/deliveries.sqlite3" in files
