"""What a bureau needs of the receiver (issue: nothing lost, answered correctly), seen from outside over TCP."""

import contextlib
import json
import random
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import psutil
import pytest

from bihuan.archive import Archive
from bihuan.archive.devices import KEY
from bihuan.feeds.hj212 import sm4
from bihuan.installation.marker import open_installation
from tests.feeds.hj212.packets import pack
from tests.servers.loggers import MN, Client, Receiver, exported, seconds_of, until_true, upload

GARBAGE = b"http://www.cmsoft.cn\x00\x00GET / HTTP/1.1\r\n\r\n##12"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with Receiver(tmp_path / "city", "--open") as child:
        yield child


def test_three_editions_are_answered_with_their_own_qn_edition_and_device(receiver: Receiver) -> None:
    # HJ 212-2017 6.6: the answer to data has the upload's QN, ST=91, CN=9014, PW and MN of the device; its Flag has
    # the edition's version bits and A = 0: 0, 4, 8.
    with receiver.client() as client:
        for edition, flag in ((2005, "0"), (2017, "4"), (2025, "8")):
            answer = client.ask(upload(edition, edition=edition))
            second = f"20260301{edition // 3600:02}{edition // 60 % 60:02}{edition % 60:02}000"
            assert answer == {"QN": second, "ST": "91", "CN": "9014", "PW": "123456", "MN": MN, "Flag": flag}
    assert receiver.stop() == 0
    rows = exported(receiver.folder)
    assert set(zip(rows["edition"], rows["code"], rows["value"], rows["flag"], strict=True)) == {
        (edition, *factor)
        for edition in (2005, 2017, 2025)
        for factor in (("a21026", "18.5", "N"), ("a34013", "4.2", "N"))
    }
    assert seconds_of(rows) == [2005, 2017, 2025]


def test_a_notice_is_answered_by_9013(receiver: Receiver) -> None:
    # HJ 212-2017 table 9: 1013 is a notice; its answer is 9013.
    with receiver.client() as client:
        answer = client.ask(pack(f"QN=20260301000000000;ST=31;CN=1013;PW=123456;MN={MN};Flag=5;CP=&&&&"))
    assert (answer["CN"], answer["QN"]) == ("9013", "20260301000000000")


def test_no_answer_where_none_is_wanted(receiver: Receiver) -> None:
    with receiver.client() as client:
        client.send(upload(1, flag=4))  # A = 0
        client.send(
            pack(f"QN=20260301000000000;ST=91;CN=9014;PW=123456;MN={MN};Flag=5;CP=&&&&")
        )  # itself an answer
        assert client.silent()
        assert client.ask(upload(2))["CN"] == "9014"
    assert seconds_of(exported(receiver.folder)) == [1, 2]


def test_a_resend_is_answered_again_and_stored_once(receiver: Receiver) -> None:
    with receiver.client() as client:
        for _ in range(3):
            assert client.ask(upload(7))["QN"] == "20260301000007000"
    assert exported(receiver.folder).height == 2
    with receiver.client() as client:  # after it was stored, over another connection, beside something new
        client.send(upload(7) + upload(8))
        assert len(client.answers(2)) == 2
    assert seconds_of(exported(receiver.folder)) == [7, 8]
    assert Archive(receiver.folder / "archive").devices.history().collect().height == 4


def test_a_later_different_value_counts_and_the_first_stays_in_the_history(receiver: Receiver) -> None:
    with receiver.client() as client:
        client.ask(upload(7, value="18.5"))
        client.ask(upload(7, value="11.0"))
    rows = exported(receiver.folder).filter(pl.col("code") == "a21026")
    assert rows["value"].to_list() == ["11.0"]
    history = Archive(receiver.folder / "archive").devices.history().filter(pl.col("code") == "a21026")
    assert history.collect()["value"].to_list() == ["18.5", "11.0"]


def test_garbage_before_and_between_packets(receiver: Receiver) -> None:
    with receiver.client() as client:
        client.send(GARBAGE + upload(1) + b"\x00\xff##99" + upload(2) + GARBAGE + upload(3))
        assert [a["QN"][8:14] for a in client.answers(3)] == ["000001", "000002", "000003"]
    assert seconds_of(exported(receiver.folder)) == [1, 2, 3]


def test_a_packet_in_many_tcp_segments_from_a_slow_sender(receiver: Receiver) -> None:
    packet = upload(5)
    with receiver.client() as slow, receiver.client() as quick:
        for number, byte in enumerate(packet[:-2]):
            slow.send(bytes([byte]))
            if number % 40 == 0:
                time.sleep(0.05)
                assert quick.ask(upload(100 + number))["CN"] == "9014"  # nobody waits for the slow one
        assert slow.answers(1)[0]["QN"] == "20260301000005000"  # before the line's end has come
        slow.send(b"\r\n" + upload(6))
        assert slow.answers(1)[0]["QN"] == "20260301000006000"


