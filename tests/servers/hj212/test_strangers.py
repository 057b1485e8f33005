"""Strangers have a budget: whatever they send, and however many they are, known devices are served."""

import contextlib
import json
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bihuan.archive import Archive
from bihuan.installation.marker import open_installation
from bihuan.pipeline.packets import PARKED, REFUSED
from tests.feeds.hj212.packets import pack
from tests.servers.loggers import MN, Client, Receiver, until_true, upload

LONG = pack(f"ST=31;CN=2011;PW=123456;MN={'F' * 24};Flag=5;CP=&&DataTime=20260301000000;note={'x' * 9_800}&&")
KINDS = {
    "packets": lambda n: upload(n % 60, f"{n:024X}"),
    "long packets": lambda n: LONG,
    "noise": lambda n: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 20,
    "broken packets": lambda n: upload(1, MN)[:-6] + b"FFFE\r\n",
}


def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    open_installation(folder, create=True)
    (folder / "devices.json").write_text(json.dumps({MN: {"password": "123456"}}))
    return folder


@contextmanager
def flood(port: int, kind: str, connections: int = 20) -> Iterator[list[int]]:
    """Unknown senders that send without a pause; gives the bytes that went out of each."""
    over, sent = threading.Event(), [0] * connections
    packets = b"".join(KINDS[kind](n) for n in range(2_000))[: 1 << 20]

    def run(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.settimeout(0.2)
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    sent[number] += link.send(packets)

    senders = [threading.Thread(target=run, args=(number,)) for number in range(connections)]
    for sender in senders:
        sender.start()
    try:
        yield sent
    finally:
        over.set()
        for sender in senders:
            sender.join()


def delays(port: int, first: int, count: int = 15) -> list[float]:
    """Seconds until each answer of a known device, on a connection of its own each time."""
    found = []
    for second in range(first, first + count):
        began = time.monotonic()
        with Client(port) as client:
            assert client.ask(upload(second))["CN"] == "9014"
        found.append(time.monotonic() - began)
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_known_device_is_answered_as_promptly_as_without_a_flood(tmp_path: Path, kind: str) -> None:
    folder = city(tmp_path)
    with Receiver(folder) as receiver:
        alone = statistics.median(delays(receiver.port, 0))
        with flood(receiver.port, kind) as sent:
            time.sleep(1)
            before, began = sum(sent), time.monotonic()
            beside = statistics.median(delays(receiver.port, 100))
            rate = (sum(sent) - before) / (time.monotonic() - began)
        assert beside < 10 * alone + 0.2
        assert rate < 2_000_000  # what 20 senders could send unhindered is a hundred times as much
        receiver.stop()


def test_what_is_kept_raw_of_strangers_is_bounded_counted_and_does_not_touch_known_devices(
    tmp_path: Path,
) -> None:
    folder, most = city(tmp_path), 200_000
    with Receiver(folder, "--stranger-mib", str(most / 2**20), "--stranger-packets", "1e6") as receiver:
        with flood(receiver.port, "packets") as sent:
            until_true(lambda: sum(sent) > 3_000_000)
        with receiver.client() as client:
            assert client.ask(upload(1))["CN"] == "9014"
            client.send(upload(2)[:-6] + b"FFFE\r\n" + upload(3))
            assert client.answers(1)[0]["QN"] == "20260301000003000"
        receiver.stop()
    entries = list(Archive(folder / "archive").devices.journal.entries())
    raw = [e for e in entries if e.source.startswith((PARKED, REFUSED))]
    of_strangers = sum(len(e.data) for e in raw if MN.encode() not in e.data)
    assert 0 < of_strangers <= most / 4  # all come from one address, which may use a quarter
    counts = receiver.state()["counts"]
    assert counts["raw_dropped"] > 1000
    assert counts["raw_bytes"] == sum(len(e.data) for e in raw)
    assert [e.source for e in raw if MN.encode() in e.data] == [f"{REFUSED}crc"]


def talks_until_closed(client: Client, seconds: float) -> bool:
    """Send nonsense; is the connection closed meanwhile?"""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            client.send(b"nothing that anybody could read\r\n")
        except ConnectionError:
            return True
        time.sleep(0.2)
    return False


def test_silent_and_senseless_strangers_are_closed_known_devices_stay(tmp_path: Path) -> None:
    with Receiver(city(tmp_path), "--stranger-idle", "1.5", "--first-packet", "6") as receiver:
        known, silent, senseless = (receiver.client() for _ in range(3))
        assert known.ask(upload(1))["CN"] == "9014"
        began = time.monotonic()
        assert silent.answers(1) == []
        assert time.monotonic() - began < 9  # not the two hours of a known device
        assert talks_until_closed(senseless, 30)
        assert known.ask(upload(2))["CN"] == "9014"
        for client in (known, silent, senseless):
            client.close()


def test_an_unknown_device_can_still_be_parked_and_an_open_receiver_takes_it_in(tmp_path: Path) -> None:
    other = "A" * 24
    with Receiver(city(tmp_path)) as receiver, receiver.client() as client:
        client.send(upload(1, other))
        until_true(lambda: other in receiver.state()["parked"])
    with Receiver(city(tmp_path / "open"), "--open") as receiver, receiver.client() as client:
        client.send(b"".join(upload(second, other) for second in range(500)))
        assert len(client.answers(500)) == 500


def start_with_files(folder: Path, files: int, log: Path) -> tuple[subprocess.Popen[str], int]:
    """The receiver in a process that may open so many files."""
    words = ["-m", "bihuan.cli", "--data", str(folder), "hj212", "serve", "--port", "0", "--processes", "1"]

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files // 2, files))

    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, *words],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            preexec_fn=few,  # noqa: PLW1509
        )
    assert process.stdout
    ready = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
    assert ready
    return process, int(ready[1])


@pytest.mark.parametrize("files", [512, 1024])
def test_more_idle_connections_than_files_keep_no_known_device_out(tmp_path: Path, files: int) -> None:
    folder, log = city(tmp_path), tmp_path / "log"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    process, port = start_with_files(folder, files, log)
    idle = []
    try:
        with Client(port) as early:
            assert early.ask(upload(1))["CN"] == "9014"
            for number in range(1_500):
                idle.append(socket.create_connection(("127.0.0.1", port), timeout=10))
                if number % 300 == 299:
                    with Client(port) as device:
                        assert device.ask(upload(number))["CN"] == "9014"
            assert early.ask(upload(2))["CN"] == "9014"  # a known device makes no room
            assert len(os.listdir(f"/proc/{process.pid}/fd")) < files
    finally:
        for link in idle:
            link.close()
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert log.stat().st_size < 10_000
