"""A crashed part is restarted, all parts stop together, and the system page can read their state."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bihuan.heartbeat import SERVER, last_beat, lives
from bihuan.servers.supervisor import parts

SCRIPT = """
import sys
from pathlib import Path
from bihuan.servers.supervisor import Part, supervise

sleeper = Part("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
supervise(Path(sys.argv[1]), [sleeper], lambda: None)
"""


def eventually(test: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until the test holds."""
    until = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def state(folder: Path) -> dict[str, object]:
    """What the supervisor says of its only part."""
    path = folder / "processes.json"
    found: dict[str, object] = (
        json.loads(path.read_text())[0] if path.exists() else {"pid": None, "restarts": 0}
    )
    return found


def test_a_killed_part_comes_back_and_a_stop_leaves_nothing_running(tmp_path: Path) -> None:
    boss = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: state(tmp_path)["pid"] is not None)
        first = state(tmp_path)["pid"]
        assert isinstance(first, int)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: state(tmp_path)["restarts"] == 1 and state(tmp_path)["up"] is True)
        second = state(tmp_path)["pid"]
        assert isinstance(second, int)
        assert second != first
        boss.send_signal(signal.SIGTERM)
        assert boss.wait(15) == 0
        assert not psutil.pid_exists(second)
        assert not (tmp_path / "processes.json").exists()
    finally:
        boss.kill()


def test_the_receiver_gets_its_port_and_as_many_processes_as_were_asked_for(tmp_path: Path) -> None:
    usual, three = (parts(tmp_path, "h", 1, 2, hj212_processes=n)[2].command for n in (None, 3))
    assert usual[-6:] == ["hj212", "serve", "--host", "h", "--port", "2"]
    assert three == [*usual, "--processes", "3"]


def test_records_are_sent_on_where_there_is_a_platform_above(tmp_path: Path) -> None:
    names = [
        [part.name for part in parts(tmp_path, "h", 1, 2, forwards=forwards)] for forwards in (False, True)
    ]
    assert names == [["web", "worker", "hj212"], ["web", "worker", "hj212", "forward"]]


def test_the_supervisor_says_until_when_it_worked(tmp_path: Path) -> None:
    boss = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: last_beat(tmp_path, SERVER) is not None)
        boss.send_signal(signal.SIGTERM)
        assert boss.wait(15) == 0
    finally:
        boss.kill()
    assert [life.stopped for life in lives(tmp_path, SERVER)] == [True]
