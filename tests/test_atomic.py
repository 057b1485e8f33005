"""Who reads a file that is written anew sees the old content or the new one, never a part, whatever becomes of the writer."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bihuan.atomic import beside, draft, write_json, write_text

KILLED = """
import os, signal, sys
from pathlib import Path
from bihuan.atomic import beside
with beside(Path(sys.argv[1])) as written:
    written.write_text('{"half":')
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_error_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("old")

    def write_half() -> None:
        with beside(path) as written:
            written.write_text("ne")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_killed_writer_leaves_the_old_content_and_no_file_that_a_reader_takes_for_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state.json"
    write_json(path, {"whole": True})
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -9
    assert json.loads(path.read_text()) == {"whole": True}
    assert list(tmp_path.glob("*.json")) == [path]
    (remains,) = {*tmp_path.iterdir()} - {path}
    assert remains.name.startswith(".")  # backups leave hidden files out
    write_json(path, {"whole": "again"})
    assert json.loads(path.read_text()) == {"whole": "again"}


def test_threads_that_write_the_same_file_at_once_leave_one_whole_content(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    contents = [{"n": n, "text": "长" * 1000 * n} for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_json(path, content, durable=False), contents))
    assert json.loads(path.read_text("utf-8")) in contents
    assert list(tmp_path.iterdir()) == [path]


def test_readers_never_see_a_part(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_json(path, [0] * 20_000, durable=False)

    def write(n: int) -> None:
        write_json(path, [n] * 20_000, durable=False)

    with ThreadPoolExecutor(1) as pool:
        done = pool.map(write, range(60))
        seen = [json.loads(path.read_text()) for _ in range(60)]
        list(done)
    assert all(len(rows) == 20_000 and len(set(rows)) == 1 for rows in seen)


def test_what_must_survive_a_power_cut_is_on_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, named = tmp_path / "order.json", []
    fsync = os.fsync

    def watched(number: int) -> None:
        named.append(path.exists())
        fsync(number)

    monkeypatch.setattr(os, "fsync", watched)
    write_text(path, "order")
    assert named == [False]
    write_text(path, "soon written again", durable=False)
    assert named == [False]


def test_a_private_file_is_never_open_to_others_not_even_where_an_open_one_stood(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    before = os.umask(0)
    try:
        write_text(path, "open")
        assert path.stat().st_mode & 0o777 == 0o644
        write_text(path, "password", private=True)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_was_not_given_its_name_is_removed(tmp_path: Path) -> None:
    for kept in (True, False):
        with draft(tmp_path, "run") as folder:
            folder.mkdir()
            (folder / "part").write_text("x")
            if kept:
                folder.rename(tmp_path / "run")
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
