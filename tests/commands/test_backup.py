"""`bihuan backup` and `restore`: one consistent file of all, while running; damaged ones are refused."""

import gzip
import json
import sqlite3
import tarfile
import threading
from pathlib import Path

import pytest

from bihuan.archive import Archive
from bihuan.loggers.forward_ledger import Ledger
from tests.archive.deliveries import shown
from tests.commands.cli import run

REQUEST = "archive/devices/commands/done/1403/20190111120000000000-0a1b2c3d.json"  # that was put to a logger
SENT_ON = "archive/devices/forward/province.sqlite3"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    """An installation with observations, refused records, a database, uploads and a key."""
    city = tmp_path / "city"
    monkeypatch.setenv("BIHUAN_DATA", str(city))
    table = tmp_path / "table.csv"
    table.write_text("site,time,PM2.5\nA,2019-10-05T06:00,12\nA,2019-10-05T07:00,-1\n")
    run(capsys, "--data", city, "import", table)
    (city / "files").mkdir()
    (city / "files" / "photo.jpg").write_bytes(b"photo")
    (city / "secret.key").write_text("secret")
    (city / "devices.json").write_text("{}")
    (city / REQUEST).parent.mkdir(parents=True)
    (city / REQUEST).write_text("{}")
    (city / "forward.json").write_text('{"targets": []}')
    Ledger(city / SENT_ON).settle(7, (), (), now=0.0)
    base = sqlite3.connect(city / "db.sqlite3")
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("CREATE TABLE cases (name TEXT)")
    base.execute("INSERT INTO cases VALUES ('first')")
    base.commit()
    base.close()
    return city


def back_up(capsys: Capture, folder: Path) -> Path:
    file = folder.parent / "backup.tar.gz"
    assert run(capsys, "--data", folder, "backup", file).code == 0
    return file


def test_all_comes_back(capsys: Capture, folder: Path) -> None:
    again = folder.parent / "again"
    assert run(capsys, "--data", again, "restore", back_up(capsys, folder)).code == 0
    assert (again / "files" / "photo.jpg").read_bytes() == b"photo"
    assert (again / "secret.key").read_text() == "secret"
    assert (again / "devices.json").exists()
    assert (again / REQUEST).exists()
    assert (again / "forward.json").exists()
    assert Ledger(again / SENT_ON).position() == 7
    base = sqlite3.connect(again / "db.sqlite3")
    assert base.execute("SELECT name FROM cases").fetchall() == [("first",)]
    base.close()
    old, new = Archive(folder / "archive"), Archive(again / "archive")
    assert shown(new.ambient.current()) == shown(old.ambient.current())
    assert [e.data for e in new.journal.entries()] == [e.data for e in old.journal.entries()]
    assert [r.value for r in new.quarantine.find()] == ["-1"]


def test_a_restored_installation_goes_on(capsys: Capture, folder: Path) -> None:
    again = folder.parent / "again"
    run(capsys, "--data", again, "restore", back_up(capsys, folder))
    table = folder.parent / "more.csv"
    table.write_text("site,time,PM2.5\nA,2019-10-05T06:00,13\nA,2019-10-05T08:00,1\n")
    ran = run(capsys, "--data", again, "--json", "import", table)
    assert (ran.json["new"], ran.json["corrected"]) == (1, 1)


