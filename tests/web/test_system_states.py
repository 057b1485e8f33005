"""The system page says of each part that does not work what is wrong and what to do; a torn file takes no page away."""

import json
import os
import tempfile
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bihuan import clock, heartbeat
from bihuan.cases.models import CheckRun, Finding
from bihuan.commands import backup
from bihuan.heartbeat import last_beat
from bihuan.registry.audit import record
from bihuan.registry.models import AuditEntry, Site
from bihuan.scenarios.catalogue import every_check
from bihuan.web.pages import health, system
from bihuan.web.pages.checks import Judged
from tests.people import ROLES, City
from tests.web.world import MINE, NOW, Objects

TOP = "140300"
HOUR = timedelta(hours=1)
BROKEN = ["", "{", "null", "[]x", "\x00", '"text"', "[1]", '[{"name": "x"}]', "{}", '{"made": ']
WATCHERS = {"dispatcher", "chief", "auditor", "admin"}


@pytest.fixture(autouse=True)
def still(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)


def client_of(city: City, role: str = "admin", region: str = TOP) -> Client:
    client = Client()
    client.force_login(city.person(role, region))
    return client


def page(city: City) -> str:
    answer = client_of(city).get(reverse("system"))
    assert answer.status_code == 200
    return answer.content.decode()


def part(**changes: Any) -> dict[str, Any]:
    return {"name": "web", "pid": os.getpid(), "up": True, "since": 1_550_000_000, "restarts": 0, **changes}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("region", [TOP, MINE])
@pytest.mark.parametrize("name", ["system", "audit"])
def test_those_who_watch_the_whole_city_see_it(city: City, role: str, region: str, name: str) -> None:
    readers = WATCHERS if name == "system" else WATCHERS - {"dispatcher"}
    answer = client_of(city, role, region).get(reverse(name))
    allowed = role in readers and region == TOP
    assert (answer.status_code == 200) is allowed
    assert allowed or "全市" in answer.content.decode()


def test_a_new_installation_says_what_to_do_first(city: City) -> None:
    said = page(city)
    for words in ("从未备份。运行：bihuan backup", "从未验证。运行：bihuan backup", "没有由 bihuan serve 启动的进程", "还没有登记点位"):  # fmt: skip
        assert words in said


def test_running_and_stopped_processes_are_told_apart(city: City, data_dir: Path) -> None:
    parts = [part(), part(name="worker", up=False, restarts=7), part(name="gone", pid=2**22 + 1)]
    (data_dir / "processes.json").write_text(json.dumps(parts))
    rows = {row["name"]: row for row in system.processes()}
    assert rows["web"]["memory"] > 1
    assert rows["gone"]["memory"] is None
    said = page(city)
    assert said.count("已停，正在自动重启") == 1
    assert ">7<" in said


@pytest.mark.parametrize("name", ["processes.json", "backups.json"])
@pytest.mark.parametrize("content", BROKEN)
def test_a_torn_file_does_not_take_the_page_away(city: City, data_dir: Path, name: str, content: str) -> None:
    """A power cut leaves half a file; then the page is needed most."""
    (data_dir / name).write_text(content)
    assert "定时任务" in page(city)


@pytest.mark.parametrize("content", BROKEN)
def test_a_damaged_record_of_backups_is_not_taken_for_none(city: City, data_dir: Path, content: str) -> None:
    (data_dir / "backups.json").write_text(content)
    said = page(city)
    assert "备份记录损坏" in said
    assert "--prove" in said
    assert "从未" not in said
    backup.note(data_dir, {"made": "2026-03-01 02:00"})
    said = page(city)
    assert "2026-03-01 02:00" in said
    assert "损坏" not in said


def test_without_a_record_there_was_never_a_backup(city: City) -> None:
    assert page(city).count("从未") == 2


