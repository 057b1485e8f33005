"""Real receivers that are stopped for hours of practice time and started again: the outage is known, and it is theirs."""

import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.cli import main
from bihuan.domain.outages import joined
from bihuan.heartbeat import RECEIVER, last_beat, lives
from bihuan.installation.marker import make_installation
from bihuan.outages import Outage, explaining, outages
from tests.servers.hj212.processes import TWO, processes
from tests.servers.loggers import Receiver, until_true, upload

THEN = datetime(2026, 3, 1, tzinfo=UTC)
SPEED = 7200.0  # half a second is an hour
NEAR = timedelta(seconds=4 * SPEED)  # between two beats, or how long a busy machine takes to start or stop


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh installation with a fast replay."""
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    make_installation(tmp_path)
    clock.set_replay(THEN, SPEED)
    return tmp_path


def up(receiver: Receiver) -> Receiver:
    """The receiver, when it has said for the first time that it works."""
    before = time.time()
    until_true(lambda: (last_beat(receiver.folder, RECEIVER) or 0) > before)
    return receiver


def known(folder: Path) -> list[Outage]:
    return outages(THEN, clock.now(), [RECEIVER], data=folder)


@pytest.mark.parametrize("words", [(), TWO], ids=["one process", "two processes"])
@pytest.mark.parametrize("end", [Receiver.stop, Receiver.kill], ids=["SIGTERM", "SIGKILL"])
def test_a_receiver_that_was_off_for_six_hours_of_practice_time_knows_it(
    folder: Path, end: Callable[[Receiver], object], words: tuple[str, ...]
) -> None:
    with up(Receiver(folder, "--open", *words)) as receiver:
        with receiver.client() as client:
            client.ask(upload(1))
        assert known(folder) == []
        before, said = clock.now(), time.time() - (last_beat(folder, RECEIVER) or 0)
        end(receiver)
    ended = clock.now()
    until_true(lambda: clock.now() > ended + timedelta(hours=6))
    began = clock.now()
    with up(Receiver(folder, "--open", *words)):
        (outage,) = known(folder)
        table = explaining(THEN, clock.now(), RECEIVER, data=folder)
    assert not outage.moved
    assert not outage.open
    assert (
        before - timedelta(seconds=said * SPEED) - NEAR <= outage.since <= ended
    )  # since its last beat, or its end
    assert outage.until >= began
    assert outage.real >= 3
    assert joined(table, timedelta(0)).rows() == [(outage.since, outage.until)]


def test_one_of_two_receiving_processes_that_is_killed_is_no_outage(folder: Path) -> None:
    clock.set_replay(THEN, 60)
    with up(Receiver(folder, "--open", *TWO)) as receiver:
        killed = processes(receiver)[0]
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait(10)
        until_true(lambda: len(processes(receiver)) == 2)
        up(receiver)
        assert known(folder) == []


def test_a_receiver_whose_replay_is_set_while_it_works_has_no_outage_of_its_own(folder: Path) -> None:
    clock.set_replay(THEN, 1)
    with up(Receiver(folder, "--open")) as receiver:
        clock.set_replay(THEN + timedelta(hours=10), 1)
        up(receiver)
        (jump,) = known(folder)
        assert jump.moved
        clock.set_replay(THEN, 1)
        up(receiver)
        assert known(folder) == []  # what it has not passed again yet lies ahead


def test_a_receiver_that_cannot_listen_has_not_worked(folder: Path) -> None:
    words = ("hj212", "serve", "--open", "--processes", "1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["--data", str(folder), *words, "--port", port]) == 2
    assert lives(folder, RECEIVER) == []