def test_while_others_write(capsys: Capture, folder: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        base = sqlite3.connect(folder / "db.sqlite3", timeout=30)
        while not stop.is_set():
            with base:
                base.execute("INSERT INTO cases VALUES (?)", (str(number),))
            number += 1
        base.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        file = back_up(capsys, folder)
    finally:
        stop.set()
        writer.join()
    again = folder.parent / "again"
    assert run(capsys, "--data", again, "restore", file).code == 0
    base = sqlite3.connect(again / "db.sqlite3")
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    base.close()


def test_a_folder_in_use_is_refused(capsys: Capture, folder: Path) -> None:
    file = back_up(capsys, folder)
    before = sorted(p for p in folder.rglob("*"))
    ran = run(capsys, "--data", folder, "restore", file)
    assert ran.code == 2
    assert "in use" in ran.err
    assert sorted(p for p in folder.rglob("*")) == before


def test_damaged_files_are_refused_and_nothing_is_left(capsys: Capture, folder: Path) -> None:
    file = back_up(capsys, folder)
    whole = file.read_bytes()
    changed = gzip.compress(gzip.decompress(whole).replace(b"secret", b"tampered"[:6]))
    again = folder.parent / "again"
    for content in (whole[: len(whole) // 2], changed, b"no backup", gzip.compress(b"")):
        file.write_bytes(content)
        ran = run(capsys, "--data", again, "restore", file)
        assert ran.code == 2
        assert "not a whole backup" in ran.err
        assert not again.exists()
    assert [p.name for p in folder.parent.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["a/" * 2000 + "x", "../x", "/etc/x"])
def test_a_name_that_no_backup_holds_is_refused(capsys: Capture, tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "odd.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name))
    ran = run(capsys, "--data", tmp_path / "again", "restore", tmp_path / "odd.tar.gz")
    assert (ran.code, "unforeseen" in ran.err) == (2, False)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    ("what", "harm"),
    [("log", "is damaged; restore the last backup"), ("part", "is missing; restore the last backup")],
)
def test_a_damaged_archive_is_named_by_every_command_that_meets_it(
    capsys: Capture, folder: Path, what: str, harm: str
) -> None:
    ambient = folder / "archive" / "ambient"
    if what == "log":
        sorted(ambient.glob("_delta_log/*.json"))[0].write_text("{")
    else:
        next(ambient.glob("part=*/*/*.parquet")).unlink()
    span = ("--from", "2019-10-05T01:00", "--to", "2019-10-06T00:00")
    target = folder.parent / "out.csv"
    told = run(capsys, "--data", folder, "export", "ambient", *span, "--out", target)
    assert (told.code, told.out, harm in told.err) == (2, "", True)
    assert "archive/ambient: " in run(capsys, "--data", folder, "backup", folder.parent / "b.tar.gz").err


def test_a_backup_says_what_of_it_is_damaged(capsys: Capture, folder: Path) -> None:
    part = next((folder / "archive" / "ambient").glob("part=*/*/*.parquet"))
    part.write_bytes(part.read_bytes()[:100])
    ran = run(capsys, "--data", folder, "--json", "backup", folder.parent / "b.tar.gz")
    assert (ran.code, len(ran.json["damaged"])) == (0, 1)
    assert part.name in ran.json["damaged"][0]


def test_no_installation_and_no_file(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    assert run(capsys, "--data", tmp_path / "none", "backup", tmp_path / "b.tar.gz").code == 2
    assert run(capsys, "--data", tmp_path / "none", "restore", tmp_path / "b.tar.gz").code == 2
    assert not (tmp_path / "none").exists()


def test_the_system_page_learns_when_a_backup_was_made_and_proven(capsys: Capture, folder: Path) -> None:
    back_up(capsys, folder)
    noted = json.loads((folder / "backups.json").read_text())
    assert "made" in noted
    assert "proven" not in noted
    ran = run(capsys, "--data", folder, "backup", folder.parent / "second.tar.gz", "--prove")
    assert ran.code == 0
    assert "proven" in json.loads((folder / "backups.json").read_text())
    assert not list(folder.parent.glob(".proof-*"))


@pytest.mark.parametrize("content", ["{", "7", "[" * 100_000, ""])
def test_a_torn_note_of_older_backups_is_written_anew(capsys: Capture, folder: Path, content: str) -> None:
    (folder / "backups.json").write_text(content)
    back_up(capsys, folder)
    assert "made" in json.loads((folder / "backups.json").read_text())
