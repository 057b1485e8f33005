"""Start every part of one installation, restart what crashes, stop all together; killed, it takes all with it."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bihuan.atomic import write_json
from bihuan.heartbeat import SERVER, Heart
from bihuan.servers.lifetime import end_with

log = logging.getLogger(__name__)
SLOWEST_RESTART = 30.0
STATE = "processes.json"


@dataclass
class Part:
    """One process and when it was last started; restarts are spaced out when it keeps failing."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    failures: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start the process."""
        ends = partial(end_with, os.getpid())
        self.process = subprocess.Popen(self.command, preexec_fn=ends)  # noqa: PLW1509 - the supervisor has one thread
        self.started = time.time()

    def due(self, now: float) -> bool:
        """Has it ended, and is the pause before its next start over?"""
        if self.process is None or self.process.poll() is None:
            return False
        return now - self.started > min(2.0**self.restarts / 2, SLOWEST_RESTART)

    def state(self) -> dict[str, object]:
        """What the system page shows."""
        alive = self.process is not None and self.process.poll() is None
        return {
            "name": self.name,
            "pid": self.process.pid if self.process else None,
            "up": alive,
            "since": self.started,
            "restarts": self.restarts,
        }


def parts(
    folder: Path,
    host: str,
    port: int,
    hj212_port: int | None = None,
    *,
    hj212_processes: int | None = None,
    simulated: Path | None = None,
    forwards: bool = False,
    gates_port: int | None = None,
    simulated_gates: Path | None = None,
) -> list[Part]:
    """Web, worker, and the HJ 212 receiver where a port is given; `simulated` lists the practice city's loggers, `simulated_gates` its gates.

    hj212_processes: how many receive (None: as many as is usual here). forwards: there are platforms above that records
    of loggers are sent on to. gates_port: where gates send their records to.

    Each can also be started alone.
    """
    python = [sys.executable, "-m"]
    running = [
        Part("web", [*python, "bihuan.servers.web", host, str(port)]),
        Part("worker", [*python, "bihuan.servers.worker"]),
    ]
    if hj212_port is not None:
        here = ["--host", host, "--port", str(hj212_port)]
        here += [] if hj212_processes is None else ["--processes", str(hj212_processes)]
        running.append(Part("hj212", [*python, "bihuan.cli", "--data", str(folder), "hj212", "serve", *here]))
    if gates_port is not None:
        where = ["--host", host, "--port", str(gates_port)]
        running.append(
            Part("gates", [*python, "bihuan.cli", "--data", str(folder), "gates", "serve", *where])
        )
    if forwards:
        running.append(Part("forward", [*python, "bihuan.cli", "--data", str(folder), "hj212", "forward"]))
    near = ["--host", "127.0.0.1" if host == "0.0.0.0" else host]
    if hj212_port is not None and simulated is not None:
        to = [*near, "--port", str(hj212_port), "--sites", str(simulated)]
        running.append(Part("simulator", [*python, "bihuan.simulate.plants", *to]))
    if gates_port is not None and simulated_gates is not None:
        to = [*near, "--port", str(gates_port), "--units", str(simulated_gates)]
        running.append(Part("simulated_gates", [*python, "bihuan.simulate.gates", *to]))
    return running


def _write_state(folder: Path, running: list[Part]) -> None:
    try:
        write_json(folder / STATE, [p.state() for p in running], durable=False)
    except OSError as error:  # a full disk must not end the supervisor
        log.error("the state of the parts cannot be written: %s", error)


def _stop(running: list[Part]) -> None:
    for part in running:
        if part.process and part.process.poll() is None:
            part.process.terminate()
    for part in running:
        if part.process:
            try:
                part.process.wait(10)
            except subprocess.TimeoutExpired:
                part.process.kill()


def supervise(folder: Path, running: list[Part], ready: Callable[[], None]) -> None:
    """Run all parts until SIGTERM or Ctrl-C; `ready` is called once after the start."""
    stopping: list[int] = []
    heart = Heart(folder, SERVER)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda n, _frame: stopping.append(n))
    try:
        for part in running:
            part.start()
        _write_state(folder, running)
        ready()
        while not stopping:
            for part in running:
                if part.due(time.time()):
                    code = part.process.returncode if part.process else None
                    log.error("part %s ended with code %s; starting it again", part.name, code)
                    part.restarts += 1
                    part.start()
            _write_state(folder, running)
            heart.beat()
            time.sleep(1)
    finally:
        _stop(running)
        heart.stop()
        (folder / STATE).unlink(missing_ok=True)
