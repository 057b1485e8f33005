"""When jobs are due, by any clock, and what is kept of their runs. The worker process itself: test_worker.py."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.errors import BihuanError
from bihuan.jobs import INTERRUPTIONS, Job, Past, due_at, next_run, run_due
from bihuan.registry.models import JobRun

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
STEPS = st.one_of(
    st.integers(1, 5).map(lambda n: n * SECOND),  # the worker looks again
    st.integers(1, 48).map(lambda n: n * HOUR),  # it was off, or the replay jumped forwards
    st.integers(1, 48).map(lambda n: -n * HOUR),  # the replay jumped back
    st.floats(1e-6, 1.0).map(lambda s: timedelta(seconds=s)),
)


def looks(steps: list[timedelta]) -> Iterator[datetime]:
    """Moments at which the worker looks."""
    now = NOW
    for step in [timedelta(0), *steps]:
        now += step
        yield now


@UNHURRIED
@given(st.lists(STEPS, max_size=60))
def test_whatever_the_clock_does_a_job_runs_at_once_when_its_period_is_over_and_never_before(
    steps: list[timedelta],
) -> None:
    past: list[Past] = []
    for now in looks(steps):
        last = past[0].as_of if past else None
        wanted = last is None or now < last or now - last >= HOUR
        assert (due_at(HOUR, past, now) <= now) is wanted
        if wanted:
            past.insert(0, Past(now))
            assert (
                due_at(HOUR, past, now) == now + HOUR
            )  # periods that were missed are caught up by this one run


@UNHURRIED
@given(st.lists(STEPS, max_size=60))
def test_between_two_runs_lies_a_period_or_a_jump_back(steps: list[timedelta]) -> None:
    past: list[Past] = []
    for now in looks(steps):
        if due_at(HOUR, past, now) <= now:
            past.insert(0, Past(now))
    for later, earlier in pairwise(past):
        assert later.as_of >= earlier.as_of + HOUR or later.as_of < earlier.as_of


@pytest.mark.parametrize("times", range(1, INTERRUPTIONS + 2))
def test_what_was_cut_off_runs_again_at_once_but_not_for_ever(times: int) -> None:
    past = [Past(NOW, cut_off=True)] * times + [Past(NOW - HOUR)]
    assert due_at(HOUR, past, NOW + SECOND) == (NOW if times < INTERRUPTIONS else NOW + HOUR)


@pytest.fixture
def done(db: None, data_dir: Path) -> list[datetime]:
    """Moments as of which the job below has run."""
    return []


def probe(done: list[datetime], error: Exception | None = None) -> Job:
    """An hourly job that notes when it ran."""

    def run(now: datetime, say: object) -> str:
        done.append(now)
        if error is not None:
            raise error
        return "fine"

    return Job("probe", "试", HOUR, run)


def test_a_job_runs_once_per_period(done: list[datetime]) -> None:
    ran = [run_due(probe(done), NOW + n * HOUR / 2) for n in range(5)]
    assert ran == [True, False, True, False, True]
    assert done == [NOW, NOW + HOUR, NOW + 2 * HOUR]


def test_what_was_missed_is_caught_up_once(done: list[datetime]) -> None:
    for now in (NOW, NOW + 100 * HOUR, NOW + 100 * HOUR + SECOND):
        run_due(probe(done), now)
    assert done == [NOW, NOW + 100 * HOUR]


def test_a_jump_back_makes_it_due_at_once_and_then_it_goes_on_from_there(done: list[datetime]) -> None:
    job, back = probe(done), NOW - timedelta(days=30)
    for now in (NOW, back, back + SECOND, back + HOUR):
        run_due(job, now)
    assert done == [NOW, back, back + HOUR]
    assert next_run(job, back + HOUR) == back + 2 * HOUR


def test_an_unforeseen_error_is_kept_in_one_sentence_that_names_the_file_with_the_rest(
    done: list[datetime], data_dir: Path
) -> None:
    assert run_due(probe(done, ValueError("no air today")), NOW)
    kept = JobRun.objects.get()
    (record,) = (data_dir / "errors").iterdir()
    assert kept.ok is False
    assert kept.ended is not None
    assert (
        kept.result
        == f"出现未预料的错误（ValueError: no air today），完整记录在数据目录 errors/{record.name}"
    )
    assert "Traceback" in record.read_text()
    assert "job probe as of 2019-02-25T06:00Z" in record.read_text()
    assert record.stat().st_mode & 0o077 == 0
    assert run_due(probe(done), NOW + HOUR)


def test_an_error_written_for_people_is_kept_as_it_is(done: list[datetime], data_dir: Path) -> None:
    run_due(probe(done, BihuanError("没有登记评价点位")), NOW)
    assert JobRun.objects.get().result == "没有登记评价点位"
    assert not (data_dir / "errors").exists()