def test_a_sender_that_closes_its_side_is_still_answered_all(receiver: Receiver) -> None:
    with receiver.client() as client:
        client.send(b"".join(upload(second) for second in range(100)))
        client.socket.shutdown(socket.SHUT_WR)
        assert len(client.answers(101)) == 100  # and then the connection ends
    with receiver.client() as client:
        client.socket.shutdown(socket.SHUT_WR)
        assert client.answers(1) == []


def test_parts_of_a_split_packet_are_answered_each_and_stored_together(receiver: Receiver) -> None:
    # HJ 212-2017 table C.49/C.50: each part is a packet with its own QN, and repeats DataTime.
    first = upload(9, flag=7, extra="PNUM=2;PNO=1;")
    second = pack(
        f"QN=20260301000009555;ST=31;CN=2011;PW=123456;MN={MN};Flag=7;PNUM=2;PNO=2;"
        "CP=&&DataTime=20260301000009;a19001-Rtd=8.1,a19001-Flag=N&&"
    )
    with receiver.client() as client:
        client.send(second + first)
        assert [a["QN"][-3:] for a in client.answers(2)] == ["555", "000"]
    rows = exported(receiver.folder)
    assert rows["code"].to_list() == ["a19001", "a21026", "a34013"]
    assert rows["data_time"].n_unique() == 1


def test_broken_packets_are_kept_and_not_answered(receiver: Receiver) -> None:
    broken = upload(3)[:-6] + b"FFFE\r\n"  # FFFE is no value of the standard's check
    with receiver.client() as client:
        client.send(broken)
        client.send(
            pack("QN=20260301000000000;ST=31;CN=2011;PW=123456;Flag=5;CP=&&DataTime=20260301000000;a-Rtd=1&&")
        )
        assert client.silent()
        assert client.ask(upload(4))["CN"] == "9014"
    receiver.stop()
    kept = {e.source: e.data for e in Archive(receiver.folder / "archive").devices.journal.entries()}
    assert kept["hj212-refused:crc"] == broken
    assert b"a-Rtd=1" in kept["hj212-refused:no_mn"]
    assert seconds_of(exported(receiver.folder)) == [4]


def test_two_loggers_at_once(receiver: Receiver) -> None:
    def talk(mn: str) -> None:
        with receiver.client() as client:
            client.send(b"".join(upload(second, mn) for second in range(500)))
            answers = client.answers(500)
        assert {a["MN"] for a in answers} == {mn}
        assert len({a["QN"] for a in answers}) == 500
        done.append(mn)

    done: list[str] = []
    threads = [threading.Thread(target=talk, args=(mn,)) for mn in ("A" * 24, "B" * 24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["A" * 24, "B" * 24]
    assert seconds_of(exported(receiver.folder, "--mn", "B" * 24)) == list(range(500))
    assert exported(receiver.folder).height == 2 * 2 * 500


def test_unknown_devices_and_wrong_passwords_are_refused_and_listed(tmp_path: Path) -> None:
    folder, other, wrong = tmp_path / "city", "B" * 24, "C" * 24
    with Receiver(folder) as receiver:
        with receiver.client() as client:
            client.send(upload(1) + upload(1, other))
            assert client.silent()
        known = {MN: {"password": "123456"}, wrong: {"password": "123456"}}
        (folder / "devices.json").write_text(json.dumps(known))  # read while it runs

        def let_in() -> bool:
            with receiver.client() as client:
                client.send(upload(3))
                return not client.silent()

        until_true(let_in)
        with receiver.client() as client:
            client.send(upload(2, pw="654321") + upload(2, wrong, pw="654321"))
            assert client.silent()
        receiver.stop()
    assert 3 in seconds_of(exported(folder))
    assert exported(folder, "--mn", other).is_empty()
    sources = [e.source for e in Archive(folder / "archive").devices.journal.entries()]
    assert sources[:2] == [f"hj212-parked:{MN}", f"hj212-parked:{other}"]
    assert "hj212-refused:password" in sources
    state = receiver.state()
    assert list(state["parked"]) == [other]  # what was let in is no stranger any more
    assert state["parked"][other]["packets"] == 1
    assert state["devices"][MN]["packets"] >= 1
    assert state["devices"][MN]["broken"] == {"password": 1}
    assert state["rejected"][wrong]["broken"] == {"password": 1}  # heard, though nothing of it was ever taken


def test_encrypted_packets_are_read_with_the_key_of_their_device(tmp_path: Path) -> None:
    # HJ 212-2025 (second-hand): SM4 over CP, the check value is that of the plain segment. The cipher itself is tested
    # against the standard's vectors in tests/feeds.
    folder, key, other = tmp_path / "city", bytes(range(16)), "B" * 24
    open_installation(folder, create=True)
    (folder / "devices.json").write_text(json.dumps({MN: {"sm4_key": key.hex()}, other: {}}))

    def encrypted(second: int, mn: str) -> bytes:
        plain = upload(second, mn, edition=2025)
        return plain[:6] + sm4.encrypt(plain[6:-6], key) + plain[-6:]

    with Receiver(folder) as receiver, receiver.client() as client:
        assert client.ask(encrypted(1, MN))["Flag"] == "8"
        client.send(encrypted(2, other))
        assert client.silent()
        assert client.ask(upload(3, other, edition=2025))["CN"] == "9014"
        lower = encrypted(4, MN)[:-6] + encrypted(4, MN)[-6:].lower()
        assert client.ask(lower)["CN"] == "9014"
        (folder / "devices.json").write_text("{}")  # what was answered stays readable without the key
        assert seconds_of(exported(folder)) == [1, 4, 3]  # by device
    entries = [
        (e.source.split(":")[0], e.data) for e in Archive(folder / "archive").devices.journal.entries()
    ]
    for came, second in ((encrypted(1, MN), 1), (lower, 4)):
        at = entries.index(("hj212-cipher", came))  # as it came, and the plain form behind it
        assert entries[at + 1] == ("hj212", upload(second, MN, edition=2025)[:-6] + came[-6:])


def test_limits_close_the_silent_and_the_many(tmp_path: Path) -> None:
    with Receiver(tmp_path / "city", "--open", "--idle", "1.5", "--per-address", "2") as receiver:
        first, second, third = (receiver.client() for _ in range(3))
        assert first.ask(upload(1))["CN"] == "9014"
        assert third.answers(1) == []  # closed at once
        assert second.answers(1) == []  # closed when it had been silent
        for client in (first, second, third):
            client.close()


def test_a_damaged_register_or_a_taken_port_does_nothing(tmp_path: Path, receiver: Receiver) -> None:
    from bihuan.cli import main

    folder = tmp_path / "other"
    words = ["--data", str(folder), "hj212", "serve", "--port", str(receiver.port)]
    assert main(words) == 2
    (folder / "devices.json").write_text("[]")
    assert main(words) == 2


def test_a_disk_that_refuses_holds_the_senders_back_and_loses_nothing(receiver: Receiver) -> None:
    count, packet = 60_000, upload(1)
    _, most = resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE, (200_000, most))
    with receiver.client() as client:
        sending = threading.Thread(target=client.send, args=(packet * count,))
        sending.start()
        until_true(lambda: receiver.accepted() > 1000)
        time.sleep(2.5)
        assert receiver.accepted() < count  # two groups wait, and what TCP holds
        resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE, (most, most))
        assert client.count(count) == count
        sending.join()
    assert seconds_of(exported(receiver.folder)) == [1]
    assert len(list(Archive(receiver.folder / "archive").devices.journal.entries())) == count


