"""A platform above as the city sees it: a TCP server that answers, refuses, is slow or dies. Made without the code under test."""

import re
import socketserver
import threading
import time
from collections import Counter
from types import TracebackType

from tests.feeds.hj212.packets import crc_of, pack

HEADER = re.compile(r"(\w+)=([^;]*);")


def read_packets(data: bytes) -> tuple[list[str], bytes]:
    """Data segments of whole packets, each looked at (length, check value, line end), and the rest."""
    found = []
    while len(data) >= 12:
        assert data[:2] == b"##"
        size = int(data[2:6])
        if len(data) < size + 12:
            break
        segment = data[6 : 6 + size]
        assert data[6 + size : 12 + size].decode() == crc_of(segment) + "\r\n"
        found.append(segment.decode())
        data = data[size + 12 :]
    return found, data


def header_of(segment: str) -> dict[str, str]:
    return dict(HEADER.findall(segment.split("CP=")[0]))


class Upper:
    """got: how often each segment came; answered: those that 9014 was sent for.

    dies_after: answers so many packets of a connection, then cuts it. refuses: QnRtn by MN. slow: seconds an answer.
    deaf: never answers these MN. history: the DataTimes that it has, by MN and CN.
    """

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.answered: set[str] = set()
        self.dies_after: int | None = None
        self.refuses: dict[str, int] = {}
        self.slow = 0.0
        self.deaf: set[str] = set()
        self.history: dict[tuple[str, str], list[str]] = {}
        self.replies: list[str] = []
        self.connections = 0
        upper = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                upper.talk(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def talk(self, link) -> None:
        self.connections += 1
        rest, done = b"", 0
        try:
            while data := link.recv(65536):
                segments, rest = read_packets(rest + data)
                for segment in segments:
                    if self.dies_after is not None and done >= self.dies_after:
                        return
                    done += 1
                    self.take(link, segment)
        except OSError:
            return

    def take(self, link, segment: str) -> None:
        head = header_of(segment)
        if "BeginTime=" in segment:
            self.tell(link, head)
            return
        if head["CN"].startswith("9"):
            self.replies.append(segment)
            return
        self.got[segment] += 1
        time.sleep(self.slow)
        if head["MN"] in self.deaf:
            return
        code = self.refuses.get(head["MN"])
        cn, cp = ("9014", "") if code is None else ("9011", f"QnRtn={code}")
        if code is None:
            self.answered.add(segment)
        link.sendall(self.reply(head, cn, cp))

    @staticmethod
    def reply(head: dict[str, str], cn: str, cp: str, st: str = "91") -> bytes:
        fields = f"QN={head['QN']};ST={st};CN={cn};PW={head['PW']};MN={head['MN']};Flag=4;"
        return pack(f"{fields}CP=&&{cp}&&")

    def tell(self, link, head: dict[str, str]) -> None:
        """Answer a request for history: 9011, a packet for each record, 9012."""
        has = self.history.get((head["MN"], head["CN"]))
        link.sendall(self.reply(head, "9011", f"QnRtn={2 if has is None else 1}"))
        for number, time14 in enumerate(has or []):
            own = {**head, "QN": f"20260305{number:09d}"}
            link.sendall(self.reply(own, head["CN"], f"DataTime={time14};a21026-Avg=1.0", "31"))
        if has is not None:
            link.sendall(self.reply(head, "9012", f"ExeRtn={1 if has else 100}"))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "Upper":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
