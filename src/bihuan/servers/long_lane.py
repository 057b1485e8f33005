"""Jobs that may take minutes, one after another, each in a process of its own: what it holds, and its crash, are its own."""

import logging
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from bihuan.jobs import Job, is_due, is_running

log = logging.getLogger(__name__)
PAUSE_AFTER_CRASH = 10.0


class LongLane:
    """At most one process; the job that ran last is asked last, so that none keeps the others out."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = deque(jobs)
        self.process: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def look(self, now: datetime) -> None:
        """Begin the next job that is due, when none is under way."""
        if self._busy() or time.monotonic() < self._not_before:
            return
        job = next((j for j in self.jobs if is_due(j, now) and not is_running(j)), None)
        if job is not None:
            self.jobs.remove(job)
            self.jobs.append(job)
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bihuan.servers.long_job", job.name, str(os.getpid())]
            )

    def _busy(self) -> bool:
        if self.process is None:
            return False
        code = self.process.poll()
        if code is None:
            return True
        if code:
            log.error("the process of job %s ended with code %s", self.jobs[-1].name, code)
            self._not_before = time.monotonic() + PAUSE_AFTER_CRASH
        self.process = None
        return False

    def end(self) -> None:
        """Cut off the job under way; the next worker runs it again."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
