"""A supervisor that is killed takes all its parts with it, and the next `serve` on the same folder and port works."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bihuan.servers.lifetime import end_remains, remains
from tests.servers.installed import migrated, python
from tests.servers.loggers import until_true
from tests.servers.visitors import Visitor

SECONDS = 120
SLEEP = "import time; time.sleep(600)"


def ports(count: int) -> list[int]:
    """Free ports."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    found = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return found


def healthy(port: int) -> bool:
    """Whether all parts say that they work."""
    try:
        status, said = Visitor(port).ask("GET", "/healthz")
    except OSError:
        return False
    return status == 200 and json.loads(said)["receiver"] == "ok"


def serve(folder: Path, port: int, receiver: int) -> "subprocess.Popen[str]":
    words = [
        "-m",
        "bihuan.cli",
        "--data",
        str(folder),
        "serve",
        "--port",
        str(port),
        "--hj212-port",
        str(receiver),
    ]
    return python(folder, *words, "--hj212-processes", "2")


def test_a_killed_server_leaves_nothing_behind_and_starts_again_on_the_same_port(
    tmp_path: Path, empty_database: Path
) -> None:
    folder = migrated(tmp_path, empty_database)
    port, receiver = ports(2)
    with serve(folder, port, receiver) as first:
        until_true(lambda: healthy(port), SECONDS)
        family = psutil.Process(first.pid).children(recursive=True)
        assert len(family) >= 6  # web, worker, the receiver with two processes and its storing one
        first.kill()
        psutil.wait_procs(family, timeout=SECONDS)
        assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    with serve(folder, port, receiver) as second:
        until_true(lambda: healthy(port), SECONDS)
        parts = {part["name"]: part["up"] for part in json.loads((folder / "processes.json").read_text())}
        assert parts == {"web": True, "worker": True, "hj212": True}
        second.terminate()
        second.communicate(timeout=60)


def left_over(folder: Path, *, since: float = 0.0) -> "subprocess.Popen[bytes]":
    """A part that its supervisor wrote down before it was killed; since: how much later it says it began."""
    part = subprocess.Popen([sys.executable, "-c", SLEEP])
    state = {"name": "web", "pid": part.pid, "since": time.time() + since, "up": True, "restarts": 0}
    (folder / "processes.json").write_text(json.dumps([state, {"name": "x", "pid": None, "since": 0.0}]))
    return part


def test_what_is_left_of_a_killed_server_is_named_and_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with left_over(tmp_path) as part:
        end_remains(tmp_path / "processes.json")
        assert part.poll() is not None
        assert f"a server of this folder was killed and parts of it still run ({part.pid})" in caplog.text
    assert remains(tmp_path / "processes.json") == []


def test_another_process_that_has_got_the_number_is_left_alone(tmp_path: Path) -> None:
    with left_over(tmp_path, since=-3600) as part:
        end_remains(tmp_path / "processes.json")
        assert part.poll() is None
        part.kill()


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"pid": "x", "since": 1}]'])
def test_a_damaged_state_stops_no_start(content: str, tmp_path: Path) -> None:
    (tmp_path / "processes.json").write_text(content)
    end_remains(tmp_path / "processes.json")
