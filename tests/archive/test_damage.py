"""Whatever of a table is lost is found and named, nothing is begun anew over it, and an import says restore, not disk space."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from deltalake.exceptions import DeltaError

from bihuan.archive import Archive
from bihuan.archive.damage import damages
from bihuan.errors import NothingDone
from bihuan.pipeline.files import import_files
from tests.archive.parts import log_of, log_of_folder, part_of

RECEIVED = datetime(2019, 12, 1, tzinfo=UTC)


HARMS: dict[str, Callable[[Path], object]] = {
    "log": lambda root: log_of(root).write_text("{"),
    "log as noise": lambda root: log_of(root).write_bytes(b"\xff\x00" * 50),
    "whole log": lambda root: shutil.rmtree(log_of_folder(root)),
    "part gone": lambda root: part_of(root).unlink(),
    "part cut off": lambda root: part_of(root).write_bytes(part_of(root).read_bytes()[:100]),
    "part empty": lambda root: part_of(root).write_bytes(b""),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive with one delivery."""
    archive = Archive(tmp_path / "archive")
    assert import_files(archive, [table(tmp_path, 12)], received=RECEIVED)[0].new == 1
    return archive.root


def table(folder: Path, value: int) -> Path:
    """One hour, always the same, with this value."""
    path = folder / f"{value}.csv"
    path.write_text(f"site,time,PM2.5\nA,2019-10-05T06:00,{value}\n")
    return path


def test_a_whole_archive_has_no_damage(root: Path) -> None:
    assert damages(root) == []
    assert damages(root / "nowhere") == []


@pytest.mark.parametrize("harm", HARMS)
def test_each_kind_of_loss_is_named_with_its_store(root: Path, harm: str) -> None:
    HARMS[harm](root)
    (found,) = damages(root)
    assert found.store == "ambient"
    assert found.what in {"_delta_log"} or found.what.startswith("part=")
    assert found.gone is (harm in ("whole log", "part gone"))


@pytest.mark.parametrize("harm", ["log", "log as noise", "whole log"])
def test_an_archive_without_a_readable_log_is_not_begun_anew(root: Path, harm: str) -> None:
    HARMS[harm](root)
    with pytest.raises((NothingDone, DeltaError)):
        listed(root)
    assert list((root / "ambient").glob("part=*/*/*.parquet"))
    assert damages(root)


def test_opening_an_archive_without_its_log_says_restore_and_not_disk_space(root: Path) -> None:
    HARMS["whole log"](root)
    with pytest.raises(NothingDone, match="archive/ambient: _delta_log is missing; restore the last backup"):
        listed(root)


def listed(root: Path) -> object:
    """Open the archive anew and read its list of parts."""
    return Archive(root).ambient.parts.listed()


def test_an_import_into_a_damaged_archive_does_not_blame_the_disk(root: Path, tmp_path: Path) -> None:
    archive = Archive(root)
    part_of(root).unlink()
    (report,) = import_files(archive, [table(tmp_path, 13)], received=RECEIVED)
    assert "disk space" not in report.error
    assert "archive/ambient: part=" in report.error
    assert "is missing" in report.error
    assert "restore the last backup" in report.error
