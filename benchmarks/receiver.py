"""The HJ 212 receiver as a child process, for the benchmarks that talk to it."""

import re
import resource
import subprocess
import sys
from pathlib import Path

FILES_BESIDE = 100  # open files that are no connections


def more_files(connections: int) -> int:
    """Let this process and its children hold so many connections; returns how many the system allows of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FILES_BESIDE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    return most - FILES_BESIDE


def start_receiver(folder: Path, processes: int = 1) -> tuple[subprocess.Popen[str], int]:
    """The receiver, open to every device, and its port."""
    words = ["-m", "bihuan.cli", "--data", str(folder), "hj212", "serve", "--open", "--port", "0"]
    words += ["--processes", str(processes)]
    server = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    ready = re.search(r":(\d+)", server.stdout.readline() if server.stdout else "")
    if ready is None:
        raise RuntimeError("the receiver did not start")
    return server, int(ready[1])
