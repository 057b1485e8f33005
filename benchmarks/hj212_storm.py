"""HJ 212 receiver in a storm: many loggers come back together and backfill a day of minutes each; nothing may be lost.

python benchmarks/hj212_storm.py [--loggers N] [--minutes M]

The loggers run in a process of their own, on the same machine, each with its connection and windows of an hour that are
answered before the next. At the end the store must hold exactly what was sent. Printed: time until all was answered
and until all was stored, and the most memory that receiver and storing process held together.
"""

import argparse
import asyncio
import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from receiver import more_files, start_receiver

from bihuan.archive import Archive
from bihuan.feeds.hj212.encode import frame_many

START = datetime(2026, 3, 1)  # noqa: DTZ001 - local time, as loggers write it
FLAGS = (5, 9)
WINDOW = 60
FACTORS = ("a34013", "a21026", "a21002")
SAMPLE_SECONDS = 0.2


def window(mn: str, flag: int, first: int, count: int) -> bytes:
    """Minute records one behind another."""
    segments = []
    for minute in range(first, first + count):
        time14 = f"{START + timedelta(minutes=minute):%Y%m%d%H%M%S}"
        values = ";".join(f"{code}-Avg={minute % 97}.{flag},{code}-Flag=N" for code in FACTORS)
        head = f"QN={time14}{minute % 1000:03d};ST=31;CN=2051;PW=123456;MN={mn};Flag={flag}"
        segments.append(f"{head};CP=&&DataTime={time14};{values}&&".encode())
    return frame_many(segments)


async def backfill(port: int, number: int, minutes: int) -> int:
    """One logger; returns how many answers came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    mn, answered = f"{number:024X}", 0
    for first in range(0, minutes, WINDOW):
        count = min(WINDOW, minutes - first)
        writer.write(window(mn, FLAGS[number % 2], first, count))
        waiting = count
        while waiting:
            data = await reader.read(1 << 16)
            if not data:
                return answered
            waiting -= data.count(b"\n")
        answered += count
    writer.close()
    return answered


async def send(port: int, loggers: int, minutes: int) -> int:
    """All of them together."""
    more_files(loggers)
    return sum(await asyncio.gather(*(backfill(port, number, minutes) for number in range(loggers))))


class Watch(threading.Thread):
    """The most bytes that a process and its children held together."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process, self.most = psutil.Process(pid), 0

    def run(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            while True:
                used = 0
                for one in (self._process, *self._process.children()):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        used += one.memory_info().rss
                self.most = max(self.most, used)
                self._process.status()
                time.sleep(SAMPLE_SECONDS)


def main() -> None:
    """Run all, print figures, exit 1 when the store does not hold exactly what was sent."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--loggers", type=int, default=2_000)
    parser.add_argument("--minutes", type=int, default=1_440)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)  # the sender's own process
    args = parser.parse_args()
    say = sys.stdout.write
    if args.port:
        say(f"{asyncio.run(send(args.port, args.loggers, args.minutes))}\n")
        return
    sent = args.loggers * args.minutes
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "city"
        server, port = start_receiver(folder)
        watch = Watch(server.pid)
        watch.start()
        began = time.monotonic()
        words = ["--port", str(port), "--loggers", str(args.loggers), "--minutes", str(args.minutes)]
        sender = subprocess.run(
            [sys.executable, __file__, *words], stdout=subprocess.PIPE, text=True, check=True
        )
        answered, took = int(sender.stdout), time.monotonic() - began
        server.send_signal(signal.SIGTERM)
        server.wait()
        stored_after = time.monotonic() - began
        rows = Archive(folder / "archive").devices.versions().select("site", "start", "code")
        stored = rows.unique().group_by("code").len().collect()
        say(f"loggers, minutes each         {args.loggers:11,} {args.minutes:,}\n")
        say(f"packets sent, answered        {sent:11,} {answered:,}\n")
        say(f"all answered after            {took:11.1f} s   ({answered / took:,.0f} a second)\n")
        say(f"all stored after              {stored_after:11.1f} s   ({sent / stored_after:,.0f} a second)\n")
        say(f"records of each factor stored {min(stored['len'], default=0):11,}\n")
        say(
            f"most memory held              {watch.most / 2**20:11,.0f} MB   (receiver and storing process)\n"
        )
        whole = stored.height == len(FACTORS) and set(stored["len"]) == {sent} and answered == sent
    sys.exit(0 if whole else 1)


if __name__ == "__main__":
    main()
