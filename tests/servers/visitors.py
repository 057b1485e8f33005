"""A real web process on an empty installation, and visitors that speak to it over real sockets."""

import http.client
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.servers.installed import python

NAME, PASSWORD = "admin", "correct horse 9"
ACCOUNT = f"""
import django
django.setup()
from bihuan.registry.models import Person, Post, Region
region = Region.objects.create(code="140300", name="阳泉市")
person = Person.objects.create_user("{NAME}", password="{PASSWORD}", full_name="管理员")
Post.objects.create(person=person, role="admin", region=region)
"""
LIMITED = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[3]),) * 2); runpy.run_module('bihuan.servers.web', run_name='__main__')"


@dataclass
class Web:
    """The running process."""

    port: int
    process: "subprocess.Popen[str]"
    folder: Path

    opened: list[socket.socket] = field(default_factory=list)

    def connect(self) -> socket.socket:
        """A connection; it is closed at the end of the block."""
        self.opened.append(socket.create_connection(("127.0.0.1", self.port), timeout=30))
        return self.opened[-1]

    def temp_files(self) -> list[str]:
        """Files in the folder for temporary files that the process holds open, also those without a name."""
        here = Path(f"/proc/{self.process.pid}/fd")
        return [
            name for fd in here.iterdir() if (name := str(fd.readlink())).startswith(str(self.folder / "tmp"))
        ]


@contextmanager
def web(folder: Path, *, files: int | None = None, **environment: str) -> Iterator[Web]:
    """A web process, while the block lasts; files: its hard limit of open files."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "tmp").mkdir(exist_ok=True)
    start = ["-m", "bihuan.servers.web"] if files is None else ["-c", LIMITED]
    words = [*start, "127.0.0.1", str(port), *([] if files is None else [str(files)])]
    with python(folder, *words, TMPDIR=str(folder / "tmp"), **environment) as process:
        server = Web(port, process, folder)
        try:
            _until_it_listens(port)
            yield server
        finally:
            process.kill()
            for connection in server.opened:
                connection.close()


def _until_it_listens(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < until
        time.sleep(0.1)


@dataclass
class Visitor:
    """A browser that keeps cookies; forwarded: what a proxy in front of the server says."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
    ) -> tuple[int, str]:
        """Status and text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, path, body, {"Cookie": cookies, **named}, encode_chunked=True)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            key, value = cookie.split(";")[0].split("=", 1)
            self.cookies[key] = value
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def sign_in(self, name: str, password: str, **headers: str) -> tuple[int, str]:
        """Fill in the form of the login page."""
        _, page = self.ask("GET", "/login/", **headers)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        form = {"username": name, "password": password, "csrfmiddlewaretoken": token[1]}
        headers["Content_Type"] = "application/x-www-form-urlencoded"
        return self.ask("POST", "/login/", urlencode(form).encode(), **headers)


def ended(connection: socket.socket, seconds: float) -> bool:
    """Does the server close the connection within so many seconds?"""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True
