"""A real receiver in a child process, and loggers that talk to it over TCP. Packets are made without the code under test."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from bihuan.cli import main
from tests.feeds.hj212.packets import crc_of, pack

MN = "010000A8900016F000169DC0"
REQUEST = re.compile(rb"##(\d{4})(.*?&&.*?&&)([0-9A-F]{4})\r\n", re.DOTALL)
ANSWER = re.compile(rb"##(\d{4})(.*?&&.*?&&)([0-9A-F]{4})\r\n", re.DOTALL)
FLAGS = {2005: 1, 2017: 5, 2025: 9}  # the version bits of each edition, and A
DAY = datetime(2026, 3, 1)  # noqa: DTZ001 - local time, as loggers write it


def until_true(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it holds; fail when it does not."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


def stamp(second: int) -> str:
    """DataTime of a second of the test's day."""
    return (DAY + timedelta(seconds=second)).strftime("%Y%m%d%H%M%S")


def upload(
    second: int,
    mn: str = MN,
    *,
    edition: int = 2017,
    cn: str = "2011",
    value: str = "18.5",
    pw: str = "123456",
    flag: int | None = None,
    extra: str = "",
) -> bytes:
    """A packet that wants an answer; its QN and DataTime are the second's."""
    flag = FLAGS[edition] if flag is None else flag
    content = f"DataTime={stamp(second)};a21026-Rtd={value},a21026-Flag=N;a34013-Rtd=4.2,a34013-Flag=N"
    return pack(f"QN={stamp(second)}000;ST=31;CN={cn};PW={pw};MN={mn};Flag={flag};{extra}CP=&&{content}&&")


def fields_of(answer: bytes) -> dict[str, str]:
    """Header fields of one answer, after a look at its length and check value."""
    match = ANSWER.fullmatch(answer)
    assert match, answer
    assert int(match[1]) == len(match[2])
    assert match[3].decode() == crc_of(match[2])
    head = match[2].decode().split(";CP=")[0]
    return dict(item.split("=", 1) for item in head.split(";"))


class Client:
    """One connection of a logger."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._got = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answers(self, count: int) -> list[dict[str, str]]:
        """The next answers; as many as came when the connection ends or nothing comes for a while."""
        found: list[dict[str, str]] = []
        while len(found) < count:
            whole = list(ANSWER.finditer(self._got))[: count - len(found)]
            found += [fields_of(m[0]) for m in whole]
            self._got = self._got[whole[-1].end() :] if whole else self._got
            if len(found) < count:
                try:
                    more = self.socket.recv(65536)
                except (TimeoutError, ConnectionError):
                    break
                if not more:
                    break
                self._got += more
        return found

    def count(self, wanted: int) -> int:
        """How many answers come, up to the number wanted; they are not looked at."""
        found = 0
        while found < wanted and (more := self.socket.recv(1 << 18)):
            found += more.count(b"\n")
        return found

    def ask(self, packet: bytes) -> dict[str, str]:
        self.send(packet)
        (answer,) = self.answers(1)
        return answer

    def silent(self, seconds: float = 0.3) -> bool:
        """Does nothing come?"""
        self.socket.settimeout(seconds)
        nothing = self.answers(1) == []
        self.socket.settimeout(10)
        return nothing

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Logger:
    """A logger that can be asked: reads requests, leaves answers to the test."""

    def __init__(self, client: Client, mn: str = MN) -> None:
        self.client, self.mn = client, mn
        assert client.ask(upload(1, mn))["CN"] == "9014"
        self._got = b""

    def __enter__(self) -> "Logger":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def request(self) -> tuple[dict[str, str], str]:
        """The next request: header fields and CP, after a look at length and check value."""
        while not (match := REQUEST.search(self._got)):
            more = self.client.socket.recv(65536)
            assert more
            self._got += more
        self._got = self._got[match.end() :]
        assert int(match[1]) == len(match[2])
        assert match[3].decode() == crc_of(match[2])
        head, _, cp = match[2].decode().partition(";CP=&&")
        return dict(item.split("=", 1) for item in head.split(";")), cp.removesuffix("&&")

    def say(self, cn: str, cp: str, qn: str, pw: str = "123456") -> None:
        """A packet that wants no answer."""
        self.client.send(pack(f"QN={qn};ST=91;CN={cn};PW={pw};MN={self.mn};Flag=4;CP=&&{cp}&&"))

    def quiet(self, seconds: float) -> bool:
        """Does no further request come?"""
        self.client.socket.settimeout(seconds)
        try:
            return self.client.socket.recv(1) == b""
        except TimeoutError:
            return True
        finally:
            self.client.socket.settimeout(10)


class Receiver:
    """`bihuan hj212 serve` as a child process."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self._state = folder / "archive" / "devices" / "state.json"
        command = [sys.executable, "-m", "bihuan.cli", "--data", str(folder), "hj212", "serve", "--port", "0"]
        command += ["--processes", "1"]
        self.process = subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        ready = re.search(r"127\.0\.0\.1:(\d+)", self.process.stdout.readline())
        assert ready
        self.port = int(ready[1])

    def client(self) -> Client:
        return Client(self.port)

    def state(self) -> Any:
        """What the receiver last wrote of its connections and devices."""
        until_true(self._state.exists, 10)
        return json.loads(self._state.read_text())

    def accepted(self) -> int:
        """How many packets it has let in."""
        return int(self.state()["counts"].get("accepted", 0)) if self._state.exists() else 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self._ended()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def _ended(self) -> int:
        assert self.process.stdout
        code = self.process.wait(300)  # what it has begun to store or compact it ends, on a busy machine too
        self.process.stdout.close()
        return code

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()


def exported(folder: Path, *words: str) -> pl.DataFrame:
    """What `bihuan hj212 export` gives out of the test's day."""
    file = folder / "records.parquet"
    span = ["--from", "2026-03-01", "--to", "2026-03-02T00:00"]
    assert main(["--data", str(folder), "hj212", "export", *span, *words, "--out", str(file)]) == 0
    return pl.read_parquet(file)


def seconds_of(rows: pl.DataFrame) -> Sequence[int]:
    """The seconds of the test's day that an export holds values of SO2 for, in order."""
    chosen = rows.filter(pl.col("code") == "a21026", pl.col("field") == "Rtd")
    return [round((t - DAY).total_seconds()) for t in chosen["data_time"].to_list()]
