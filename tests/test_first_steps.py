"""What a newcomer meets: old Python, full disk, taken port, a folder that is none, and the promises of the documents."""

import errno
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from bihuan import __version__, settings
from bihuan.cli import TASKS, main
from bihuan.commands.serve import check_port, only_server
from bihuan.errors import NothingDone
from bihuan.installation.marker import make_installation
from bihuan.scenarios import scenario_names

ROOT = Path(__file__).parent.parent


def tool(name: str) -> ModuleType:
    """A script of tools/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_is_told_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit) as stopped:
        tool("prepare").check_machine()
    assert stopped.value.code == 2
    assert "Python 3.11 or newer is needed, this is 3.9" in capsys.readouterr().err


def test_a_full_disk_is_told_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 5 * 2**20))
    with pytest.raises(SystemExit):
        tool("prepare").check_machine()
    assert "5 MB free" in capsys.readouterr().err
    assert main(["--data", str(tmp_path / "city"), "demo"]) == 2
    assert "the disk has 5 MB free" in capsys.readouterr().err
    assert not (tmp_path / "city").exists()


def test_a_taken_port_names_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(NothingDone, match=f"port {port} is taken.*--port {port + 1}"):
            check_port("127.0.0.1", port)


def test_a_folder_is_served_once(tmp_path: Path) -> None:
    with (
        only_server(tmp_path),
        pytest.raises(NothingDone, match="already being served"),
        only_server(tmp_path),
    ):
        pass


@pytest.mark.parametrize("command", [["export", "ambient", "--from", "2019-01-01T00:00", "--to", "2019-01-02T00:00", "--out", "x.csv"], ["cases", "verify"], ["backup", "x.tar"]])  # fmt: skip
def test_a_folder_that_is_no_installation_is_refused_in_one_sentence(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    assert main(["--data", str(tmp_path), *command]) == 2
    said = capsys.readouterr().err
    assert "is not an installation" in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_a_folder_that_holds_other_things_is_not_made_an_installation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    (tmp_path / "letter.txt").write_text("mine")
    assert main(["--data", str(tmp_path), "serve", "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert "is neither empty nor an installation" in said
    assert len(said.splitlines()) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_nothing_is_made_where_the_port_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path / "city"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["--data", str(tmp_path / "city"), "serve", "--port", port]) == 2
    assert "is taken by another program" in capsys.readouterr().err
    assert not (tmp_path / "city").exists()


def test_a_second_city_is_not_built_over_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    make_installation(tmp_path / "city")
    assert main(["--data", str(tmp_path / "city"), "demo"]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["--data", str(tmp_path / "city"), "demo", "--if-missing"]) == 0


def test_help_lists_every_command_by_task_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    text = capsys.readouterr().out
    for task, names in TASKS.items():
        assert f"{task}:" in text
        for name in names:
            assert re.search(rf"^  {name}\s+\S", text, re.M), name
            with pytest.raises(SystemExit):
                main([name, "--help"])
            assert "example:\n  bihuan " in capsys.readouterr().out


def test_the_operations_page_names_every_setting() -> None:
    used = set(re.findall(r"BIHUAN_[A-Z_]+", Path(settings.__file__).read_text("utf-8")))
    written = (ROOT / "docs/operations.md").read_text("utf-8")
    assert {s for s in used if f"`{s}`" not in written} == set()


def test_the_dependencies_page_names_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    written = (ROOT / "docs/dependencies.md").read_text("utf-8").lower()
    names = [
        re.split(r"[<>=\[]", d)[0] for d in project["dependencies"] + project["optional-dependencies"]["dev"]
    ]
    assert [n for n in names if n.lower() not in written] == []


def test_version_and_changelog_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_both_readmes_give_the_same_commands() -> None:
    commands = [
        re.findall(r"^(make \w+)", (ROOT / name).read_text("utf-8"), re.M)
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert commands[0] == commands[1] == ["make run", "make test"]


def test_links_in_the_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_libraries_of_the_browser_are_the_locked_ones() -> None:
    import hashlib

    folder = ROOT / "src/bihuan/web/static/vendor"
    lock = json.loads((folder / "vendor.lock.json").read_text())
    assert {p.name for p in folder.iterdir()} == {*lock, "vendor.lock.json"}
    for name, entry in lock.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"], name


def test_the_scenarios_are_found() -> None:
    assert {"heavy_pollution", "station_quality"} <= set(scenario_names())


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The key with which an installation starts."""
    monkeypatch.delenv("BIHUAN_SECRET_KEY", raising=False)
    return settings._secret(folder)


def test_the_key_is_made_once_and_only_its_owner_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = started(tmp_path, monkeypatch)
    assert len(key) > 50
    assert started(tmp_path, monkeypatch) == key
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("content", ["", "\n", "abc"])
def test_an_empty_or_cut_off_key_stops_the_start_with_a_sentence(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.key").write_text(content)
    with pytest.raises(
        ImproperlyConfigured, match=r"secret\.key is empty or cut off; restore it from a backup, or delete"
    ):
        started(tmp_path, monkeypatch)


def test_a_disk_that_is_full_while_the_key_is_made_leaves_none_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ImproperlyConfigured, match="No space left"):
            started(tmp_path, monkeypatch)
    assert list(tmp_path.iterdir()) == []
    assert started(tmp_path, monkeypatch)


def test_a_command_with_an_empty_key_ends_in_one_sentence(tmp_path: Path) -> None:
    make_installation(tmp_path)
    (tmp_path / "secret.key").touch()
    command = [sys.executable, "-m", "bihuan.cli", "--data", str(tmp_path), "serve", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "is empty or cut off" in done.stderr
    assert "Traceback" not in done.stderr
