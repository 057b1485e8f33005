"""The centre page with many people at once.  python benchmarks/centre_crowd.py [--data DIR] [--people 30] [--seconds 20]

Serves the city of benchmarks/pages.py (built there when it is missing). First one person asks for the page again and again, which
is the reference; then so many people do, each without a pause, on connections that stay open. Officers, a county's handler, a leader and an auditor
take turns, so that the pages differ. Goal: 95th percentile below 1,500 ms for 30 people on two cores with the clients beside.
"""

import argparse
import http.client
import re
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import psutil

PASSWORD = "Bihuan-2019"
NAMES = ("diaodu", "hecha", "lingdao", "pd-banli", "shenji", "admin")
SETTLE = 30


class Person:
    """Somebody with a session and a connection of their own."""

    def __init__(self, port: int, name: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}
        page = self._ask("GET", "/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        form = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        self._ask("POST", "/login/", urlencode(form))

    def _ask(self, method: str, path: str, body: str | None = None) -> str:
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            key, value = line.split(";")[0].split("=", 1)
            self.cookies[key] = value
        text = answer.read().decode()
        if answer.status not in (200, 302):
            raise SystemExit(f"{path}: {answer.status}")
        return text

    def times(self, seconds: float) -> list[float]:
        """Milliseconds of each answer while that time lasts, without a pause between."""
        self.connection.close()  # the server lets go of one that was idle; the next request opens another
        until, found = time.monotonic() + seconds, []
        while time.monotonic() < until:
            began = time.perf_counter()
            self._ask("GET", "/")
            found.append((time.perf_counter() - began) * 1000)
        return found


def high(times: list[float]) -> float:
    """The 95th percentile."""
    return sorted(times)[int(len(times) * 0.95)]


def used(server: int) -> float:
    """Seconds of processor that the web process has used so far."""
    web = next(p for p in psutil.Process(server).children() if "bihuan.servers.web" in p.cmdline())
    times = web.cpu_times()
    return float(times.user + times.system)


def measure(server: int, port: int, people: int, seconds: float) -> None:
    """Print the reference and the crowd."""
    crowd = [Person(port, NAMES[n % len(NAMES)]) for n in range(people)]
    crowd[0].times(3)  # what is computed once is
    alone = crowd[0].times(seconds / 2)
    reference = statistics.median(alone)
    sys.stdout.write(f"one person   median {reference:6.0f}  p95 {high(alone):6.0f} ms  {len(alone)} pages\n")
    before = used(server)
    with ThreadPoolExecutor(people) as pool:
        times = [t for found in pool.map(lambda person: person.times(seconds), crowd) for t in found]
    mark = "" if high(times) < 1500 else "   OVER 1,500 ms"
    sys.stdout.write(
        f"{people} at once   median {statistics.median(times):6.0f}  p95 {high(times):6.0f} ms  {len(times)} pages  "
        f"{high(times) / reference:6.1f} x one person  {(used(server) - before) * 1000 / len(times):.0f} ms of processor each{mark}\n"
    )


def main() -> None:
    """Serve, wait, measure, stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("build/bench-city"))
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=20)
    args = parser.parse_args()
    if not args.data.exists():
        raise SystemExit(
            f"{args.data} is missing; build it first: python benchmarks/pages.py --data {args.data}"
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bihuan.cli", "--data", str(args.data), "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        server.stdout.readline()  # it says when it is ready
        time.sleep(SETTLE)  # what starts with the server has settled
        measure(server.pid, port, args.people, args.seconds)
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
