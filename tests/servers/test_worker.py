"""Real worker processes on a fresh, empty installation: with the real clock, and with one that runs fast or jumps."""

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from bihuan import clock
from bihuan.heartbeat import WORKER, last_beat, lives
from bihuan.schedule import every_job
from tests.servers.installed import migrated, python
from tests.servers.loggers import until_true

NAMES = {job.name for job in every_job()}
T = datetime(2019, 2, 25, 6, tzinfo=UTC)
DAY_IN_TWO_SECONDS = 40_000.0
SECONDS = 120  # on a busy machine; it takes a few


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh installation without any data; the clock is the real one."""
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    return migrated(tmp_path, empty_database)


@contextmanager
def worker(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A worker, while the block lasts."""
    with python(folder, "-m", "bihuan.servers.worker") as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)


def ended(folder: Path) -> list[tuple[str, str, bool | None]]:
    """Runs that have ended, in their order: job, as of when, whether it succeeded (None: it was cut off)."""
    with sqlite3.connect(folder / "db.sqlite3", timeout=20) as database:
        rows = database.execute(
            "select job, as_of, ok from registry_jobrun where ended is not null order by id"
        )
        return [(job, as_of, None if ok is None else bool(ok)) for job, as_of, ok in rows]


def times(folder: Path) -> dict[str, int]:
    """How often each job has run to its end."""
    done = [job for job, _, ok in ended(folder) if ok is not None]
    return {name: done.count(name) for name in NAMES}


def until_all_ran(folder: Path, often: int = 1) -> None:
    until_true(lambda: min(times(folder).values()) >= often, SECONDS)


def until_all_ran_at(folder: Path, moment: datetime) -> None:
    """Wait until every job has run as of a moment at which the clock stands."""
    stamp = f"{moment:%Y-%m-%d %H:%M:%S}"
    until_true(lambda: {job for job, as_of, _ in ended(folder) if as_of.startswith(stamp)} == NAMES, SECONDS)


def test_on_a_fresh_installation_with_the_real_clock_every_job_runs_within_seconds_and_once(
    folder: Path,
) -> None:
    assert not (folder / "clock.json").exists()
    with worker(folder):
        until_all_ran(folder)
        time.sleep(3)  # the worker looks again a few times
        runs = ended(folder)
    assert times(folder) == dict.fromkeys(NAMES, 1)
    assert all(ok for _, _, ok in runs)
    now = datetime.now(UTC)
    assert all(now - datetime.fromisoformat(f"{as_of}+00:00") < timedelta(minutes=3) for _, as_of, _ in runs)


@pytest.mark.slow
def test_every_job_runs_again_after_its_period_with_a_clock_that_moves(folder: Path) -> None:
    clock.set_replay(T, DAY_IN_TWO_SECONDS)
    with worker(folder):
        until_all_ran(folder, often=2)
    for job in every_job():
        moments = [datetime.fromisoformat(as_of) for name, as_of, _ in ended(folder) if name == job.name]
        assert moments[1] - moments[0] >= job.every


@pytest.mark.slow
def test_every_job_runs_after_a_jump_forwards_and_after_one_backwards(folder: Path) -> None:
    moments = (T, T + timedelta(days=40), T - timedelta(days=40), T - timedelta(days=39))
    clock.set_replay(T, 0)
    with worker(folder):
        for moment in moments:
            clock.set_replay(moment, 0)
            until_all_ran_at(folder, moment)
    assert times(folder) == dict.fromkeys(NAMES, len(moments))  # what was missed is caught up once


@pytest.mark.slow
def test_two_workers_by_mistake_run_no_job_twice(folder: Path) -> None:
    with worker(folder), worker(folder):
        until_all_ran(folder)
        time.sleep(2)
    assert times(folder) == dict.fromkeys(NAMES, 1)


def long_process(worker: "subprocess.Popen[str]", name: str) -> psutil.Process | None:
    """The process in which the worker runs that long job, once it runs."""
    with suppress(psutil.Error):
        for child in psutil.Process(worker.pid).children():
            if child.cmdline()[-3:-1] == ["bihuan.servers.long_job", name]:
                return child
    return None


@pytest.mark.slow
def test_a_long_job_delays_no_other_and_is_run_again_when_its_process_was_killed(folder: Path) -> None:
    clock.set_replay(T, DAY_IN_TWO_SECONDS)
    with worker(folder) as process:
        until_true(lambda: long_process(process, "forecast") is not None, SECONDS)
        child = long_process(process, "forecast")
        assert child is not None
        child.suspend()
        before = times(folder)
        until_true(
            lambda: all(times(folder)[n] >= before[n] + 2 for n in ("check", "remind", "compact")), SECONDS
        )
        assert times(folder)["models"] == before["models"]
        child.kill()
        until_true(lambda: times(folder)["forecast"] > before["forecast"], SECONDS)
        until_true(lambda: times(folder)["models"] > before["models"], SECONDS)


KILLED = """
import os, signal, sys
import django
django.setup()
from bihuan import jobs
from tests.servers.test_worker import T
from datetime import timedelta

def run(now, say):
    say("第 3 步")
    print("running", flush=True)
    if sys.stdin.readline() == "die\\n":
        os.kill(os.getpid(), signal.SIGKILL)
    return "fine"

job = jobs.Job("probe", "试", timedelta(hours=1), run)
print(jobs.run_due(job, T), jobs.is_running(job), flush=True)
"""


def test_a_run_that_was_killed_half_way_is_recognised_and_run_again_and_never_twice_at_once(
    folder: Path,
) -> None:
    with python(folder, "-c", KILLED) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "running\n"
        with python(folder, "-c", KILLED) as second:
            assert second.communicate("go\n")[0] == "False True\n"
        first.communicate("die\n")
    assert first.returncode == -signal.SIGKILL
    assert ended(folder) == []
    with python(folder, "-c", KILLED) as third:
        assert third.communicate("go\n")[0] == "running\nTrue False\n"
    assert [ok for _, _, ok in ended(folder)] == [None, True]


def test_the_worker_says_that_it_lives(folder: Path) -> None:
    began = time.time()
    with worker(folder) as process:
        until_true(lambda: (last_beat(folder) or 0) >= began, SECONDS)
        assert json.loads((folder / "up" / "worker.json").read_text())["pid"] == process.pid
    assert last_beat(folder) is None  # it was told to stop
    assert [life.stopped for life in lives(folder, WORKER)] == [True]