def test_a_backup_and_its_proof_are_shown_and_their_advice_is_gone(city: City, data_dir: Path) -> None:
    (data_dir / "backups.json").write_text(
        json.dumps({"made": "2026-03-01 02:00", "proven": "2026-03-01 02:10"})
    )
    said = page(city)
    assert "2026-03-01 02:00" in said
    assert "2026-03-01 02:10" in said
    assert "从未" not in said


@pytest.mark.parametrize(
    ("free", "bad"), [(0, True), (health.LEAST_FREE - 1, True), (health.LEAST_FREE, False)]
)
def test_a_disk_that_fills_up_is_red_before_it_is_full(
    monkeypatch: pytest.MonkeyPatch, free: int, bad: bool
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(system.shutil, "disk_usage", lambda _: usage(10**12, 10**12 - free, free))
    assert system.disk()["bad"] is bad
    assert system.disk()["share"] == free / 10**12


@pytest.mark.parametrize(
    ("age", "bad"), [(timedelta(0), False), (3 * HOUR, False), (3 * HOUR + timedelta(seconds=1), True)]
)
def test_a_source_is_silent_after_three_hours(age: timedelta, bad: bool) -> None:
    """The hour that begins at `start` can be here an hour later."""
    known = pl.DataFrame({"site": ["a"], "start": [NOW - HOUR - age], "hours": [24]})
    row = system.source("国控", ["a", "b"], known, NOW)
    assert (row["bad"], row["share"], row["sites"]) == (bad, 0.5, 2)


def test_a_source_that_never_sent_is_silent_and_stands_first(city: City) -> None:
    nothing = pl.DataFrame(schema={"site": pl.String, "start": pl.Datetime("us", "UTC"), "hours": pl.Int64})
    row = system.source("国控", ["a"], nothing, NOW)
    assert (row["bad"], row["newest"], row["age"], row["share"]) == (True, None, None, 0.0)
    Site.objects.create(code="A", name="甲", rank="national", region=city.regions[MINE], city=city.regions[TOP], lon=113.6, lat=37.8)  # fmt: skip
    assert "中断：核对上游发布与网络；补到的文件用导入页补录。" in page(city)


def test_a_check_that_fails_is_named_with_its_error(city: City) -> None:
    entry = every_check()[0]
    CheckRun.objects.create(check_key=entry.check.key, as_of=NOW, started=NOW, error="坏了：第 3 行")
    assert "坏了：第 3 行" in page(city)
    CheckRun.objects.create(check_key=entry.check.key, as_of=NOW, started=NOW)
    assert "坏了：第 3 行" not in page(city)


def test_the_audit_log_is_shown_the_newest_first_a_hundred_a_page(city: City) -> None:
    for n in range(150):
        record(city.person("admin", TOP), "person.edit", f"target-{n:03}")
    client = client_of(city)
    first = [e.target for e in client.get(reverse("audit")).context["page"]]
    assert first == [f"target-{n:03}" for n in range(149, 49, -1)]
    second = [e.target for e in client.get(reverse("audit"), {"page": 2}).context["page"]]
    assert second == [f"target-{n:03}" for n in range(49, -1, -1)]
    for odd in ("0", "-1", "999", "x", ""):
        assert client.get(reverse("audit"), {"page": odd}).status_code == 200


def test_what_stands_in_the_audit_log_is_text(city: City) -> None:
    record(None, "person.lock", "<script>alert(1)</script>", note="<img src=x>")
    said = client_of(city).get(reverse("audit")).content.decode()
    assert "<script>alert(1)" not in said
    assert "<img src=x" not in said


@pytest.mark.parametrize(
    ("right", "wrong", "shares"),
    [(0, 0, (None, None)), (3, 1, (0.75, 0.25)), (2, 0, (1.0, 0.0)), (0, 5, (0.0, 1.0))],
)
def test_the_share_of_right_findings_is_of_those_that_somebody_judged(
    right: int, wrong: int, shares: tuple[float | None, float | None]
) -> None:
    judged = Judged(20, right, wrong)
    assert (judged.right_share, judged.wrong_share) == shares


def test_the_catalogue_counts_thirty_days_and_only_what_the_reader_may_see(
    city: City, objects: Objects
) -> None:
    check = every_check()[0].check.key
    kept = Finding.objects.filter(status="new").values().first()
    assert kept is not None
    for n, (status, ago) in enumerate(
        [("new", 1), ("confirmed", 1), ("handed", 29), ("rejected", 30), ("rejected", 31), ("merged", 1), ("silenced", 1)]
    ):  # fmt: skip
        begun = NOW - timedelta(days=ago)
        Finding.objects.create(
            **{**kept, "id": None, "check_key": check, "target": f"T{n}", "status": status, "running": False, "started_at": begun, "until": begun + HOUR}
        )  # fmt: skip

    def judged(region: str) -> Judged:
        rows = client_of(city, "chief", region).get(reverse("checks")).context["rows"]
        return next(r.judged for r in rows if r.entry.check.key == check)

    assert judged(MINE) == judged(TOP) == Judged(5, 2, 1)
    assert judged("140322") == Judged()


TORN = (
    '{"pid": 1}', '{"last": null}', '{"since": 1, "last": "x"}', '{"since": {}, "last": []}',
    '{"since": {"shown": 1, "real": 1, "speed": 1}, "last": {"shown": 1, "real": NaN, "speed": 1}}',
)  # fmt: skip


def worker_file(folder: Path) -> Path:
    (folder / heartbeat.FOLDER).mkdir()
    return folder / heartbeat.FOLDER / "worker.json"


@pytest.mark.parametrize("content", [*BROKEN, *TORN])
def test_a_torn_heartbeat_is_none(tmp_path: Path, content: str) -> None:
    worker_file(tmp_path).write_text(content)
    assert last_beat(tmp_path) is None


@given(st.binary(max_size=60))
def test_no_bytes_in_the_heartbeats_file_break_the_health_check(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        worker_file(Path(folder)).write_bytes(content)
        assert isinstance(last_beat(Path(folder)), float | None)


def test_no_heartbeat_was_ever_heard_where_no_worker_ran(tmp_path: Path) -> None:
    assert last_beat(tmp_path) is None
    worker_file(tmp_path).mkdir()
    assert last_beat(tmp_path) is None


class Once:
    """A stop that comes after the first beat."""

    def __init__(self) -> None:
        self.asked = 0

    def is_set(self) -> bool:
        self.asked += 1
        return self.asked > 1

    def wait(self, _: float) -> None:
        return None


def test_a_heartbeat_is_real_time_whatever_the_replay_shows(tmp_path: Path) -> None:
    before = datetime.now(UTC).timestamp()
    heartbeat.Heart(tmp_path, heartbeat.WORKER).beat()
    beat = last_beat(tmp_path)
    assert beat is not None
    assert before - 1 <= beat <= datetime.now(UTC).timestamp() + 1


def test_a_disk_that_takes_no_heartbeat_stops_no_worker(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    heartbeat.beat(tmp_path / "file", Once())  # type: ignore[arg-type]  # the two methods that it uses
    assert "the heartbeat cannot be written" in caplog.text


@pytest.mark.parametrize("theme", ["light", "dark", "", "<b>", "blue"])
def test_the_theme_is_dark_or_light_and_stays_with_the_person(city: City, theme: str) -> None:
    client = client_of(city, "ranger", MINE)
    client.post(reverse("theme"), {"theme": theme})
    kept = "light" if theme == "light" else "dark"
    assert city.person("ranger", MINE).theme == kept
    again = client_of(city, "ranger", MINE)
    assert f'data-bs-theme="{kept}"' in again.get(reverse("me")).content.decode()
    assert city.person("chief", MINE).theme == "dark"
    assert AuditEntry.objects.count() == 0
