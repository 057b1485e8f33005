"""Devices that nobody knows: what they sent comes into the table when they are let in, each packet once."""

import json
import threading
import time
from pathlib import Path

import polars as pl
import psutil

from bihuan.archive import Archive
from bihuan.archive.devices import KEY
from bihuan.feeds.hj212 import sm4
from bihuan.installation.marker import open_installation
from bihuan.loggers import parked, register
from bihuan.loggers.parked import BROUGHT_IN
from bihuan.loggers.register import Device
from tests.servers.loggers import MN, Client, Receiver, exported, seconds_of, until_true, upload

OTHER = "B" * 24


def park(packets: bytes, client: Client) -> None:
    """Send as a stranger: nothing is answered."""
    client.send(packets)
    assert client.silent()


def brought_in(folder: Path) -> list[str]:
    entries = Archive(folder / "archive").devices.journal.entries(source=BROUGHT_IN)
    return [entry.source for entry in entries]


def test_parked_packets_are_stored_once_after_the_device_is_accepted(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with Receiver(folder) as receiver, receiver.client() as client:
        for _ in range(3):  # unanswered, so it sends again
            park(b"".join(upload(second) for second in range(5)), client)
        park(upload(9, OTHER) + upload(7, pw="654321"), client)
        register.accept(folder / "devices.json", MN, password="123456", name="1#脱硫出口")
        parked.ask(folder / "archive" / "devices", MN)
        until_true(lambda: len(brought_in(folder)) == 5)
        assert client.ask(upload(6))["CN"] == "9014"
        receiver.stop()
    assert seconds_of(exported(folder)) == [
        0,
        1,
        2,
        3,
        4,
        6,
    ]  # not 7: another password; not 9: another device
    history = Archive(folder / "archive").devices.history().collect()
    assert history.height == history.unique(KEY).height == 12
    first = exported(folder).filter(pl.col("data_time").dt.second() == 0)
    later = exported(folder).filter(pl.col("data_time").dt.second() == 6)
    assert first["received"].max() < later["received"].min()  # type: ignore[operator]  # the time of receipt stays


def test_bringing_in_again_after_a_crash_in_between_adds_only_what_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with Receiver(folder) as receiver, receiver.client() as client:
        park(b"".join(upload(second) for second in range(4)), client)
        receiver.stop()
    journal = Archive(folder / "archive").devices.journal
    device = Device(password="123456")
    positions = [entry.position for entry in journal.entries(source="hj212-parked:")]
    journal.append(
        f"{BROUGHT_IN}{positions[1]}", upload(1), next(iter(journal.entries())).received
    )  # then killed
    assert parked.bring_in(journal, MN, device) == 3
    assert parked.bring_in(journal, MN, device) == 0
    assert seconds_of(exported(folder)) == [0, 1, 2, 3]


def test_killed_while_a_device_is_let_in_loses_and_doubles_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with Receiver(folder) as receiver, receiver.client() as client:
        park(b"".join(upload(second) for second in range(50)), client)
        register.accept(folder / "devices.json", MN)
        parked.ask(folder / "archive" / "devices", MN)
        receiver.kill()
    with Receiver(folder) as receiver:  # has never seen the device, but the request is on disk
        until_true(lambda: len(brought_in(folder)) == 50)
        receiver.stop()
    assert seconds_of(exported(folder)) == list(range(50))


def test_an_encrypted_stranger_is_parked_and_read_with_the_key_that_the_officer_gives(tmp_path: Path) -> None:
    folder, key = tmp_path / "city", bytes(range(16))
    plain = upload(1, edition=2025)
    with Receiver(folder) as receiver, receiver.client() as client:
        client.send(plain[:6] + sm4.encrypt(plain[6:-6], key) + plain[-6:])
        assert client.silent()
        until_true((folder / "archive" / "devices" / "state.json").exists)
        assert MN in receiver.state()["parked"]
        register.accept(folder / "devices.json", MN, key=key.hex())
        until_true(lambda: brought_in(folder) != [])
        receiver.stop()
    assert seconds_of(exported(folder)) == [1]


def test_a_refused_device_stays_parked(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    open_installation(folder, create=True)
    register.refuse(folder / "devices.json", MN)
    with Receiver(folder, "--open") as receiver, receiver.client() as client:
        park(upload(1), client)
        assert client.ask(upload(2, OTHER))["CN"] == "9014"
        receiver.stop()
    assert exported(folder)["mn"].unique().to_list() == [OTHER]
    assert list(receiver.state()["parked"]) == [MN]


def test_a_device_sends_only_from_its_addresses(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    open_installation(folder, create=True)
    register.accept(folder / "devices.json", MN, addresses=["10.1.0.0/16", "192.168.3.4"])
    register.accept(folder / "devices.json", OTHER, addresses=["127.0.0.0/8"])
    with Receiver(folder) as receiver, receiver.client() as client:
        client.send(upload(1))
        assert client.silent()
        assert client.ask(upload(2, OTHER))["CN"] == "9014"
        receiver.stop()
    assert receiver.state()["counts"]["address"] == 1
    assert json.loads((folder / "devices.json").read_text())[MN]["addresses"] == [
        "10.1.0.0/16",
        "192.168.3.4",
    ]


def test_a_fast_sender_is_slowed_and_loses_nothing(tmp_path: Path) -> None:
    # At 1000 a second, with a second of credit and one read (256 KB, here below 1500 packets) taken on debt, 5000
    # packets cannot all be taken before 2.5 s.
    packet = upload(1)
    assert 256 * 1024 / len(packet) < 1500
    with Receiver(tmp_path / "city", "--open", "--packets", "1000") as receiver, receiver.client() as client:
        began = time.monotonic()
        sending = threading.Thread(target=client.send, args=(packet * 5000,))
        sending.start()
        with receiver.client() as other:  # nobody else is held back
            assert other.ask(upload(2))["CN"] == "9014"
        assert client.count(5000) == 5000
        sending.join()
        assert time.monotonic() - began >= 2.5


def test_ten_megabytes_without_a_packet_leave_the_receiver_small_and_alive(tmp_path: Path) -> None:
    with Receiver(tmp_path / "city", "--open") as receiver, receiver.client() as client:
        assert client.ask(upload(1))["CN"] == "9014"
        process = psutil.Process(receiver.process.pid)
        before = process.memory_info().rss
        for _ in range(160):
            client.send(b"##" + b"9" * 65_534)
        assert client.ask(b"\r\n" + upload(2))["QN"] == "20260301000002000"
        assert process.memory_info().rss - before < 60_000_000
