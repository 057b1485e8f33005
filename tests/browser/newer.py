"""A way to a city that can pretend a newer release: its static files lie elsewhere, so its service worker is another. It can hold items up."""

import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.browser.conftest import City

NEWER = "/static/newer/"
TEXTS = ("text/html", "text/javascript", "application/manifest+json")


@dataclass
class Way:
    """Where the phone goes instead of the city itself."""

    city: City
    address: str = ""
    older: str = ""
    newer: bool = False
    holding: bool = False


@contextmanager
def way_to(city: City) -> Iterator[Way]:
    """As long as it is open."""
    way = Way(city)
    with urllib.request.urlopen(f"{city.address}/m/") as answer:
        found = re.search(r"/static/[^/]+/", answer.read().decode())
    assert found
    way.older = found[0]
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Relay", (_Relay,), {"way": way}))
    way.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield way
    finally:
        server.shutdown()
        server.server_close()


class _Relay(BaseHTTPRequestHandler):
    way: Way

    def do_GET(self) -> None:
        self._relay()

    def do_POST(self) -> None:
        self._relay()

    def _relay(self) -> None:
        way = self.way
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if way.holding and self.path == "/m/items":
            self._answer(503, [], b"")
            return
        headers = {k: v for k, v in self.headers.items() if k not in ("Accept-Encoding", "Connection")}
        with closing(HTTPConnection(way.city.address.removeprefix("http://"), timeout=60)) as there:
            there.request(self.command, self.path.replace(NEWER, way.older), body, headers)
            answer = there.getresponse()
            content = answer.read()
        if way.newer and (answer.getheader("Content-Type") or "").startswith(TEXTS):
            content = content.replace(way.older.encode(), NEWER.encode())
        self._answer(answer.status, answer.getheaders(), content)

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        with suppress(ConnectionError):  # a page that was left does not wait for its answer
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test tells what went wrong."""
