"""Records go upward once each, whatever the platform above does: dies, refuses, is slow, is away."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bihuan.archive import Archive
from bihuan.archive.journal import Journal
from bihuan.cli import main
from bihuan.errors import NothingDone
from bihuan.installation.marker import open_installation
from bihuan.loggers.forward import ledger_file, read_targets
from bihuan.loggers.forward_ledger import Ledger
from bihuan.loggers.reconcile import report
from bihuan.pipeline.packets import store_all
from bihuan.servers.hj212.forward.forwarder import Forwarder
from bihuan.servers.hj212.forward.link import Waits
from tests.feeds.hj212.packets import pack
from tests.servers.hj212.upper import Upper, header_of
from tests.servers.loggers import MN, Receiver, exported, seconds_of, until_true, upload

OTHER = "B" * 24
NOW = datetime(2026, 3, 2, tzinfo=UTC)
QUICK = Waits(connect=2, answer=0.3, resends=1, pause=0.02, longest=0.1)


@pytest.fixture
def upper() -> Iterator[Upper]:
    with Upper() as one:
        yield one


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return open_installation(tmp_path / "city", create=True)


def journal(city: Path) -> Journal:
    return Archive(city / "archive").devices.journal


def keep(city: Path, *packets: bytes) -> None:
    """As the receiver journals what it has answered."""
    journal(city).append_many([("hj212:10.0.0.9:5000", packet, NOW) for packet in packets])


def aim(city: Path, port: int, **more: object) -> None:
    said = {"name": "省厅", "host": "127.0.0.1", "port": port, "edition": 2017, "password": "888888", **more}
    (city / "forward.json").write_text(json.dumps({"targets": [said]}), encoding="utf-8")


def forward_until(city: Path, holds: Callable[[Ledger], bool], waits: Waits = QUICK) -> Ledger:
    """Send on until it holds."""
    (target,) = read_targets(city / "forward.json")
    devices = Archive(city / "archive").devices
    ledger = Ledger(ledger_file(devices, target))

    async def work() -> None:
        task = asyncio.create_task(Forwarder(target, devices, ledger, waits).run())
        async with asyncio.timeout(20):
            while not holds(ledger) and not task.done():
                await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(work())
    return ledger


def accepted(ledger: Ledger, day: str = "2026-03-01") -> int:
    return sum(said.get("accepted", 0) for said in ledger.counts(day).values())


def test_a_record_goes_up_in_the_targets_edition_with_its_password_and_its_name_of_the_device(
    city: Path, upper: Upper
) -> None:
    # Flag: version bits of 2017 (4) and A (1). CP stays as it came; QN stays the device's.
    aim(city, upper.port, map={MN: "9" * 24})
    keep(city, upload(7, edition=2025))
    forward_until(city, lambda ledger: accepted(ledger) == 1)
    assert list(upper.got) == [
        f"QN=20260301000007000;ST=31;CN=2011;PW=888888;MN={'9' * 24};Flag=5;"
        "CP=&&DataTime=20260301000007;a21026-Rtd=18.5,a21026-Flag=N;a34013-Rtd=4.2,a34013-Flag=N&&"
    ]


def test_filters_of_device_system_command_and_factor(city: Path, upper: Upper) -> None:
    aim(city, upper.port, mn=["0100*"], cn=["2051"], codes=["a34013"], st=["31"])
    water = upload(4, cn="2051").replace(b"ST=31", b"ST=32")
    keep(city, upload(1), upload(2, cn="2051"), upload(3, OTHER, cn="2051"), pack(water[6:-6]))
    keep(city, pack(upload(5, cn="2051")[6:-6].replace(b"a34013", b"a34001")), upload(6, cn="2051"))
    forward_until(city, lambda ledger: accepted(ledger) == 2)
    contents = [segment.split("CP=")[1] for segment in upper.got]
    assert contents == [f"&&DataTime=2026030100000{n};a34013-Rtd=4.2,a34013-Flag=N&&" for n in (2, 6)]


def test_a_platform_that_dies_again_and_again_gets_everything_and_each_packet_counts_once(
    city: Path, upper: Upper
) -> None:
    aim(city, upper.port)
    upper.dies_after = 7  # of a connection: fewer than a window
    keep(city, *(upload(second) for second in range(60)))
    ledger = forward_until(city, lambda ledger: accepted(ledger) >= 60)
    assert (accepted(ledger), ledger.held()) == (60, 0)
    assert len(upper.answered) == 60
    assert upper.connections >= 60 // 7


def test_what_is_refused_is_held_and_goes_up_when_the_platform_has_changed_its_mind(
    city: Path, upper: Upper, monkeypatch: pytest.MonkeyPatch
) -> None:
    aim(city, upper.port)
    upper.refuses = {OTHER: 4}  # QnRtn 4: MN is wrong
    keep(city, upload(1), upload(1, OTHER), upload(2))
    ledger = forward_until(city, lambda ledger: accepted(ledger) == 2)
    assert ledger.counts("2026-03-01") == {(MN, "2011"): {"accepted": 2}, (OTHER, "2011"): {"refused": 1}}
    before = upper.got.total()
    keep(city, upload(3))
    forward_until(city, lambda ledger: accepted(ledger) == 3)
    assert upper.got.total() == before + 1  # its time has not come: a minute after the refusal
    upper.refuses = {}
    later = time.time() + 61
    monkeypatch.setattr("bihuan.servers.hj212.forward.forwarder.time.time", lambda: later)
    ledger = forward_until(city, lambda ledger: accepted(ledger) == 4)
    assert ledger.held() == 0


def test_a_packet_that_alone_is_never_answered_does_not_hold_up_the_others(city: Path, upper: Upper) -> None:
    aim(city, upper.port)
    upper.deaf = {OTHER}
    keep(city, upload(1, OTHER), *(upload(second) for second in range(5)))
    ledger = forward_until(city, lambda ledger: accepted(ledger) == 5)
    assert ledger.counts("2026-03-01")[OTHER, "2011"] == {"unanswered": 1}
    assert max(upper.got.values()) == 1 + QUICK.resends  # the same packet, QN included


def test_a_slow_platform_is_waited_for_as_long_as_it_goes_on_answering(city: Path, upper: Upper) -> None:
    aim(city, upper.port)
    upper.slow = 0.05  # 30 packets take 1.5 s, far more than the 0.3 s of one answer
    keep(city, *(upload(second) for second in range(30)))
    forward_until(city, lambda ledger: accepted(ledger) == 30)
    assert upper.got.total() == 30
    assert upper.connections == 1


def test_a_platform_that_is_away_gets_it_later(city: Path) -> None:
    with Upper() as gone:
        port = gone.port
    aim(city, port)
    keep(city, upload(1))
    ledger = forward_until(city, lambda ledger: "trouble" in ledger.said())
    assert (accepted(ledger), ledger.position()) == (0, 0)


def test_other_requests_from_above_are_declined(city: Path, upper: Upper) -> None:
    # 9011 with QnRtn=2 (refused): devices are asked on the city's own page.
    aim(city, upper.port)
    take = upper.take

    def ask(link, segment: str) -> None:
        take(link, segment)
        if not header_of(segment)["CN"].startswith("9"):
            asks = f"QN=20260301000000123;ST=31;CN=1011;PW=888888;MN={MN};Flag=5;CP=&&&&"
            link.sendall(pack(asks))

    upper.take = ask
    keep(city, upload(1))
    forward_until(city, lambda _: bool(upper.replies))
    assert upper.replies == [
        f"QN=20260301000000123;ST=91;CN=9011;PW=888888;MN={MN};Flag=4;CP=&&QnRtn=2&&",
    ]


def test_history_that_the_platform_asks_for_is_sent_again_and_counts_nothing(
    city: Path, upper: Upper
) -> None:
    # HJ 212-2017 tables C.47 to C.50: 9011, each record as an upload of its own QN, 9012 with the request's QN.
    aim(city, upper.port, map={MN: "9" * 24}, cn=["2011", "2051"])
    keep(city, *(upload(60 * n, cn="2051") for n in range(6)), upload(60))
    store_all(Archive(city / "archive"))
    ledger = forward_until(city, lambda ledger: accepted(ledger) == 7)
    take, asked = upper.take, "QN=20260302000000123;ST=31;CN=2051;PW=888888;MN=" + "9" * 24 + ";Flag=5;CP=&&"
    spans = [
        "BeginTime=20260301000100,EndTime=20260301000300",
        "BeginTime=20260302000000,EndTime=20260302000300",
    ]

    def ask(link, segment: str) -> None:
        take(link, segment)
        if header_of(segment)["CN"] == "2011":
            link.sendall(b"".join(pack(f"{asked}{span}&&") for span in spans))

    upper.take = ask
    upper.got.clear()
    keep(city, upload(500))
    forward_until(city, lambda _: len(upper.replies) == 4)
    again = [segment.split("DataTime=")[1][:14] for segment in upper.got if "CN=2051" in segment]
    assert again == ["20260301000100", "20260301000200", "20260301000300"]
    told = [
        (header_of(reply)["QN"][-3:], header_of(reply)["CN"], reply.split("&&")[1]) for reply in upper.replies
    ]
    assert told == [
        ("123", "9011", "QnRtn=1"),
        ("123", "9012", "ExeRtn=1"),
        ("123", "9011", "QnRtn=1"),
        ("123", "9012", "ExeRtn=100"),
    ]
    assert accepted(ledger) == 8


def test_long_content_goes_up_in_parts_each_answered_by_itself(city: Path, upper: Upper) -> None:
    # 30 factors of 48 bytes are more than the 950 bytes of CP: two parts, each with DataTime and a QN of its own.
    aim(city, upper.port)
    factors = ";".join(
        f"w{20000 + n}-Rtd=1.23456789,w{20000 + n}-Flag=N,w{20000 + n}-EFlag=x" for n in range(30)
    )
    head = f"QN=20260301000007000;ST=32;CN=2011;PW=123456;MN={MN};Flag=5;"
    keep(city, pack(f"{head}CP=&&DataTime=20260301000007;{factors}&&"))
    forward_until(city, lambda ledger: accepted(ledger) == 2)
    heads = [header_of(segment) for segment in upper.got]
    assert [(h["QN"], h["Flag"], h["PNUM"], h["PNO"]) for h in heads] == [
        ("20260301000007000", "7", "2", "1"),
        ("20260301000007001", "7", "2", "2"),
    ]
    contents = [segment.split("CP=&&DataTime=20260301000007;")[1][:-2] for segment in upper.got]
    assert ";".join(contents) == factors
    assert all(len(segment.split("CP=")[1]) <= 950 for segment in upper.got)


def test_a_packet_without_qn_gets_one_that_stays_the_same(city: Path, upper: Upper) -> None:
    aim(city, upper.port)
    upper.dies_after = 0
    keep(city, pack(f"ST=31;CN=2011;PW=123456;MN={MN};CP=&&DataTime=20260301000007;01-Rtd=1.0&&"))
    forward_until(city, lambda _: upper.connections >= 3)
    upper.dies_after = None
    forward_until(city, lambda ledger: accepted(ledger) == 1)
    (segment,) = upper.got
    assert header_of(segment)["QN"].startswith("20260301000007")


def test_the_days_account_names_what_was_stored_sent_accepted_refused_pending_and_what_the_target_has(
    city: Path, upper: Upper, capsys: pytest.CaptureFixture[str]
) -> None:
    aim(city, upper.port)
    upper.refuses = {OTHER: 4}
    keep(city, *(upload(60 * n, cn="2051") for n in range(5)), upload(0, OTHER), upload(0, OTHER, cn="2051"))
    forward_until(city, lambda ledger: ledger.held() == 2 and accepted(ledger) == 5)
    keep(city, upload(300, cn="2051"))  # not sent yet
    store_all(Archive(city / "archive"))
    upper.history[MN, "2051"] = [f"2026030100{n:02d}00" for n in range(4)]  # one is lost above
    words = ["--data", str(city), "hj212", "forward", "--report", "2026-03-01", "--ask", "--answer-wait", "2"]
    assert main([*words, "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["totals"] == {"stored": 8, "sent": 7, "accepted": 5, "refused": 2, "pending": 1}
    rows = {(row["mn"], row["cn"]): row for row in said["rows"]}
    first = rows[MN, "2051"]
    assert [first[k] for k in ("stored", "sent", "accepted", "pending")] == [6, 5, 5, 1]
    assert [first[k] for k in said["units"]["records"]] == [6, 4]
    assert rows[OTHER, "2051"]["upper"] is None  # it declined to say
    assert not any(row["agrees"] for row in rows.values())


def test_without_a_platform_above_nothing_is_done(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--report", "2026-03-01"]):
        assert main(["--data", str(city), "hj212", "forward", *words]) == 2
        assert "forward.json" in capsys.readouterr().err


def test_an_account_that_agrees(city: Path, upper: Upper) -> None:
    aim(city, upper.port)
    keep(city, upload(0, cn="2061"), upload(0, cn="2061"))  # a resend: two packets, one record
    ledger = forward_until(city, lambda ledger: accepted(ledger) == 2)
    archive = Archive(city / "archive")
    store_all(archive)
    ledger.note_upper("2026-03-01", MN, "2061", 1)
    (row,) = report(archive.devices, read_targets(city / "forward.json")[0], date(2026, 3, 1))
    assert (row["stored"], row["accepted"], row["upper"], row["agrees"]) == (1, 2, 1, True)


def test_a_packet_of_several_data_times_counts_as_one_packet_and_several_records(
    city: Path, upper: Upper
) -> None:
    aim(city, upper.port)
    times = "DataTime=20260301235900;a01001-Rtd=1.0,a01001-Flag=N;DataTime=20260302000000;a01001-Rtd=2.0,a01001-Flag=N"
    head = f"QN=20260301235900000;ST=31;CN=2011;PW=123456;MN={MN};Flag=5;"
    keep(city, pack(f"{head}CP=&&{times}&&"), upload(0))
    ledger = forward_until(city, lambda ledger: accepted(ledger) == 2)
    archive = Archive(city / "archive")
    store_all(archive)
    ledger.note_upper("2026-03-01", MN, "2011", 2)
    (target,) = read_targets(city / "forward.json")
    (row,) = report(archive.devices, target, date(2026, 3, 1))
    assert [row[k] for k in ("stored", "accepted", "records", "upper", "agrees")] == [2, 2, 2, 2, True]
    (after,) = report(archive.devices, target, date(2026, 3, 2))
    assert [after[k] for k in ("stored", "accepted", "records")] == [0, 0, 1]


@pytest.mark.parametrize(
    "said",
    [
        "[]",
        '{"targets": [{"name": "a"}]}',
        '{"targets": [{"name": "a", "host": "h", "port": 1, "edition": 2018, "password": ""}]}',
        '{"targets": [%s, %s]}'
        % (2 * ('{"name": "a", "host": "h", "port": 1, "edition": 2017, "password": ""}',)),
    ],
)
def test_a_file_that_cannot_be_understood_is_named(tmp_path: Path, said: str) -> None:
    (tmp_path / "forward.json").write_text(said)
    with pytest.raises(NothingDone, match=r"forward\.json"):
        read_targets(tmp_path / "forward.json")


def _start(city: Path) -> subprocess.Popen[str]:
    words = ["--data", str(city), "hj212", "forward", "--longest-pause", "0.5"]
    return subprocess.Popen(
        [sys.executable, "-m", "bihuan.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_from_the_logger_to_the_next_bihuan_with_kills_in_between(tmp_path: Path) -> None:
    """A receiver below, the forwarding process killed twice, a receiver above: every record is above once."""
    below, above, count = tmp_path / "below", tmp_path / "above", 600
    with Receiver(below, "--open") as city, Receiver(above, "--open") as province:
        aim(below, province.port)
        with city.client() as client:
            client.send(b"".join(upload(second) for second in range(count)))
            assert client.count(count) == count
        for _ in range(2):
            child = _start(below)
            assert child.stdout
            child.stdout.readline()
            time.sleep(0.15)
            child.kill()
            child.wait()
            child.stdout.close()
        child = _start(below)
        assert child.stdout
        child.stdout.readline()  # it listens to signals from here on; all may have arrived before
        (target,) = read_targets(below / "forward.json")
        ledger = Ledger(ledger_file(Archive(below / "archive").devices, target))
        until_true(lambda: accepted(ledger) == count)
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0
        child.stdout.close()
        assert province.stop() == 0
    assert seconds_of(exported(above)) == list(range(count))
