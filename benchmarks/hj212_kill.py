"""HJ 212 receiver killed at random points under load: every answered packet must be stored exactly once.

python benchmarks/hj212_kill.py [--kills N] [--loggers L] [--seed S]

Loggers of three editions send windows of packets over TCP and send again what was not answered (target: 50 SIGKILLs, no
answered packet missing, none twice). A kill hits the receiver, and in every second round its storing process as well.
"""

import argparse
import contextlib
import os
import random
import re
import signal
import socket
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from receiver import start_receiver

from bihuan.archive import Archive
from bihuan.archive.devices import KEY
from bihuan.feeds.hj212.crc import crc_text

START = datetime(2026, 3, 1)  # noqa: DTZ001 - local time, as loggers write it
FLAGS = (5, 9, 1)
WINDOW = 50
LONGEST = 1.0
QN = re.compile(rb"QN=(\d{17})")
STAMP = "%Y%m%d%H%M%S"


def packet(mn: str, number: int, flag: int) -> bytes:
    """The upload of a logger's second."""
    time14 = f"{START + timedelta(seconds=number):{STAMP}}"
    content = f"DataTime={time14};a21026-Rtd={number % 977}.5,a21026-Flag=N;a19001-Rtd=8.1,a19001-Flag=N"
    segment = f"QN={time14}000;ST=31;CN=2011;PW=123456;MN={mn};Flag={flag};CP=&&{content}&&".encode()
    return b"##%04d%s%s\r\n" % (len(segment), segment, crc_text(segment))


class Logger:
    """Sends window after window; what was not answered goes first on the next connection."""

    def __init__(self, number: int) -> None:
        self.mn, self.flag = f"{number:024X}", FLAGS[number % 3]
        self.answered: set[str] = set()
        self._open: list[int] = []
        self._next = 0

    def talk(self, port: int) -> None:
        """Until the receiver is gone."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as link:
            while True:
                self._open += range(self._next, self._next + WINDOW)
                self._next += WINDOW
                link.sendall(b"".join(packet(self.mn, n, self.flag) for n in self._open))
                if not self._read(link, len(self._open)):
                    return

    def _read(self, link: socket.socket, wanted: int) -> bool:
        """Take the answers; are all there? An answer counts from the moment it is here, whatever happens then."""
        rest = b""
        while wanted:
            try:
                got = link.recv(65536)
            except OSError:
                got = b""
            if not got:
                self._settle()
                return False
            *lines, rest = (rest + got).split(b"\r\n")
            self.answered.update(match[1].decode() for line in lines if (match := QN.search(line)))
            wanted -= len(lines)
        self._settle()
        return True

    def _settle(self) -> None:
        self._open = [
            n for n in self._open if f"{START + timedelta(seconds=n):{STAMP}}000" not in self.answered
        ]


def one_round(folder: Path, loggers: list[Logger], after: float, *, storing_too: bool) -> None:
    """Load, then SIGKILL."""
    server, port = start_receiver(folder)
    threads = [threading.Thread(target=logger.talk, args=(port,)) for logger in loggers]
    for thread in threads:
        thread.start()
    time.sleep(after)
    children = psutil.Process(server.pid).children()
    os.kill(server.pid, signal.SIGKILL)
    for child in children if storing_too else []:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    server.wait()
    if server.stdout:
        server.stdout.close()
    for thread in threads:
        thread.join()


def main() -> None:
    """Run all, print figures, exit 1 when a packet is missing or doubled."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--loggers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=212)
    args = parser.parse_args()
    chance, loggers = random.Random(args.seed), [Logger(n) for n in range(args.loggers)]
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "city"
        for number in range(args.kills):
            one_round(folder, loggers, chance.uniform(0.02, LONGEST), storing_too=number % 2 == 1)
        server, _ = start_receiver(folder)
        server.send_signal(signal.SIGTERM)
        server.wait()
        history = Archive(folder / "archive").devices.history().collect()
        stored = history.filter(code="a21026").select("site", "start")
        local = stored["start"].dt.convert_time_zone("Asia/Shanghai").dt.strftime(f"{STAMP}000")
        there = set(zip(stored["site"], local, strict=True))
        answered = {(logger.mn, qn) for logger in loggers for qn in logger.answered}
        missing, doubled = len(answered - there), history.height - history.unique(KEY).height
    say(f"SIGKILLs under load          {args.kills:9,}   ({args.loggers} loggers, seed {args.seed})\n")
    say(f"packets answered             {len(answered):9,}\n")
    say(f"answered and not stored      {missing:9,}\n")
    say(f"stored more than once        {doubled:9,}\n")
    sys.exit(1 if missing or doubled or not answered else 0)


if __name__ == "__main__":
    main()
