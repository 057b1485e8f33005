"""One long job in a process of its own, begun by the worker: `python -m bihuan.servers.long_job NAME`."""

import signal
import sys

import django


def main(name: str) -> None:
    """Run the job of that name if it is due."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which then ends this process
    django.setup()
    from bihuan.clock import now
    from bihuan.jobs import run_due
    from bihuan.schedule import JOBS

    run_due(next(job for job in JOBS if job.name == name), now())


if __name__ == "__main__":
    main(sys.argv[1])
