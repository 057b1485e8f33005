"""`bihuan hj212 decode`: the lines of its output are a promise."""

import json
import os
import subprocess
import threading
from pathlib import Path

import pytest

from bihuan.commands import raw_bytes
from tests.commands.cli import run
from tests.feeds.hj212.packets import EXAMPLE_2017, EXAMPLE_2025, HEAD_2005, pack, published, upload
from tests.feeds.hj212.test_sm4 import CIPHER_2, binary

FIELDS = {"offset", "length", "accepted", "reason", "deviations", "edition", "header", "flag", "cp"}


def decoded(capsys, folder: Path, data: bytes, *words: str) -> tuple[int, dict, list[dict]]:
    source, target = folder / "in.bin", folder / "out.jsonl"
    source.write_bytes(data)
    ran = run(capsys, "--json", "hj212", "decode", source, "--out", target, *words)
    lines = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
    return ran.code, ran.json, [json.loads(line) for line in lines]


def test_a_line_per_packet(tmp_path, capsys):
    code, report, lines = decoded(capsys, tmp_path, EXAMPLE_2017 + EXAMPLE_2025)
    assert code == 0
    assert (report["pieces"], report["accepted"], report["refused"]) == (2, 2, 0)
    assert set(lines[0]) >= FIELDS
    assert lines[0] | {"encrypted": False} == {
        "offset": 0,
        "length": 113,
        "accepted": True,
        "reason": None,
        "deviations": [],
        "edition": 2017,
        "encrypted": False,
        "header": {
            "QN": "20160801085857223",
            "ST": "32",
            "CN": "1062",
            "PW": "100000",
            "MN": "010000A8900016F000169DC0",
            "Flag": "5",
            "PNUM": None,
            "PNO": None,
            "RF": None,
        },
        "flag": {"version": 1, "A": True, "D": False},
        "cp": {"top": {"RtdInterval": "30"}, "factors": {}},
    }
    assert lines[1]["offset"] == 113


def test_refused_pieces_are_lines_and_make_exit_1(tmp_path, capsys):
    good = pack(upload(head=HEAD_2005))
    code, report, lines = decoded(
        capsys, tmp_path, b"noise" + good + good.replace(b"18.5", b"18.6") + good[:50]
    )
    assert code == 1
    assert [line["reason"] for line in lines] == ["noise", None, "crc", "truncated"]
    assert report["reasons"] == {"noise": 1, "crc": 1, "truncated": 1}
    assert sum(line["length"] for line in lines) == 5 + 2 * len(good) + 50


def test_strict(tmp_path, capsys):
    data = pack(upload()).lower()[:2] + pack(upload(), crc=None, end=b"\n")[2:]
    code, report, lines = decoded(capsys, tmp_path, data)
    assert (code, report["deviations"], lines[0]["accepted"]) == (0, {"end_lf": 1}, True)
    code, _, lines = decoded(capsys, tmp_path, data, "--strict")
    assert (code, lines[0]["accepted"], lines[0]["reason"]) == (1, False, "strict")
    assert lines[0]["deviations"] == ["end_lf"]


def test_key(tmp_path, capsys):
    data = binary("0295", CIPHER_2, "2200")
    assert decoded(capsys, tmp_path, data)[0] == 1
    code, _, lines = decoded(capsys, tmp_path, data, "--sm4-key", "30" * 16)
    assert code == 0
    assert lines[0]["cp"]["factors"]["a01014"]["Max"] == "3.212"


def test_published_packets(tmp_path, capsys):
    samples = published()
    code, report, _ = decoded(capsys, tmp_path, "".join(str(s["packet"]) for s in samples).encode())
    assert code == 1
    assert report["accepted"] == sum(bool(s["accepted"]) for s in samples)


def test_an_empty_file_is_an_empty_result(tmp_path, capsys):
    code, report, lines = decoded(capsys, tmp_path, b"")
    assert (code, report["pieces"], lines) == (0, 0, [])


@pytest.mark.parametrize("key", ["30", "zz" * 16])
def test_a_wrong_key_stops_before_anything_is_written(tmp_path, capsys, key):
    (tmp_path / "in.bin").write_bytes(EXAMPLE_2017)
    ran = run(capsys, "hj212", "decode", tmp_path / "in.bin", "--out", tmp_path / "o.jsonl", "--sm4-key", key)
    assert ran.code == 2
    assert "--sm4-key" in ran.err
    assert not (tmp_path / "o.jsonl").exists()


def test_unreadable_input(tmp_path, capsys):
    ran = run(capsys, "hj212", "decode", tmp_path / "none.bin", "--out", tmp_path / "o.jsonl")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot read" in ran.err


def test_what_a_pipe_gives_is_read_to_its_end(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(EXAMPLE_2017 * 3000,))
    writer.start()
    ran = run(capsys, "--json", "hj212", "decode", tmp_path / "pipe", "--out", tmp_path / "out.jsonl")
    writer.join()
    assert (ran.code, ran.json["accepted"]) == (0, 3000)


def test_a_pipe_that_gives_nothing_and_one_that_never_ends(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(raw_bytes, "PATIENCE", 0.01)
    monkeypatch.setattr(raw_bytes, "LONGEST_PIPE", 1000)
    os.mkfifo(tmp_path / "pipe")
    words = ("hj212", "decode", tmp_path / "pipe", "--out", tmp_path / "o.jsonl")
    assert "nothing came" in run(capsys, *words).err
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
        assert endless.stdout
        ran = run(capsys, *words[:2], f"/dev/fd/{endless.stdout.fileno()}", *words[3:])
        endless.kill()
    assert (ran.code, "gives more than" in ran.err) == (2, True)
    assert not (tmp_path / "o.jsonl").exists()


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_has_no_end(tmp_path, capsys, path):
    ran = run(capsys, "hj212", "decode", path, "--out", tmp_path / "o.jsonl")
    assert (ran.code, "neither a file nor a pipe" in ran.err) == (2, True)


def test_text_for_people(tmp_path, capsys):
    (tmp_path / "in.bin").write_bytes(EXAMPLE_2017 + b"xx")
    ran = run(capsys, "hj212", "decode", tmp_path / "in.bin", "--out", tmp_path / "o.jsonl")
    assert ran.out.splitlines()[:2] == ["2 pieces, 1 packets accepted, 1 refused", "  refused, noise: 1"]
