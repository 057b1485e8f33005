"""A province's platform (模拟): takes signed records once by their number, answers with codes, counts by station and day; and can be made to fail as lines do."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bihuan.feeds.gates.signing import signature

OK, REFUSED, DOWN = 200, 401, 503
NAMED = {"203": "temperature", "205": "plate"}
"""Fields that an answer with a code names."""


@dataclass
class Kept:
    """A record as the province has it."""

    kind: str
    key: str
    day: str
    site: str
    revision: int
    data: dict[str, Any]


@dataclass
class Province:
    """key: with which the city signs. faults: what happens to the next requests for records, one each, then all is well: `down`, `slow` (no answer in time),
    `lost` (taken, and the answer is lost), `cut` (half of an answer), `silent` (no word about the last record).

    judge: the code for a record, empty to take it. taken: how often a record was taken into the books, by number of the message.
    """

    key: str
    faults: list[str] = field(default_factory=list)
    judge: Callable[[dict[str, Any]], str] = lambda _record: ""
    away: bool = False
    patience: float = 1.0
    books: dict[tuple[str, str], Kept] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)
    days: list[str] = field(default_factory=list)
    requests: int = 0
    url: str = ""
    _lock: Lock = field(default_factory=Lock)

    def receive(self, said: dict[str, Any]) -> list[dict[str, str]]:
        """Take a batch; an answer for each record."""
        with self._lock:
            self.days.append(said["day"])
            return [self._one(said["kind"], said["day"], record) for record in said["records"]]

    def _one(self, kind: str, day: str, record: dict[str, Any]) -> dict[str, str]:
        number = record["number"]
        if number in self.taken and (kind, record["key"]) in self.books:
            return {"number": number, "code": "1"}
        if code := self.judge(record):
            return {"number": number, "code": code, "message": "模拟退回", "field": NAMED.get(code, "")}
        there = self.books.get((kind, record["key"]))
        if there is not None and there.revision > record["revision"]:
            return {"number": number, "code": "2"}
        self.books[kind, record["key"]] = Kept(kind, record["key"], day, record["site"], record["revision"], record["data"])  # fmt: skip
        self.taken[number] += 1
        return {"number": number, "code": "0"}

    def counts(self, kind: str, day: str) -> dict[str, int]:
        """Records of a day by station."""
        return dict(Counter(k.site for k in list(self.books.values()) if (k.kind, k.day) == (kind, day)))

    def keys(self, kind: str, day: str, site: str) -> dict[str, int]:
        """Records of a station: revision by key."""
        return {
            k.key: k.revision
            for k in list(self.books.values())
            if (k.kind, k.day, k.site) == (kind, day, site)
        }


class _Handler(BaseHTTPRequestHandler):
    province: Province

    def log_message(self, *_about: Any) -> None:
        """Say nothing."""

    def _signed(self, body: bytes) -> bool:
        head = self.headers
        made = signature(self.province.key, self.command, self.path, head["x-report-time"] or "", head["x-report-nonce"] or "", body)  # fmt: skip
        return made == head["x-report-signature"]

    def _answer(self, status: int, what: Any, *, half: bool = False) -> None:
        content = json.dumps(what, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if half else content)
        self.close_connection = True

    def do_POST(self) -> None:
        """Records."""
        here = self.province
        here.requests += 1
        body = self.rfile.read(int(self.headers["content-length"]))
        fault = here.faults.pop(0) if here.faults else ""
        if here.away or fault == "down":
            self._answer(DOWN, {})
        elif fault == "slow":
            time.sleep(here.patience)
            self.close_connection = True
        elif not self._signed(body):
            self._answer(REFUSED, {})
        else:
            results = here.receive(json.loads(body))
            if fault == "lost":
                self.close_connection = True
                return
            self._answer(OK, {"results": results[:-1] if fault == "silent" else results}, half=fault == "cut")

    def do_GET(self) -> None:
        """Counts, and keys."""
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.province.away:
            self._answer(DOWN, {})
        elif not self._signed(b""):
            self._answer(REFUSED, {})
        elif parts.path == "/counts":
            self._answer(OK, {"sites": self.province.counts(asked["kind"], asked["day"])})
        else:
            self._answer(OK, {"keys": self.province.keys(asked["kind"], asked["day"], asked["site"])})


@contextmanager
def running(province: Province) -> Iterator[Province]:
    """The platform answers on a port of this machine while the block runs; its `url` says where."""
    handler = type("Handler", (_Handler,), {"province": province})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    province.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield province
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
