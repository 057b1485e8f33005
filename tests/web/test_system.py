"""The system page says of each job when it runs, how the last run went and how late it is, in plain words."""

import fcntl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bihuan import clock
from bihuan.jobs import Job
from bihuan.registry.models import JobRun
from bihuan.schedule import every_job
from bihuan.web.job_rows import JobRow, job_row
from tests.people import City

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
PROBE = Job("check", "运行检查规则", HOUR, lambda now, say: "")


@pytest.fixture(autouse=True)
def still_clock(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)


def ran(
    ago: timedelta, *, took: timedelta | None = timedelta(seconds=4), ok: bool | None = True, **more: str
) -> None:
    """A run of so long ago; took: None when it has not ended."""
    run = JobRun.objects.create(job="check", as_of=NOW - ago, ok=ok, **more)
    began = timezone.now() - timedelta(minutes=10)
    JobRun.objects.filter(pk=run.pk).update(started=began, ended=None if took is None else began + took)


def shown(city: City) -> str:
    """The page as the administrator sees it."""
    client = Client()
    client.force_login(city.person("admin", "140300"))
    return client.get(reverse("system")).content.decode()


def row() -> JobRow:
    return job_row(PROBE, NOW)


def test_a_job_that_never_ran_is_red(city: City) -> None:
    assert (row().state, row().late) == ("never", "")
    assert shown(city).count("还没有运行过") == len(every_job())


def test_a_run_shows_result_duration_and_the_next_one(city: City) -> None:
    ran(HOUR / 2, result="新发现 3 条，延续 0 条")
    assert (row().state, row().took, row().next, row().late) == ("ok", "4 秒", NOW + HOUR / 2, "")
    assert "新发现 3 条" in shown(city)


@pytest.mark.parametrize(("ago", "late"), [(HOUR, ""), (HOUR * 1.05, ""), (3 * HOUR, "2 小时")])
def test_lateness_is_told_when_a_run_is_due_for_minutes(ago: timedelta, late: str, city: City) -> None:
    ran(ago)
    assert row().late == late
    assert ("迟了 2 小时" in shown(city)) is bool(late)


def test_a_fast_replay_is_not_called_late_for_what_takes_seconds() -> None:
    ran(3 * HOUR)
    clock.set_replay(NOW, 3600)
    assert row().late == ""


def test_what_runs_shows_its_progress_and_is_not_late(city: City, data_dir: Path) -> None:
    ran(5 * HOUR, took=None, ok=None, progress="恒值")
    (data_dir / "jobs").mkdir()
    with (data_dir / "jobs" / "check.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert (row().state, row().took, row().late) == ("running", "10 分钟", "")
        assert "恒值" in shown(city)


@pytest.mark.parametrize("took", [None, timedelta(minutes=2)])
def test_a_run_whose_process_died_is_called_cut_off_and_never_running(
    took: timedelta | None, city: City
) -> None:
    ran(HOUR / 2, took=took, ok=None, progress="恒值")
    assert row().state == "cut off"
    assert "中断：进程在这次运行中停止" in shown(city)


def test_a_failure_shows_its_sentence_and_what_to_do(city: City) -> None:
    ran(HOUR / 2, ok=False, result="出现未预料的错误（ValueError: x），完整记录在数据目录 errors/1.txt")
    assert row().state == "failed"
    assert "errors/1.txt" in shown(city)
    assert "反复失败请把这行文字交给系统管理员" in shown(city)
