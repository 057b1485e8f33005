"""Roots of the log: kept by day, read again, and held against a log that is another one, shorter, or empty."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import RequestFactory

from bihuan.errors import NothingDone
from bihuan.registry import anchors
from bihuan.registry.addresses import address_of
from bihuan.registry.anchors import Root, keep, kept, printed, read, root, write
from bihuan.registry.audit import record
from bihuan.registry.log import LogEntry
from bihuan.registry.log_check import check_log, check_root
from bihuan.registry.models import AuditEntry

HEAD = "ab" * 32


def entries(count: int) -> None:
    for n in range(count):
        record(None, "person.add", f"p{n}")


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let the real time of roots stand."""

    class Stands(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return moment

    monkeypatch.setattr(anchors, "datetime", Stands)


def test_a_kept_root_is_read_as_it_was_written(db: None, tmp_path: Path) -> None:
    entries(3)
    path = keep(tmp_path)
    found = read(path)
    assert (found.entries, found.head) == (3, LogEntry.objects.get(seq=3).hash)
    assert datetime.fromisoformat(found.at).tzinfo is not None
    assert list(check_root(found)) == []


def test_a_root_goes_on_holding_while_the_log_grows(db: None, tmp_path: Path) -> None:
    entries(2)
    early = root()
    entries(5)
    assert list(check_root(early)) == []
    assert list(check_root(root())) == []


def test_one_file_a_day_and_the_newest_of_the_day_stays(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    for hours, count in ((0, 1), (0.9, 1), (1, 1), (30, 1)):
        entries(count)
        at(monkeypatch, day + timedelta(hours=hours))
        keep(tmp_path)
    assert [p.name for p in kept(tmp_path)] == ["2026-03-01.json", "2026-03-02.json", "2026-03-03.json"]
    assert [read(p).entries for p in kept(tmp_path)] == [2, 3, 4]
    assert list(tmp_path.glob("anchors/*[!n]")) == []  # no half-written file is left


def test_where_none_was_kept_there_is_none(tmp_path: Path) -> None:
    assert kept(tmp_path) == []


def test_a_paper_prints_count_hash_and_the_time_of_china(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, datetime(2026, 2, 28, 16, 5, tzinfo=UTC))
    assert printed() == "存证根：日志 0 条，SHA-256 无，取于 2026-03-01 00:05"
    entries(1)
    assert printed().startswith(f"存证根：日志 1 条，SHA-256 {LogEntry.objects.get().hash}，")


def test_the_root_of_another_installation_is_not_taken_for_ours(db: None) -> None:
    """As many entries, as long a hash, and no fault within the log itself."""
    entries(3)
    assert check_log() == []
    [fault] = check_root(Root(2, HEAD, "2026-03-01T00:00:00+00:00"))
    assert (fault.entry, "is not the one of the root of 2026-03-01" in fault.why) == (2, True)


@pytest.mark.parametrize("there", [0, 2])
@pytest.mark.parametrize("counted", [5, 10**30])
def test_a_root_of_a_longer_log_says_how_many_entries_are_gone(db: None, there: int, counted: int) -> None:
    """A database that was set back to an older copy, or was emptied; and a number that no database can hold."""
    entries(there)
    [fault] = check_root(Root(counted, HEAD))
    assert fault.why == f"the kept root counts {counted} log entries, only {there} are there"


def test_a_root_taken_from_paper_may_be_written_in_capitals(db: None, tmp_path: Path) -> None:
    entries(1)
    path = tmp_path / "paper.json"
    path.write_text(json.dumps({"entries": "1", "head": root().head.upper()}), encoding="utf-8")
    assert list(check_root(read(path))) == []


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"entries": 1}', b'{"head": "ab"}', b'{"entries": null, "head": "x"}',
        b'{"entries": "many", "head": "x"}', b'{"entries": 1, "head": ""}', b'{"entries": 1, "head": "ab"}',
        b'{"entries": -1, "head": "' + HEAD.encode() + b'"}', b'{"entries": 1e400, "head": "' + HEAD.encode() + b'"}',
        b'{"entries": 1, "head": "' + b"zz" * 32 + b'"}',
    ],
)  # fmt: skip
def test_a_damaged_root_is_refused_and_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "2026-03-01.json"
    path.write_bytes(content)
    with pytest.raises(NothingDone, match=r"2026-03-01\.json"):
        read(path)


def test_a_root_that_is_not_there_is_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(NothingDone, match=r"gone\.json"):
        read(tmp_path / "gone.json")


def test_a_root_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "root.json"
    write(path, Root(1, HEAD))
    with pytest.raises(NothingDone):
        write(tmp_path / "no" / "folder" / "root.json", Root(2, HEAD))
    assert read(path) == Root(1, HEAD)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"REMOTE_ADDR": "10.0.0.9"}, "10.0.0.9"),
        ({"REMOTE_ADDR": "2001:db8::7"}, "2001:db8::7"),
        ({"REMOTE_ADDR": ""}, None),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}, "10.0.0.9"),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_X_REAL_IP": "203.0.113.7"}, "10.0.0.9"),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_FORWARDED": "for=203.0.113.7"}, "10.0.0.9"),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_CLIENT_IP": "203.0.113.7"}, "10.0.0.9"),
    ],
)
def test_nobody_chooses_the_address_that_the_log_keeps(
    db: None, sent: dict[str, str], expected: str | None
) -> None:
    """What a visitor writes into a header is no proof of where the visitor is; only the web server says that."""
    request = RequestFactory().get("/", **sent)
    assert address_of(request) == expected
    record(None, "person.sign_in", "x", request)
    assert AuditEntry.objects.get().address == expected
