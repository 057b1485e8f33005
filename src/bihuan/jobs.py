"""Jobs by the clock: when one is due, and running it once however many workers there are. Every run leaves a record."""

import fcntl
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.conf import settings
from django.utils import timezone

from bihuan.errors import BihuanError
from bihuan.installation.error_records import keep_error
from bihuan.registry.models import JobRun

log = logging.getLogger(__name__)
KEEP_RUNS = 500
INTERRUPTIONS = 3
"""A job that was cut off is run again at once; when so many of its runs in a row were, it waits for its period."""
Say = Callable[[str], None]


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Job:
    """`run(now, say)` returns one line about what it did; `every` is in the time that the clock shows.

    long: it may take minutes, so it runs in a process of its own and delays no other. asked: is there something that
    somebody waits for? Then it is due whatever its period.
    """

    name: str
    title: str
    every: timedelta
    run: Callable[[datetime, Say], str]
    long: bool = False
    asked: Callable[[], bool] = _never


@dataclass(frozen=True)
class Past:
    """A run that was begun: as of when, and whether its process stopped before it ended."""

    as_of: datetime
    cut_off: bool = False


def due_at(every: timedelta, past: Sequence[Past], now: datetime) -> datetime:
    """When a job is due, by its runs (newest first).

    At once when it never ran, or when the clock was set back behind its last run. However many periods were missed,
    one run catches up.
    """
    if not past or past[0].as_of > now:
        return now
    row = len(list(takewhile(lambda run: run.cut_off, past)))
    return past[0].as_of if 0 < row < INTERRUPTIONS else past[0].as_of + every


def next_run(job: Job, now: datetime) -> datetime:
    """When the job is due, as far as is known at `now`."""
    newest = JobRun.objects.filter(job=job.name)[:INTERRUPTIONS]
    return due_at(job.every, [Past(r.as_of, r.cut_off) for r in newest], now)


@contextmanager
def _alone(job: Job, how: int = fcntl.LOCK_EX) -> Iterator[bool]:
    """Hold the job's lock of the data folder; False when somebody runs it. The lock of a dead process is free."""
    folder = settings.DATA_DIR / "jobs"
    folder.mkdir(exist_ok=True)
    with (folder / f"{job.name}.lock").open("a") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_running(job: Job) -> bool:
    """Whether a worker runs the job at this moment."""
    with _alone(job, fcntl.LOCK_SH) as nobody:
        return not nobody


def is_due(job: Job, now: datetime) -> bool:
    """Whether a run is due, or one is left that its process did not end."""
    return _wanted(job, now) or JobRun.objects.filter(job=job.name, ended=None).exists()


def _wanted(job: Job, now: datetime) -> bool:
    return job.asked() or next_run(job, now) <= now


def run_due(job: Job, now: datetime) -> bool:
    """Run the job as of `now` if it is due and nobody runs it. A failure is recorded; it stops nothing else."""
    if not is_due(job, now):
        return False
    with _alone(job) as mine:
        if not mine:
            return False
        # With the lock in hand, what has not ended never will.
        JobRun.objects.filter(job=job.name, ended=None).update(ended=timezone.now())
        if not _wanted(job, now):
            return False
        run(job, now)
    return True


def run(job: Job, now: datetime) -> None:
    """Run the job as of `now`, whether it is due or not."""
    entry = JobRun.objects.create(job=job.name, as_of=now)

    def say(text: str) -> None:
        JobRun.objects.filter(pk=entry.pk).update(progress=text[:200])

    ok = False
    try:
        result, ok = job.run(now, say), True
    except BihuanError as error:  # written for a person
        result = str(error)
    except Exception as error:
        # The loop must outlive any job.
        log.exception("job %s failed", job.name)
        result = error_sentence(error, f"job {job.name} as of {now:%Y-%m-%dT%H:%MZ}")
    JobRun.objects.filter(pk=entry.pk).update(ended=timezone.now(), result=result[:500], ok=ok)
    old = JobRun.objects.filter(job=job.name).values_list("pk", flat=True)[KEEP_RUNS:]
    JobRun.objects.filter(pk__in=list(old)).delete()


class NotAll(BihuanError):
    """Some pieces of a job failed; the others were done."""


def do_each(pieces: Mapping[str, Callable[[], str | None]]) -> list[str]:
    """Do the named pieces of a job, each whatever became of the others; what they say. Raises NotAll after the last."""
    done, failed = [], []
    for name, piece in pieces.items():
        try:
            done.append(piece())
        except BihuanError as error:
            failed.append(f"{name}：{error}")
        except Exception as error:
            log.exception("%s failed", name)
            failed.append(f"{name}：{error_sentence(error, name)}")
    if failed:
        raise NotAll("；".join([*failed, *filter(None, done)]))
    return list(filter(None, done))


def error_sentence(error: Exception, doing: str) -> str:
    """What failed, and where its whole record lies."""
    try:
        record = f"数据目录 {keep_error(settings.DATA_DIR, error, doing).relative_to(settings.DATA_DIR)}"
    except OSError:
        record = "运行日志"
    return f"出现未预料的错误（{type(error).__name__}: {str(error)[:300]}），完整记录在{record}"
