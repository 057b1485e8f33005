"""The jobs as the system page shows them: next and last run, how long it took, what came out, how late it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.english import told
from bihuan.jobs import Job, is_running, next_run
from bihuan.kit.ages import age_text
from bihuan.registry.models import JobRun

GRACE = timedelta(minutes=5)
"""A job that is due so long (by a clock at real speed) is late: the worker looks every second."""


@dataclass(frozen=True)
class JobRow:
    """`state`: never, running, ok, failed, cut off. `said` is what came out; `late` is empty when it is not."""

    title: str
    state: str
    last: JobRun | None
    said: str
    next: datetime
    took: str
    late: str


def job_row(job: Job, now: datetime) -> JobRow:
    """A job as of `now`."""
    last = JobRun.objects.filter(job=job.name).first()
    state = _state(job, last)
    due = next_run(job, now)
    replay = clock.replay()
    late = now - due > GRACE * max(1.0, replay.speed if replay else 1.0) and state != "running"
    said = told(last.result) if last else ""
    return JobRow(_(job.title), state, last, said, due, _took(last), age_text(now - due) if late else "")


def _state(job: Job, last: JobRun | None) -> str:
    if last is None:
        return "never"
    if last.ended is None:
        return "running" if is_running(job) else "cut off"
    return "cut off" if last.cut_off else "ok" if last.ok else "failed"


def _took(last: JobRun | None) -> str:
    if last is None:
        return ""
    length = (last.ended or timezone.now()) - last.started
    return _("%(n)d 秒") % {"n": length.seconds} if length < timedelta(minutes=1) else age_text(length)
