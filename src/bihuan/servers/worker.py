"""The worker: a thin loop over the schedule. A job that fails keeps its error; the loop goes on."""

import logging
import signal
import time
from threading import Event, Thread

import django

from bihuan.installation.private import keep_private

log = logging.getLogger(__name__)
PAUSE_AFTER_ERROR = 10.0


def main() -> None:
    """Run due jobs until SIGTERM."""
    keep_private()
    django.setup()
    from django.conf import settings
    from django.db import DatabaseError

    from bihuan.clock import is_lost, now
    from bihuan.heartbeat import beat
    from bihuan.jobs import run_due
    from bihuan.schedule import every_job
    from bihuan.servers.long_lane import LongLane

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _n, _f: stop.set())
    lane = LongLane([job for job in every_job() if job.long])
    heart = Thread(target=beat, args=(settings.DATA_DIR, stop), daemon=True)
    heart.start()
    while not stop.is_set():
        began = time.monotonic()
        if is_lost():
            stop.wait(1.0)  # no job may run as of a time that is not the city's
            continue
        try:
            lane.look(now())
            for job in every_job():
                if not job.long and not stop.is_set():
                    run_due(job, now())
            pause = 1.0
        except (
            DatabaseError,
            OSError,
        ) as error:  # no database, full disk: nothing can be recorded until it is mended
            log.error("the worker waits: %s", error)
            pause = PAUSE_AFTER_ERROR
        stop.wait(max(0.2, pause - (time.monotonic() - began)))
    lane.end()
    heart.join()


if __name__ == "__main__":
    main()
