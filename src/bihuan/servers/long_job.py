"""One long job in a process of its own, begun by the worker: `python -m bihuan.servers.long_job NAME PARENT`."""

import signal
import sys

import django

from bihuan.servers.lifetime import end_with


def main(name: str, parent: int) -> None:
    """Run the job of that name if it is due; the process ends with its parent."""
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which then ends this process
    django.setup()
    from bihuan.clock import now
    from bihuan.jobs import run_due
    from bihuan.schedule import every_job

    run_due(next(job for job in every_job() if job.name == name), now())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
