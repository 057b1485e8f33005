"""A child process for the tests that kill: forks a fresh importer for every line it reads from stdin.

A line is `folder limit file file ...`; `limit` > 0 lets no file grow beyond so many bytes (a full disk). It
answers the importer's pid, then its exit code (negative = killed by that signal).
"""

import os
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

from bihuan import apart
from bihuan.archive import Archive
from bihuan.errors import NothingDone
from bihuan.pipeline.files import import_files

RECEIVED = datetime(2019, 12, 1, tzinfo=UTC)


def one_import(folder: str, limit: int, files: list[str]) -> int:
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        reports = import_files(Archive(Path(folder)), [Path(f) for f in files], received=RECEIVED)
    except NothingDone:
        return 2
    return 2 if any(r.error for r in reports) else 0


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    apart.warm()  # else every fork would start the reading process anew
    for line in sys.stdin:
        folder, limit, *files = line.split()
        pid = os.fork()
        if pid == 0:
            os._exit(one_import(folder, int(limit), files))
        say(pid)
        say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main()
