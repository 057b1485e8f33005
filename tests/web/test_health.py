"""The health check: open to a monitor without an account, states only, 503 as soon as one part does not work."""

import json
import os
import time
from collections import namedtuple
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from bihuan.web.pages import health

WELL = {
    "status": "ok",
    "web": "ok",
    "database": "ok",
    "worker": "ok",
    "receiver": "none",
    "archive": "ok",
    "disk": "ok",
}


@pytest.fixture(autouse=True)
def running(db: None, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has just beaten and a disk with room."""
    beaten(data_dir, 0)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: usage(10**12, 0, 10**12))


def beaten(folder: Path, ago: float) -> None:
    """The worker's last sign of life, so many seconds ago."""
    at = {"shown": time.time() - ago, "real": time.time() - ago, "speed": 1.0}
    (folder / "up").mkdir(exist_ok=True)
    (folder / "up" / "worker.json").write_text(json.dumps({"pid": 1, "since": at, "last": at}))


def asked() -> tuple[int, dict[str, str]]:
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


def bad(part: str, state: str) -> bool:
    return asked() == (503, WELL | {"status": "bad", part: state})


def receiver(folder: Path, up: bool, age: float = 0) -> None:
    """What the supervisor says of its receiver, so many seconds ago."""
    path = folder / "processes.json"
    path.write_text(json.dumps([{"name": "hj212", "pid": 1, "up": up}]))
    os.utime(path, (time.time() - age,) * 2)


def test_all_is_well() -> None:
    assert asked() == (200, WELL)


def test_a_silent_worker_is_told(data_dir: Path) -> None:
    beaten(data_dir, 120)
    assert bad("worker", "silent")
    (data_dir / "up" / "worker.json").unlink()
    assert bad("worker", "silent")


def test_the_receiver_is_asked_of_the_supervisor_that_must_live_itself(data_dir: Path) -> None:
    receiver(data_dir, up=True)
    assert asked() == (200, WELL | {"receiver": "ok"})
    receiver(data_dir, up=False)
    assert bad("receiver", "down")
    receiver(data_dir, up=True, age=60)
    assert bad("receiver", "down")


def test_a_damaged_archive_is_told(data_dir: Path) -> None:
    (data_dir / "archive" / "ambient" / "part=base" / "month=2019-01").mkdir(parents=True)
    (
        data_dir / "archive" / "ambient" / "part=base" / "month=2019-01" / "x.parquet"
    ).touch()  # its log is gone
    assert bad("archive", "damaged")


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: usage(10**12, 10**12, 10**6))
    assert bad("disk", "full")


def test_a_database_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", gone)
        answer = asked()
    assert answer == (503, WELL | {"status": "bad", "database": "unreachable"})


def test_a_monitor_is_not_sent_to_https(settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]  # pytest-django's own object
    assert asked()[0] == 200
