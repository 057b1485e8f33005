"""A real receiver and streams that are cut, glued or wrong in their lengths: the same records, each answered once."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bihuan.cli import main
from bihuan.installation.marker import open_installation
from tests.feeds.hj212.packets import DATA, pack
from tests.servers.loggers import MN, Receiver, exported, until_true, upload

LOG = (DATA / "hj212_log_quotes_packet.bin").read_bytes()
OUTER = "TESTMN00000000000000000B"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    folder = tmp_path / "city"
    open_installation(folder, create=True)
    with Receiver(folder, "--open") as running:
        yield running


def test_a_log_that_quotes_a_packet_is_one_answered_log_at_every_cut(receiver: Receiver) -> None:
    cuts = range(1, len(LOG))
    clients = [receiver.client() for _ in cuts]
    for client, cut in zip(clients, cuts, strict=True):
        client.send(LOG[:cut])
    time.sleep(0.6)  # longer than a sender is waited for: no piece of the log may be taken for a packet
    for client, cut in zip(clients, cuts, strict=True):
        client.send(LOG[cut:])
    for client in clients:
        (answer,) = client.answers(1)
        assert (answer["CN"], answer["MN"]) == ("9014", OUTER)
        client.close()
    receiver.stop()
    rows = exported(receiver.folder, "--from", "2000-01-01", "--to", "2030-01-01")
    assert set(rows["mn"]) == {OUTER}
    assert set(rows.filter(code="i11001")["cn"]) == {"3020"}


def test_header_behind_cp_is_answered_in_its_edition(receiver: Receiver) -> None:
    with receiver.client() as client:
        answer = client.ask((DATA / "hj212_header_behind_cp.bin").read_bytes())
    assert (answer["CN"], answer["Flag"], answer["QN"]) == ("9014", "4", "20230410120102345")


@pytest.mark.parametrize("length", ["9999", "0300", "0100", "0000", "", "no"])
def test_a_wrong_length_is_answered_and_so_is_what_comes_behind(receiver: Receiver, length: str) -> None:
    wrong = b"##" + length.encode() + upload(1)[6:]
    with receiver.client() as client:
        assert client.ask(wrong)["QN"] == "20260301000001000"
        client.send(wrong + upload(2) + upload(3))
        assert [a["QN"][12:14] for a in client.answers(3)] == ["01", "02", "03"]


def test_a_length_of_9999_without_data_holds_nobody_up(receiver: Receiver) -> None:
    with receiver.client() as client:
        client.send(b"##9999" + upload(1)[6:90] + upload(2))
        assert [a["QN"][12:14] for a in client.answers(1)] == ["02"]


def test_a_packet_without_a_line_end_is_answered(receiver: Receiver) -> None:
    with receiver.client() as client:
        assert client.ask(upload(1).rstrip())["CN"] == "9014"


def test_decode_and_receiver_agree(receiver: Receiver, tmp_path: Path) -> None:
    stream = b"".join(
        [
            b"\0noise",
            upload(1),
            LOG,
            upload(2)[:70],
            upload(3),
            b"##0010" + upload(4)[6:],
            upload(5, value="-0999"),
            pack("x", crc="0"),
            upload(6),
        ]
    )
    (tmp_path / "stream.bin").write_bytes(stream)
    with receiver.client() as client:
        for start in range(0, len(stream), 7):
            client.send(stream[start : start + 7])
        answered = [a["QN"] for a in client.answers(6)]
    out = tmp_path / "pieces.jsonl"
    assert main(["hj212", "decode", str(tmp_path / "stream.bin"), "--out", str(out)]) == 1
    pieces = [json.loads(line) for line in out.read_text().splitlines()]
    assert answered == [p["header"]["QN"] for p in pieces if p["accepted"]]
    broken = sum(not p["accepted"] and p["reason"] != "noise" for p in pieces)
    until_true(lambda: receiver.accepted() == len(answered))
    counts = receiver.state()["counts"]
    assert sum(n for reason, n in counts.items() if reason in ("crc", "truncated")) == broken
    assert MN in receiver.state()["devices"]
