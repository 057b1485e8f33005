"""Loggers on the wire: with a real receiver through cuts, and with a platform that asks."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive import Archive
from bihuan.archive.devices import KEY
from bihuan.feeds.hj212 import Piece, decode_stream
from bihuan.feeds.hj212.encode import command, data_answer
from bihuan.installation.marker import open_installation
from bihuan.simulate.plants import __main__ as main
from bihuan.simulate.plants.__main__ import register_of
from bihuan.simulate.plants.client import Counts, Logger, Trouble, Unanswered
from bihuan.simulate.plants.dialects import Dialect
from bihuan.simulate.plants.packets import stamp
from bihuan.simulate.plants.records import records
from bihuan.simulate.plants.register import Outlet, make_plants, outlets_of
from bihuan.simulate.plants.sending import AnyOutlet
from bihuan.simulate.plants.sewage.register import make_sewers
from tests.servers.loggers import Receiver
from tests.simulate.plants.test_packets import outlet_of
from tests.simulate.plants.worlds import DAY, HONEST, MIDNIGHT

PLAIN = Dialect(frozenset(), qn=True)
ODD = {
    2005: Dialect(frozenset({"crc_modbus", "end_lf"}), qn=False),
    2017: Dialect(frozenset({"semicolon_before_crc", "part_in_cp"}), qn=True),
    2025: Dialect(frozenset({"length_digits"}), qn=True),
}


def test_a_day_of_three_generations_through_cuts_is_stored_exactly_once(tmp_path: Path) -> None:
    folder, counts = tmp_path / "city", Counts()
    open_installation(folder, create=True)
    (folder / "devices.json").write_text(json.dumps(register_of(HONEST)))
    trouble = Trouble(cut=0.002, split=0.05, garbage=0.005)
    outlets = [outlet_of(edition) for edition in ODD]
    with Receiver(folder) as receiver:
        loggers = [
            Logger(HONEST, o, MIDNIGHT, MIDNIGHT + DAY, counts=counts, trouble=trouble, dialect=ODD[o.device.edition])
            for o in outlets
        ]  # fmt: skip
        assert asyncio.run(main.talk(loggers, "127.0.0.1", receiver.port)) == []
        assert receiver.stop() == 0
    assert counts.cuts >= 3
    assert counts.connections == counts.cuts + 3
    assert counts.packets == counts.answers + counts.resent
    history = Archive(folder / "archive").devices.history().collect()
    assert history.height == history.unique(KEY).height  # nothing came twice as something else
    # only of logs; PNUM and PNO in CP belong to the header
    assert set(history.filter(code="")["field"]) == {"PolId"}
    for outlet in outlets:
        expected = {
            (r.cn, r.data_time, *key.rsplit("-", 1), value)
            for r in records(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + DAY, ODD[outlet.device.edition])
            for item in r.content()
            for key, value in item
            if "-" in key and not key.endswith("-Flag")
        }
        rows = history.filter(pl.col("site") == outlet.device.mn, pl.col("code") != "").select(
            "cn", "start", "code", "field", "value"
        )
        assert rows.height == len(expected) > 15_000
        assert set(rows.iter_rows()) == expected


class Platform:
    """A platform that answers data and may ask; it keeps what comes."""

    def __init__(self, requests: Sequence[bytes] = (), *, mute_until: int = 0) -> None:
        self.requests, self.mute_until = requests, mute_until
        self.pieces: list[Piece] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for request in self.requests:
            writer.write(request)
        while data := await reader.read(1 << 16):
            for piece in decode_stream(data):  # every write of the logger is whole packets here
                self.pieces.append(piece)
                assert piece.accepted, piece
                if piece.flag.A and len(self.pieces) > self.mute_until:
                    writer.write(data_answer(piece.header, piece.edition or 0))
        writer.close()


def converse(platform: Platform, logger: Logger) -> None:
    async def both() -> None:
        server = await asyncio.start_server(platform.serve, "127.0.0.1", 0)
        async with server:
            await asyncio.wait_for(logger.run("127.0.0.1", server.sockets[0].getsockname()[1]), 20)
            await asyncio.sleep(0.05)

    asyncio.run(both())


def asked(outlet: AnyOutlet, *requests: tuple[str, dict[str, str]], pw: str | None = None) -> list[bytes]:
    """Requests with the QNs ...001, ...002 and so on."""
    device = outlet.device
    return [
        command(
            name, qn=f"20260302050000{n:03d}", st="31", pw=pw or device.password, mn=device.mn,
            edition=device.edition, cp=cp,
        )
        for n, (name, cp) in enumerate(requests, 1)
    ]  # fmt: skip


def replies(platform: Platform, number: int) -> list[tuple[str | None, dict[str, str]]]:
    """Answers that carry the QN of a request: command and content."""
    return [
        (piece.header["CN"], piece.cp["top"])
        for piece in platform.pieces
        if piece.header["QN"] == f"20260302050000{number:03d}"
    ]


def evening(outlet: Outlet, *, minutes: int = 5) -> Logger:
    """A logger with a few records to send just after noon of the day (the hour from noon on is not among them)."""
    begin = MIDNIGHT + timedelta(hours=12, minutes=1)
    return Logger(HONEST, outlet, begin, begin + timedelta(minutes=minutes), counts=Counts(), dialect=PLAIN)


def uploads(platform: Platform, cn: str) -> list[Piece]:
    return [piece for piece in platform.pieces if piece.header["CN"] == cn]


@pytest.mark.parametrize("edition", [2005, 2017, 2025])
def test_clock_and_interval_are_read_and_set(edition: int) -> None:
    outlet = outlet_of(edition)
    requests = [
        ("read_clock", {}),
        ("set_realtime_interval", {"RtdInterval": "90"}),
        ("read_realtime_interval", {}),
        ("set_clock", {"SystemTime": "20260302130000"}),
        ("read_clock", {}),
    ]
    platform, logger = Platform(asked(outlet, *requests)), evening(outlet)
    converse(platform, logger)
    for number in range(1, 6):
        assert replies(platform, number) == [("9011", {"QnRtn": "1"}), ("9012", {"ExeRtn": "1"})]
    assert [p.cp["top"]["RtdInterval"] for p in uploads(platform, "1061")] == ["90"]
    first, second = (p.cp["top"]["SystemTime"] for p in uploads(platform, "1011"))
    assert (first[:10], second[:10]) == ("2026030212", "2026030213")


def test_history_is_fetched_record_by_record_with_the_end_included() -> None:
    outlet = outlet_of(2017)
    span = {"BeginTime": "20260302030000", "EndTime": "20260302070000"}
    platform = Platform(asked(outlet, ("fetch_hours", span), ("fetch_minutes", {"BeginTime": "20270101000000", "EndTime": "20270101010000"})))  # fmt: skip
    converse(platform, evening(outlet))
    times = [p.cp["top"]["DataTime"] for p in uploads(platform, "2061")]
    assert sorted(set(times)) == [f"2026030{2}{hour:02d}0000" for hour in range(3, 8)]
    assert replies(platform, 1) == [("9011", {"QnRtn": "1"}), ("9012", {"ExeRtn": "1"})]
    assert replies(platform, 2) == [("9011", {"QnRtn": "1"}), ("9012", {"ExeRtn": "100"})]


def test_a_wrong_password_is_refused_and_a_new_one_is_used_from_then_on() -> None:
    outlet = outlet_of(2017)
    wrong = Platform(asked(outlet, ("set_password", {"NewPW": "777777"}), pw="000000"))
    converse(wrong, evening(outlet))
    assert replies(wrong, 1) == [("9011", {"QnRtn": "3"})]
    right, logger = (
        Platform(asked(outlet, ("set_password", {"NewPW": "777777"}))),
        evening(outlet, minutes=90),
    )
    converse(right, logger)
    assert logger.settings.password == "777777"
    assert [p.header["PW"] for p in replies_raw(right, 1)] == [outlet.device.password] * 2


def replies_raw(platform: Platform, number: int) -> list[Piece]:
    return [p for p in platform.pieces if p.header["QN"] == f"20260302050000{number:03d}"]


def test_calibration_flags_the_minutes_after_it_and_a_sample_is_kept_in_the_next_bottle() -> None:
    outlet = outlet_of(2017)
    platform = Platform(
        asked(outlet, ("calibrate", {"PolId": "a21026"}), ("keep_sample", {}), ("keep_sample", {}))
    )
    begin = MIDNIGHT + timedelta(hours=12)
    clock = Clock(begin, 600)
    logger = Logger(
        HONEST, outlet, begin, begin + timedelta(minutes=25), counts=Counts(), dialect=PLAIN, clock=clock
    )
    converse(platform, logger)
    assert [p.cp["top"]["VaseNo"] for p in uploads(platform, "3015")] == ["1", "2"]
    flags = {p.cp["top"]["DataTime"]: p.cp["factors"]["a21026"]["Flag"] for p in uploads(platform, "2051")}
    calibrated = [time for time, flag in flags.items() if flag == "C"]
    assert 8 <= len(calibrated) <= 13
    assert flags["20260302122200"] == "N"


def test_unknown_requests_are_refused() -> None:
    outlet = outlet_of(2017)
    platform = Platform(asked(outlet, ("start_states", {})))
    converse(platform, evening(outlet))
    assert replies(platform, 1) == [("9011", {"QnRtn": "8"})]


def test_what_is_not_answered_is_sent_again_unchanged() -> None:
    outlet = outlet_of(2017)
    platform, logger = Platform(mute_until=3), evening(outlet, minutes=3)
    logger.settings.overtime = 0.3
    converse(platform, logger)
    assert logger.counts.resent == 3
    numbers = [p.header["QN"] for p in uploads(platform, "2051")]
    assert len(numbers) == 6
    assert len(set(numbers)) == 3


def test_a_platform_that_never_answers_is_given_up() -> None:
    logger = evening(outlet_of(2017), minutes=2)
    logger.settings.overtime, logger.settings.resends = 0.01, 1
    with pytest.raises(Unanswered):
        converse(Platform(mute_until=1000), logger)
    assert logger.counts.gave_up == 1


class Clock:
    """A clock that shows `begin` at its first look and runs `speed` times as fast as ours."""

    def __init__(self, begin: datetime, speed: float) -> None:
        self.begin, self.speed, self.first = begin, speed, datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.begin + (datetime.now(UTC) - self.first) * self.speed


def test_a_fast_clock_decides_what_is_due() -> None:
    outlet = outlet_of(2017)
    begin = MIDNIGHT + timedelta(hours=12)
    clock = Clock(begin, 3600)
    logger = Logger(HONEST, outlet, begin, begin + timedelta(hours=2), counts=Counts(), dialect=PLAIN, clock=clock, with_realtime=True)  # fmt: skip
    platform = Platform()
    converse(platform, logger)
    assert clock() >= begin + timedelta(hours=2)
    assert 118 <= len(uploads(platform, "2051")) <= 120
    moments = uploads(platform, "2011")
    assert {p.cp["factors"]["a21026"]["Rtd"] for p in moments} <= {p.cp["factors"]["a21026"]["Avg"] for p in uploads(platform, "2051")}  # fmt: skip
    assert len(moments) > 30


def test_what_a_cut_left_unsent_is_marked_as_backfill_in_2025_and_comes_after_the_new() -> None:
    outlet = outlet_of(2025)
    begin = MIDNIGHT + timedelta(hours=12, minutes=1)
    now = begin + timedelta(hours=1)
    logger = Logger(
        HONEST, outlet, begin, now - timedelta(minutes=2), counts=Counts(), dialect=PLAIN, clock=lambda: now
    )
    platform = Platform()
    converse(platform, logger)
    found = [(p.header["RF"], p.cp["top"]["DataTime"]) for p in uploads(platform, "2051")]
    late = [time for again, time in found if again == "1"]
    assert 47 <= len(late) <= 50
    assert {time for again, time in found if again is None} >= {
        stamp(now - timedelta(minutes=k)) for k in (5, 6)
    }
    assert found[0][0] is None
    assert found[-1][0] == "1"


def test_the_command_writes_the_register_and_refuses_a_fast_run_without_end(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "bihuan.simulate.plants", "--port", "1", "--plants", "6"]
    file = tmp_path / "devices.json"
    subprocess.run([*words, "--devices", str(file), "--from", "2026-01-01"], check=True, timeout=60)
    plants = make_plants(2019, 6)
    assert set(json.loads(file.read_text())) == {
        *(o.device.mn for o in outlets_of(plants)),
        *(s.device.mn for s in make_sewers(plants)),
    }
    refused = subprocess.run([*words, "--fast"], check=False, capture_output=True, text=True, timeout=60)
    assert (refused.returncode, refused.stderr) == (2, "--fast needs --to\n")


@pytest.mark.parametrize("last", [timedelta(hours=9), timedelta(hours=-1)])
def test_a_replay_set_to_another_time_is_seen_and_its_usual_pace_is_not(last, monkeypatch):
    """At 3600 times the real pace an hour passes in a second; a choice in the replay bar moves by days, either way."""
    start = datetime(2019, 1, 11, tzinfo=UTC)
    times = [start, start + timedelta(hours=1), start + timedelta(hours=2), start + last, start]
    monkeypatch.setattr(main.clock, "now", lambda: times.pop(0))

    async def at_once(_seconds: float) -> None:
        return None

    monkeypatch.setattr(main.asyncio, "sleep", at_once)
    asyncio.run(main.jump())
    assert times == [start]
