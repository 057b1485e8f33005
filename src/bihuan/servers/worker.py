"""The worker: a thin loop over the schedule. A job that fails keeps its error; the loop goes on."""

import logging
import signal
import time
from threading import Event

import django

log = logging.getLogger(__name__)


def main() -> None:
    """Run due jobs until SIGTERM."""
    django.setup()
    from bihuan.schedule import JOBS, run_due

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _n, _f: stop.set())
    while not stop.is_set():
        began = time.monotonic()
        for job in JOBS:
            if not stop.is_set():
                run_due(job)
        stop.wait(max(0.2, 1.0 - (time.monotonic() - began)))


if __name__ == "__main__":
    main()
