"""A backtest that is killed goes on where it was; the numbers do not depend on that, nor on how many processes did it."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pytest

from bihuan.commands import backtest_work
from bihuan.commands.backtest_work import Parts, Unit, Work, key
from bihuan.domain.forecast.rolling import Plan
from bihuan.domain.timeaxis import parse_moment
from tests.commands.cli import run
from tests.commands.test_backtest import write_table

SPAN = (
    "--from",
    "2019-02-06T00:00",
    "--to",
    "2019-02-11T18:00",
    "--every",
    "6h",
    "--leads",
    "24",
    "--refit",
    "1d",
)

SEVERAL = str(min(2, len(os.sched_getaffinity(0))))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of the other tests of this command."""
    return write_table(tmp_path_factory.mktemp("killed") / "air.parquet")


def _command(air: Path, out: Path, *words: str) -> list[str]:
    given = (*SPAN, "--items", "PM2.5", *words, "--out", str(out))
    return [sys.executable, "-m", "bihuan.cli", "--json", "backtest", str(air), *given]


def _start(air: Path, out: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        _command(air, out, *words), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors
    found: dict[str, Any] = json.loads(said)
    return found


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.glob(".out.parquet.*.parts/pm25-*.parquet"))


def _wait(what: str, until: Any) -> None:
    for _ in range(600):
        if until():
            return
        time.sleep(0.05)
    pytest.fail(f"waited in vain for {what}")


def _works(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_killed_and_started_again(table: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole" / "out.parquet", tmp_path / "broken" / "out.parquet"
    for out in (whole, broken):
        out.parent.mkdir()
    done = _ended(_start(table, whole, "--processes", "1"))
    assert (done["resumed"], _parts(whole.parent)) == (0, [])

    process = _start(table, broken, "--processes", SEVERAL)
    _wait("a first part", lambda: _parts(broken.parent))
    children = psutil.Process(process.pid).children()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not broken.exists()
    # Nobody works on behind the back of the one who was killed.
    _wait("the end of the children", lambda: not any(_works(c) for c in children))
    kept = _parts(broken.parent)
    assert 1 <= len(kept) < 6
    again = _ended(_start(table, broken, "--processes", SEVERAL))
    assert again["resumed"] == len(kept)
    assert pl.read_parquet(broken).equals(pl.read_parquet(whole))
    assert again["scores"] == done["scores"]
    assert {p.name for p in broken.parent.iterdir()} == {"out.parquet"}


def _work() -> Work:
    first, day = parse_moment("2019-02-06T00:00"), timedelta(days=1)
    return Work(Plan(first, first + day, day / 4, 24, ("pm25", "o3"), "none", day), {}, False, None)


def test_the_key_holds_all_that_the_numbers_depend_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("a")
    two.write_text("b")
    work = _work()
    usual = key(work, [one, two])
    renamed = one.rename(tmp_path / "renamed.csv")
    assert key(work, [renamed, two]) == usual  # the contents count, not the names
    others = [
        key(work, [two, renamed]),  # of two rows for an hour the later file counts
        key(work, [renamed]),
        key(replace(work, peers=True), [renamed, two]),
        key(replace(work, areas={"city:1": ("a",)}), [renamed, two]),
        key(replace(work, plan=replace(work.plan, refit=None)), [renamed, two]),
    ]
    two.write_text("c")
    others.append(key(work, [renamed, two]))
    two.write_text("b")
    code = tmp_path / "code"
    code.mkdir()
    (code / "model.py").write_text("x = 1")
    monkeypatch.setattr(backtest_work, "CODE", code)
    others.append(key(work, [renamed, two]))
    assert usual not in others
    assert len(set(others)) == len(others)


def test_a_part_that_cannot_be_read_is_done_again(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "out.parquet", "k")
    parts.folder.mkdir()
    unit = Unit("pm25", 0)
    assert not parts.has(unit)
    parts.keep(unit, pl.DataFrame({"of": ["model"]}))
    assert parts.has(unit)
    parts.path(unit).write_bytes(b"")
    assert not parts.has(unit)


def test_units_are_items_of_segments() -> None:
    assert [u.name for u in _work().units()] == ["pm25-0000", "o3-0000", "pm25-0001", "o3-0001"]


@pytest.mark.parametrize(("processes", "says"), [("0", "choose 1 to"), ("1000", "the number of cores")])
def test_no_more_processes_than_cores(
    capsys: pytest.CaptureFixture[str],
    table: Path,
    tmp_path: Path,
    processes: str,
    says: str,
) -> None:
    ran = run(capsys, "backtest", table, *SPAN, "--processes", processes, "--out", tmp_path / "out.parquet")
    assert ran.code == 2
    assert says in ran.err
