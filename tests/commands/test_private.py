"""Nobody else on the machine reads the data folder or a backup; what is written for the caller has the caller's umask."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bihuan.installation.private import BEFORE
from bihuan.servers import web, worker

NOBODY = 65534


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account of the machine may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def bihuan(data: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """The command as a script calls it, by a caller whose umask lets others read."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BIHUAN_")}
    ran = subprocess.run(
        [sys.executable, "-m", "bihuan.cli", "--data", str(data), *map(str, words)],
        capture_output=True, text=True, umask=0o022, env=environment, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran


def installation(place: Path) -> Path:
    """One with observations, a database with an account, and a key."""
    table, data = place / "table.csv", place / "data"
    table.write_text("site,time,PM2.5\nA,2019-10-05T06:00,12\n")
    bihuan(data, "import", table)
    bihuan(data, "person", "add", "zhang", "--role", "admin", "--region", "140300", "--region-name", "阳泉市")
    return data


def open_entries(folder: Path) -> list[Path]:
    return [p for p in (folder, *folder.rglob("*")) if p.lstat().st_mode & 0o077]


def readable_by_nobody(path: Path) -> bool:
    """Tried as another account where the tests may become one, else told by the modes on the way."""
    if os.geteuid() == 0:
        tried = subprocess.run(["cat", str(path)], user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, check=False)  # fmt: skip
        return tried.returncode == 0
    way = [p for p in path.parents if p.owner() == path.owner()]
    return bool(path.stat().st_mode & 0o004) and all(p.stat().st_mode & 0o001 for p in way)


def test_everything_in_a_new_installation_is_for_its_own_account(place: Path) -> None:
    data = installation(place)
    assert (data / "db.sqlite3").exists()
    assert (data / "secret.key").exists()
    assert open_entries(data) == []
    assert not readable_by_nobody(data / "db.sqlite3")


def test_an_empty_folder_that_stood_open_is_closed_when_it_becomes_an_installation(place: Path) -> None:
    (place / "data").mkdir(mode=0o755)
    assert open_entries(installation(place)) == []


def test_an_installation_that_stands_open_is_closed_at_the_next_start_and_says_so_once(place: Path) -> None:
    data = installation(place)
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert readable_by_nobody(data / "db.sqlite3")
    said = bihuan(data, "cases", "verify").stderr
    assert f"{data} could be read by other accounts" in said
    assert open_entries(data) == []
    assert not readable_by_nobody(data / "db.sqlite3")
    assert "other accounts" not in bihuan(data, "cases", "verify").stderr


def test_a_backup_and_what_is_restored_from_it_are_private(place: Path) -> None:
    data = installation(place)
    bihuan(data, "backup", place / "all.tar.gz", "--prove")
    assert (place / "all.tar.gz").stat().st_mode & 0o777 == 0o600
    assert not readable_by_nobody(place / "all.tar.gz")
    bihuan(place / "again", "restore", place / "all.tar.gz")
    assert open_entries(place / "again") == []


def test_an_export_has_the_callers_umask_outside_and_is_private_inside(place: Path) -> None:
    data = installation(place)
    span = ("--from", "2019-10-05T00:00", "--to", "2019-10-06T00:00")
    for out in (place / "out.csv", data / "out.csv"):
        bihuan(data, "export", "ambient", *span, "--out", out)
    assert (place / "out.csv").stat().st_mode & 0o777 == 0o644
    assert readable_by_nobody(place / "out.csv")
    assert (data / "out.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("server", "begins", "words"), [(web, "uvicorn.Server", ("127.0.0.1", 1)), (worker, "django.setup", ())]
)
def test_a_server_that_is_started_alone_makes_private_files(
    monkeypatch: pytest.MonkeyPatch, server: ModuleType, begins: str, words: tuple[object, ...]
) -> None:
    def begin(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(f"{server.__name__}.{begins}", begin)
    monkeypatch.delenv(BEFORE, raising=False)
    before = os.umask(0o022)
    with pytest.raises(SystemExit):
        server.main(*words)
    assert os.umask(before) == 0o077
