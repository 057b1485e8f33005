"""What answers instead of a mail server, a robot or an SMS gateway: real sockets on this machine, which keep what came."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit


@dataclass
class Sent:
    """A request as it came: path, query, and the body as JSON or as fields."""

    path: str
    query: dict[str, str]
    body: Any


@dataclass
class Http:
    """answers: status and body of the next answers, the last one for ever; a status of 0 closes the line without a word."""

    url: str = ""
    answers: list[tuple[int, Any]] = field(default_factory=lambda: [(200, {"errcode": 0, "errmsg": "ok"})])
    came: list[Sent] = field(default_factory=list)

    def answer(self) -> tuple[int, Any]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def http_fake() -> Iterator[Http]:
    """A server for robots and gateways."""
    fake = Http()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            is_json = "json" in self.headers.get("Content-Type", "")
            body = json.loads(raw) if is_json else dict(parse_qsl(raw))
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            fake.came.append(Sent(parts.path, query, body))
            status, content = fake.answer()
            if not status:
                self.close_connection = True
                return
            told = content if isinstance(content, str) else json.dumps(content)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(told.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with _running(server):
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield fake


@dataclass
class Mails:
    """refuses: what is said to every recipient instead of taking it (a line of SMTP); None: taken."""

    port: int = 0
    refuses: str | None = None
    came: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)


@contextmanager
def mail_fake() -> Iterator[Mails]:
    """A mail server that speaks as much SMTP (RFC 5321) as a client needs."""
    fake = Mails()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 fake")
            while line := self.rfile.readline().decode().strip():
                word = line.split(" ")[0].upper()
                if word == "RCPT" and fake.refuses:
                    self.say(fake.refuses)
                elif word == "DATA":
                    self.say("354 go on")
                    self.take()
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    if word == "RCPT":
                        fake.to.append(line.split("<")[1].rstrip(">"))
                    self.say("250 ok")

        def take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            mail = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            fake.came.append(mail)
            self.say("250 taken")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with _running(server):
        fake.port = server.server_address[1]
        yield fake


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain", "html"))
    assert part is not None
    content: str = part.get_content()
    return content
