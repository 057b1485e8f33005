"""Each kind of bad input of the receiver: kept raw, answered by the right code or not at all, and on the device's page."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.archive import Archive
from bihuan.domain.timeaxis import CST
from bihuan.installation.marker import open_installation
from tests.feeds.hj212.packets import crc_of, pack
from tests.people import City
from tests.servers.loggers import Receiver, exported, upload

CASES = ("crc", "length", "password", "edition", "future", "past", "jump", "unknown", "gbk")
MN = {name: f"{n:024d}" for n, name in enumerate(CASES, 1)}
STRANGER = "9" * 24
UNANSWERED = ("crc", "password", "device")  # what is not taken stays with its sender


def local(hours: float = 0) -> str:
    """The clock on the wall, as a logger writes it."""
    return (datetime.now(CST) + timedelta(hours=hours)).strftime("%Y%m%d%H%M%S")


def momentary(name: str, time: str, qn: str = "", factors: str = "a21026-Rtd=18.5,a21026-Flag=N") -> bytes:
    """A packet of 2011 with a DataTime; QN is now unless said otherwise."""
    head = f"QN={qn or local()}000;ST=31;CN=2011;PW=123456;MN={MN[name]};Flag=5"
    return pack(f"{head};CP=&&DataTime={time};{factors}&&")


def chinese() -> bytes:
    """A log entry in GBK, as most loggers write it."""
    text = f"QN={local()}000;ST=31;CN=3020;PW=123456;MN={MN['gbk']};Flag=5;CP=&&DataTime={local()};i11001-Info=//更换滤芯//&&"
    segment = text.encode("gbk")
    return b"##%04d%s%s\r\n" % (len(segment), segment, crc_of(segment).encode())


def bad() -> dict[str, bytes]:
    """One bad packet of each kind."""
    good = upload(60, MN["length"])
    return {
        "crc": upload(60, MN["crc"])[:-6] + b"FFFE\r\n",
        "length": b"##%04d%s" % (int(good[2:6]) + 7, good[6:]),
        "password": upload(60, MN["password"], pw="654321"),
        "edition": upload(60, MN["edition"], flag=29),  # version 7: 2005 is 0, 2017 is 1, 2025 is 2
        "future": momentary("future", "20890301000000"),
        "past": momentary("past", "19990301000000"),
        "jump": momentary("jump", local(3), local(3)),
        "unknown": momentary("unknown", local(), factors="zz999-Rtd=7.5,zz999-Foo=abc"),
        "gbk": chinese(),
        "device": upload(60, STRANGER),
    }


@dataclass
class Sent:
    """What was sent, what came back, and what the receiver left on the disk."""

    packets: dict[str, bytes]
    answers: dict[str, list[dict[str, str]]]
    folder: Path
    state: Any


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """Each device sends a good packet, so that it is known, and then its bad one."""
    folder = tmp_path_factory.mktemp("bad") / "city"
    open_installation(folder, create=True)
    (folder / "devices.json").write_text(json.dumps({mn: {"password": "123456"} for mn in MN.values()}))
    packets, answers = bad(), {}
    with Receiver(folder) as receiver:
        for name, packet in packets.items():
            with receiver.client() as client:
                if name in MN:
                    assert client.ask(upload(0, MN[name]))["CN"] == "9014"
                client.send(packet)
                answers[name] = [] if name in UNANSWERED and client.silent() else client.answers(1)
        receiver.stop()
        state = receiver.state()
    return Sent(packets, answers, folder, state)


@pytest.mark.parametrize(
    ("name", "source"),
    [("crc", "hj212-refused:crc"), ("password", "hj212-refused:password"), ("device", f"hj212-parked:{STRANGER}")],
)  # fmt: skip
def test_what_is_not_taken_is_kept_raw_and_not_answered(sent: Sent, name: str, source: str) -> None:
    assert sent.answers[name] == []
    kept = {e.source: e.data for e in Archive(sent.folder / "archive").devices.journal.entries()}
    assert kept[source] == sent.packets[name]


@pytest.mark.parametrize("name", [n for n in CASES if n not in UNANSWERED])
def test_what_is_taken_is_kept_raw_and_answered_by_9014(sent: Sent, name: str) -> None:
    (answer,) = sent.answers[name]
    assert (answer["CN"], answer["MN"]) == ("9014", MN[name])
    assert sent.packets[name] in [e.data for e in Archive(sent.folder / "archive").devices.journal.entries()]


@pytest.mark.parametrize(
    ("name", "mark"),
    [("length", "length_wrong"), ("edition", "flag_version"), ("unknown", "vendor_field"), ("gbk", "text_gb18030"),
     ("future", "time_far_ahead"), ("past", "time_far_back")],
)  # fmt: skip
def test_what_leaves_the_standard_is_marked_on_its_device(sent: Sent, name: str, mark: str) -> None:
    assert sent.state["devices"][MN[name]]["deviations"][mark] == 1


@pytest.mark.parametrize(("name", "year"), [("future", 2089), ("past", 1999)])
def test_a_record_of_another_time_stands_under_the_time_that_it_names(
    sent: Sent, name: str, year: int
) -> None:
    rows = exported(
        sent.folder, "--mn", MN[name], "--from", f"{year}-01-01T00:00", "--to", f"{year}-12-31T00:00"
    )
    assert {t.year for t in rows["data_time"]} == {year}
    assert rows["value"].to_list() == ["18.5"]


def test_a_jump_of_the_clock_shows_as_drift(sent: Sent) -> None:
    assert sent.state["devices"][MN["jump"]]["behind"] == pytest.approx(-3 * 3600, abs=60)
    assert abs(sent.state["devices"][MN["gbk"]]["behind"]) < 60


@pytest.mark.django_db
def test_the_page_of_each_device_shows_what_was_wrong(
    sent: Sent, client: Client, city: City, settings: Any
) -> None:
    settings.DATA_DIR = sent.folder
    client.force_login(city.person("dispatcher", "140300"))
    says = {
        "crc": "坏包", "length": "长度与数据段不符", "password": "坏包", "edition": "flag_version", "jump": f"{sent.state['devices'][MN['jump']]['behind']:.1f}",
        "unknown": "vendor_field", "future": "数据时间超前", "past": "数据时间早于", "gbk": "更换滤芯",
    }  # fmt: skip
    for name, text in says.items():
        shown = client.get(reverse("logger"), {"mn": MN[name]}).content.decode()
        assert text in shown, name
    assert STRANGER in client.get(reverse("loggers"), {"tab": "parked"}).content.decode()
