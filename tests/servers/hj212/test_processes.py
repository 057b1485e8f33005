"""Two receiving processes on one port: gaps, limits, parked packets, and what a kill leaves."""

import contextlib
import json
import re
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from bihuan.archive import Archive
from bihuan.archive.devices import KEY
from bihuan.domain.timeaxis import CST
from bihuan.loggers import parked, register
from bihuan.loggers.parked import BROUGHT_IN
from tests.feeds.hj212.packets import pack
from tests.servers.hj212.processes import TWO, pair, processes, spool_of, until_state
from tests.servers.loggers import Client, Receiver, exported, seconds_of, until_true, upload

A = "A" * 24


def test_a_gap_is_what_came_to_neither_process_and_is_asked_for_once(tmp_path: Path) -> None:
    folder, mn, now = tmp_path / "city", A, datetime.now(CST)
    newest = (now - timedelta(minutes=15)).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)

    def hour(back: int) -> bytes:
        at = f"{newest - timedelta(hours=back):%Y%m%d%H%M%S}"
        content = f"DataTime={at};a21026-Avg=1.0,a21026-Flag=N"
        return pack(f"QN={at}000;ST=31;CN=2061;PW=123456;MN={mn};Flag=5;CP=&&{content}&&")

    with Receiver(folder, "--open", *TWO) as receiver:
        one, other = pair(receiver)
        with one, other:
            one.send(b"".join(hour(back) for back in range(10, 24)))
            other.send(b"".join(hour(back) for back in range(7)))
            assert (len(one.answers(14)), len(other.answers(7))) == (14, 7)
        receiver.stop()
    state = folder / "archive" / "devices" / "state.json"  # as if it were known for a day
    early = f"{now - timedelta(days=2):%Y-%m-%dT%H:%M:%S}+08:00"
    state.write_text(re.sub(r'"first": "[^"]*"', f'"first": "{early}"', state.read_text()))
    with Receiver(folder, "--open", "--fetch-after", "0.5", *TWO) as receiver:
        one, other = pair(receiver)
        with one, other:
            assert one.ask(hour(0))["CN"] == "9014"
            request = one.answers(1)[0]
            (asked,) = spool_of(receiver).of(mn)
            first, last = (newest - timedelta(hours=back) for back in (9, 7))
            assert (request["CN"], asked.by) == ("2061", "系统")
            assert asked.cp == {"BeginTime": f"{first:%Y%m%d%H%M%S}", "EndTime": f"{last:%Y%m%d%H%M%S}"}
            other.send(b"".join(hour(back) for back in (9, 8, 7)))
            assert len(other.answers(3)) == 3
            done = f"QN={request['QN']};ST=91;CN=9012;PW=123456;MN={mn};Flag=4;CP=&&ExeRtn=1&&"
            other.send(pack(done))
            assert until_state(receiver, mn, "done").uploads == 3
            assert one.silent(1.5)
            assert other.silent(0.5)
            assert len(spool_of(receiver).of(mn)) == 1


def test_limits_hold_over_all_processes(tmp_path: Path) -> None:
    with Receiver(tmp_path / "city", "--open", "--per-address", "2", *TWO) as receiver:
        one, other = pair(receiver)  # those that fell to the first process again were closed
        with one, other:
            assert one.ask(upload(1))["CN"] == "9014"
            assert other.ask(upload(2))["CN"] == "9014"
            for _ in range(4):
                with receiver.client() as third:
                    assert third.answers(1) == []
            until_true(lambda: receiver.state()["counts"].get("connections_refused", 0) >= 4)
            assert receiver.state()["connections"] == 2


def test_what_was_parked_in_both_processes_comes_in_once(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with Receiver(folder, *TWO) as receiver:
        one, other = pair(receiver)
        with one, other:
            one.send(upload(1, A) + upload(2, A))
            other.send(upload(2, A) + upload(3, A))
            assert one.silent()
            assert other.silent()
            until_true(lambda: receiver.state()["parked"].get(A, {}).get("packets") == 4)
            register.accept(folder / "devices.json", A, password="123456")
            parked.ask(folder / "archive" / "devices", A)
            journal = Archive(folder / "archive").devices.journal
            until_true(lambda: len(list(journal.entries(source=BROUGHT_IN))) == 3)
            assert one.ask(upload(4, A))["CN"] == "9014"
            assert other.ask(upload(5, A))["CN"] == "9014"
        receiver.stop()
        assert receiver.state()["parked"] == {}
    assert seconds_of(exported(folder)) == [1, 2, 3, 4, 5]


class Sender(threading.Thread):
    """A logger that makes a new connection whenever its own breaks, and sends again what was not answered."""

    def __init__(self, mn: str, port: int) -> None:
        super().__init__()
        self.mn, self.port = mn, port
        self.answered: set[int] = set()
        self.connections = 0
        self.enough = threading.Event()

    def run(self) -> None:
        waiting: list[int] = []
        while not self.enough.is_set():
            with contextlib.suppress(OSError), Client(self.port) as client:
                self.connections += 1
                while not self.enough.is_set():
                    waiting = waiting or [len(self.answered) + n for n in range(50)]
                    client.send(b"".join(upload(second, self.mn) for second in waiting))
                    for answer in client.answers(len(waiting)):
                        at = answer["QN"][8:14]
                        second = int(at[:2]) * 3600 + int(at[2:4]) * 60 + int(at[4:])
                        self.answered.add(second)
                        waiting.remove(second)
                    if waiting:
                        break


def test_a_killed_process_loses_nothing_answered_and_its_loggers_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with Receiver(folder, "--open", *TWO) as receiver:
        senders = [Sender(letter * 24, receiver.port) for letter in "ABCDEF"]
        for sender in senders:
            sender.start()
        for _ in range(2):
            time.sleep(0.7)
            victim = processes(receiver)[0]
            before = [len(sender.answered) for sender in senders]
            victim.kill()
            until_true(lambda: all(len(s.answered) > n for s, n in zip(senders, before, strict=True)))  # noqa: B023
            until_true(lambda: len({p.pid for p in processes(receiver)} - {victim.pid}) == 2)  # noqa: B023
        for sender in senders:
            sender.enough.set()
            sender.join()
        assert sum(sender.connections for sender in senders) > len(senders)
        assert receiver.stop() == 0
    for sender in senders:
        stored = seconds_of(exported(folder, "--mn", sender.mn))
        assert sender.answered <= set(stored)
        assert len(stored) == len(set(stored))
    history = Archive(folder / "archive").devices.history().collect()
    assert history.height == history.unique(KEY).height
    assert json.loads((folder / "archive" / "devices" / "state.json").read_text())["connections"] == 0


def test_without_the_leading_process_the_others_end_and_the_port_is_free_again(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with Receiver(folder, "--open", *TWO) as receiver, receiver.client() as client:
        assert client.ask(upload(1))["CN"] == "9014"
        left = processes(receiver)
        receiver.kill()
        assert client.answers(1) == []  # the connection ends
        psutil.wait_procs(left, timeout=10)
        with Receiver(folder, "--open", "--port", str(receiver.port), *TWO) as again, again.client() as back:
            assert back.ask(upload(2))["CN"] == "9014"
            assert again.stop() == 0
    assert seconds_of(exported(folder)) == [1, 2]