def test_rows_follow_by_themselves_and_a_crashed_storing_process_is_started_again(receiver: Receiver) -> None:
    devices = Archive(receiver.folder / "archive").devices
    with receiver.client() as client:
        client.ask(upload(1))
        until_true(lambda: devices.current().collect().height == 2)
        (storing,) = psutil.Process(receiver.process.pid).children()
        storing.kill()
        client.ask(upload(2))
        until_true(lambda: devices.current().collect().height == 4)
    assert receiver.stop() == 0


class Sender:
    """A logger that sends what was not answered again, and remembers what was."""

    def __init__(self, mn: str) -> None:
        self.mn = mn
        self.answered: set[int] = set()
        self._next = 0

    def talk(self, port: int) -> None:
        """Send until the receiver is gone."""
        open_ones: list[int] = [s for s in range(self._next) if s not in self.answered]
        with contextlib.suppress(OSError), Client(port) as client:
            while True:
                open_ones += range(self._next, self._next + 50)
                self._next += 50
                client.send(b"".join(upload(second, self.mn) for second in open_ones))
                answers = client.answers(len(open_ones))
                sent = {f"{s // 3600:02}{s // 60 % 60:02}{s % 60:02}": s for s in open_ones}
                self.answered |= {sent[a["QN"][8:14]] for a in answers}
                if len(answers) < len(open_ones):
                    return
                open_ones = []


def test_killed_under_load_five_times_every_answered_packet_is_there_once(tmp_path: Path) -> None:
    folder, chance = tmp_path / "city", random.Random(20260101)
    senders = [Sender("A" * 24), Sender("B" * 24)]
    for _ in range(5):
        with Receiver(folder, "--open") as receiver:
            threads = [threading.Thread(target=s.talk, args=(receiver.port,)) for s in senders]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.05, 0.8))
            receiver.kill()
            for thread in threads:
                thread.join()
    with Receiver(folder, "--open") as receiver:  # what the crashes left is stored by the next start
        assert receiver.stop() == 0
    for sender in senders:
        assert sender.answered
        stored = seconds_of(exported(folder, "--mn", sender.mn))
        assert sender.answered <= set(stored)
        assert len(stored) == len(set(stored))
    history = Archive(folder / "archive").devices.history().collect()
    assert history.height == history.unique(KEY).height
