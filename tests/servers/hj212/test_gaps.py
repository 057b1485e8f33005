"""Missing hours and minutes of the last day: which they are, and that they are asked for after a device came back."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from bihuan.archive import Archive
from bihuan.loggers.commands import Spool
from bihuan.servers.hj212.ask.gaps import Span, gaps, minute_step
from bihuan.servers.hj212.devices import Seen
from tests.feeds.hj212.packets import pack
from tests.servers.loggers import MN, Receiver, until_true

CST = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 2, 10, 20, tzinfo=CST)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=CST)


def seen(first: datetime) -> Seen:
    return Seen(first.astimezone(UTC), NOW.astimezone(UTC))


def test_missing_hours_are_spans_of_the_last_24() -> None:
    # At 10:20 the newest hour that must be there is 09:00; the last 24 are 1st 10:00 ... 2nd 09:00.
    device = seen(at(1, 0))
    for hour in range(24):
        if hour not in (3, 4, 20):
            device.note_time("2061", f"{at(1, 10) + timedelta(hours=hour):%Y%m%d%H%M%S}")
    assert gaps(device, NOW.astimezone(UTC)) == [
        Span("fetch_hours", at(1, 13), at(1, 14)),
        Span("fetch_hours", at(2, 6), at(2, 6)),
    ]
    assert gaps(device, NOW.astimezone(UTC))[0].cp == {
        "BeginTime": "20260301130000",
        "EndTime": "20260301140000",
    }


def test_missing_minutes_by_the_interval_that_the_device_keeps() -> None:
    device = seen(at(2, 8))
    for minute in (0, 10, 20, 50):  # of 08; nothing of 09
        device.note_time("2051", f"{at(2, 8, minute):%Y%m%d%H%M%S}")
    assert gaps(device, NOW.astimezone(UTC)) == [
        Span("fetch_minutes", at(2, 8, 30), at(2, 8, 40)),
        Span("fetch_minutes", at(2, 9, 0), at(2, 9, 50)),
    ]
    assert minute_step(device.ever["2051"]) == 10


def test_the_newest_hour_is_not_missed_before_a_quarter_past() -> None:
    device = seen(at(2, 8))
    device.note_time("2061", "20260302080000")
    assert gaps(device, at(2, 10, 14)) == []
    assert gaps(device, at(2, 10, 15)) == [Span("fetch_hours", at(2, 9), at(2, 9))]


def test_nothing_is_missed_of_what_a_device_never_sends_or_before_it_was_known() -> None:
    device = seen(at(2, 9, 1))  # its first whole hour is 10
    device.note_time("2011", "20260302090500")
    assert gaps(device, NOW) == []
    device.note_time("2061", "20260302090000")
    assert gaps(device, NOW) == []


def test_a_broken_time_counts_for_nothing_and_old_hours_are_forgotten() -> None:
    device = seen(at(1, 0))
    for text in ("", "2026", "20260302099900", "xxxxxxxxxxxxxx", "2026030x0810", "20990101000000"):
        device.note_time("2061", text)
    device.note_time("2061", "20260301070000")
    device.note_time("2061", "20260302080000")
    device.forget(NOW)
    assert list(device.came["2061"]) == ["2026030208"]


def test_a_device_that_comes_back_is_asked_for_the_hours_it_has_not_sent(tmp_path: Path) -> None:
    folder, now = tmp_path / "city", datetime.now(CST)
    newest = (now - timedelta(minutes=15)).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)

    def hour(back: int) -> bytes:
        time = f"{newest - timedelta(hours=back):%Y%m%d%H%M%S}"
        return pack(
            f"QN={time}000;ST=31;CN=2061;PW=123456;MN={MN};Flag=5;CP=&&DataTime={time};a21026-Avg=1.0,a21026-Flag=N&&"
        )

    def fetched() -> list[dict[str, str]]:
        return [c.cp for c in Spool(Archive(folder / "archive").devices.folder).of(MN) if c.by == "系统"]

    with Receiver(folder, "--open") as receiver, receiver.client() as client:
        client.send(hour(5) + hour(4) + hour(1) + hour(0))
        assert len(client.answers(4)) == 4
        receiver.stop()
    state = folder / "archive" / "devices" / "state.json"  # as if it were known for a day
    early = f"{now - timedelta(days=2):%Y-%m-%dT%H:%M:%S}+08:00"
    state.write_text(re.sub(r'"first": "[^"]*"', f'"first": "{early}"', state.read_text()))
    with Receiver(folder, "--open", "--fetch-after", "0.5") as receiver, receiver.client() as client:
        assert client.ask(hour(0))["CN"] == "9014"
        until_true(lambda: len(fetched()) >= 1)
        assert fetched() == [
            {
                "BeginTime": f"{newest - timedelta(hours=23):%Y%m%d%H%M%S}",
                "EndTime": f"{newest - timedelta(hours=6):%Y%m%d%H%M%S}",
            }
        ]
        request = client.answers(1)[0]
        assert request["CN"] == "2061"
        assert client.silent(1.5)  # one at a time
        client.send(pack(f"QN={request['QN']};ST=91;CN=9012;PW=123456;MN={MN};Flag=4;CP=&&ExeRtn=100&&"))
        until_true(lambda: len(fetched()) == 2)
        assert fetched()[0]["BeginTime"] == f"{newest - timedelta(hours=3):%Y%m%d%H%M%S}"
        assert fetched()[0]["EndTime"] == f"{newest - timedelta(hours=2):%Y%m%d%H%M%S}"
