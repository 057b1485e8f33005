"""Work apart: whatever a reader does, its caller lives, is told why in a sentence, and can go on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from bihuan.apart import Limits, Stopped, reading_limits, run
from bihuan.apart.client import _servers
from bihuan.errors import NothingDone
from bihuan.feeds.reading import Unreadable
from tests.apart import wild

SMALL = Limits(seconds=20, memory=300 << 20)


def call(function: Callable[..., Any], *given: Any, **more: Any) -> Any:
    return run(function, *given, file="odd.grib2", **{"limits": SMALL, **more})


def test_a_result_comes_back() -> None:
    assert call(wild.doubled, 21) == 42


def test_the_function_is_answered_what_it_asks_and_heard_on_its_way() -> None:
    heard = []

    def hear(kind: str, value: int) -> str:
        heard.append((kind, value))
        return f"answer to {value}"

    assert call(wild.asking, hear=hear) == ["answer to 2", "answer to 3"]
    assert heard == [("way", 1), ("question", 2), ("question", 3)]


def test_a_refusal_comes_back_in_its_own_words() -> None:
    with pytest.raises(Unreadable, match=r"^the file says nothing; send another$") as raised:
        call(wild.refusing)
    assert not isinstance(raised.value, Stopped)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (wild.failing, "KeyError: 'hourly'"),
        (wild.aborting, "SIGABRT"),
        (wild.reading_nowhere, "SIGSEGV"),
        (wild.leaving, "status 7"),
        (wild.leaving_well, "status 0"),
        (wild.deep, "RecursionError"),
        (wild.flooding, "too long"),
        (wild.greedy, "more than 300 MB of memory"),
    ],
)
def test_whatever_it_does_the_caller_is_told_in_one_sentence_and_goes_on(
    function: Callable[..., Any], words: str
) -> None:
    with pytest.raises(Stopped, match=r"^odd\.grib2 ") as raised:
        call(function)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert call(wild.doubled, 2) == 4


def test_what_the_reader_said_last_is_kept_for_its_record() -> None:
    with pytest.raises(Stopped) as raised:
        call(wild.aborting)
    assert "Assertion `scale' failed" in raised.value.detail


def test_who_never_ends_is_ended_at_the_limit_of_time(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match=r"not read within 0\.5 seconds.*BIHUAN_READ_SECONDS"):
        call(wild.endless_of, str(tmp_path / "who"), limits=Limits(0.5, SMALL.memory))
    assert not psutil.pid_exists(int((tmp_path / "who").read_text()))


def test_several_threads_read_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: call(wild.doubled, n), range(20))) == [2 * n for n in range(20)]


def test_one_that_never_ends_keeps_no_other_waiting() -> None:
    stopped: list[Exception] = []

    def endless() -> None:
        try:
            call(wild.endless, limits=Limits(4, SMALL.memory))
        except Stopped as error:
            stopped.append(error)

    slow = threading.Thread(target=endless)
    slow.start()
    assert call(wild.doubled, 4) == 8
    assert slow.is_alive()
    slow.join()
    assert len(stopped) == 1


def test_where_the_small_process_was_killed_another_one_is_started() -> None:
    call(wild.doubled, 1)
    process = _servers[0].process
    process.kill()
    process.wait()
    assert call(wild.doubled, 5) == 10


def test_nothing_lives_on_when_the_caller_is_killed(tmp_path: Path) -> None:
    """kill -9 of a process whose file is being read: neither the reader nor what stands around it stays."""
    script = f"from bihuan.apart import run\nfrom tests.apart import wild\nrun(wild.endless_of, {str(tmp_path / 'who')!r}, file='x')"
    caller = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    while not (tmp_path / "who").exists() or not (tmp_path / "who").read_text():
        assert caller.poll() is None
        time.sleep(0.05)
    family = psutil.Process(caller.pid).children(recursive=True)
    assert int((tmp_path / "who").read_text()) in {p.pid for p in family}
    os.kill(caller.pid, signal.SIGKILL)
    caller.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive


@pytest.mark.parametrize("name", ["BIHUAN_READ_SECONDS", "BIHUAN_READ_MEMORY"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "much")
    with pytest.raises(NothingDone, match=f"{name}=much: write a whole number"):
        reading_limits()
