"""The web process against strangers with real sockets: connections, slow requests, bodies, invented addresses."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bihuan.seldom import Seldom
from bihuan.servers.open_files import room_for_connections
from tests.servers.installed import migrated, run_python
from tests.servers.visitors import ACCOUNT, NAME, PASSWORD, Visitor, ended, web

HALF = b"GET /login/ HTTP/1.1\r\nHost: x\r\n"
WHOLE = HALF + b"\r\n"
SLOW = 60  # seconds for what takes ten on an idle machine
LARGE = b"x" * 200_000


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """An installation with an administrator."""
    folder = migrated(tmp_path_factory.mktemp("web"), empty_database)
    run_python(folder, ACCOUNT)
    return folder


def test_eleven_hundred_idle_connections_do_not_shut_the_pages_nor_fill_the_log(
    installed: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with web(installed, files=1024) as server:
        for _ in range(1100):
            server.connect()
        status, page = Visitor(server.port).ask("GET", "/login/")
        assert (status, "登录" in page) == (200, True)
    assert len(capfd.readouterr().err) < 10_000


def test_who_does_not_finish_a_request_is_let_go_and_others_are_not(installed: Path) -> None:
    with web(installed) as server:
        silent, half, dripping, kept = (server.connect() for _ in range(4))
        half.sendall(HALF)
        dripping.sendall(HALF)
        kept.sendall(WHOLE)
        stop = threading.Event()

        def drip() -> None:
            while not stop.wait(1):
                try:
                    dripping.sendall(b"X-More: 1\r\n")
                except OSError:
                    return

        dripper = threading.Thread(target=drip)
        dripper.start()
        began = time.monotonic()
        assert ended(kept, SLOW)  # idle after its answer
        assert [ended(c, SLOW) for c in (silent, half, dripping)] == [True, True, True]
        assert time.monotonic() - began > 4  # nobody is cut off at once
        stop.set()
        dripper.join()
        assert Visitor(server.port).ask("GET", "/login/")[0] == 200


def test_a_stranger_cannot_put_a_large_body_on_disk(installed: Path) -> None:
    with web(installed) as server:
        stranger = server.connect()
        stranger.sendall(HALF.replace(b"GET", b"POST") + b"Content-Length: 400000000\r\n\r\n" + LARGE * 30)
        answer = stranger.recv(65536).decode()
        assert answer.startswith("HTTP/1.1 413")
        assert "没有登录，不能发送这么大的内容" in answer
        assert server.temp_files() == []
        assert ended(stranger, SLOW)


def pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield LARGE


def test_a_body_of_unknown_length_is_counted_while_it_comes(installed: Path) -> None:
    with web(installed) as server:
        status, said = Visitor(server.port).ask("POST", "/login/", pieces(5), Transfer_Encoding="chunked")
        assert (status, server.temp_files()) == (413, [])
        assert "没有登录" in said
        assert (
            Visitor(server.port).ask("POST", "/login/", iter([b"a=b"]), Transfer_Encoding="chunked")[0] == 403
        )  # no token


def test_who_is_signed_in_may_send_as_much_as_the_setting_says(installed: Path) -> None:
    with web(installed, BIHUAN_UPLOAD_MB="1") as server:
        person = Visitor(server.port)
        assert person.sign_in(NAME, PASSWORD)[0] == 302
        assert person.ask("POST", "/imports/", LARGE * 4)[0] == 403  # let in; it lacks the token of a form
        status, said = person.ask("POST", "/imports/", LARGE * 6)
        assert (status, said) == (413, "内容太大：一次最多上传 1 MB。请分成几个文件上传。")
        invented = Visitor(server.port, {"sessionid": "0" * 32, "django_language": "en"})
        status, said = invented.ask("POST", "/imports/", LARGE)
        assert (status, "Sign in" in said) == (413, True)


def wrong(port: int, name: str, forwarded: str) -> int:
    return Visitor(port).sign_in(name, "wrong", X_Forwarded_For=forwarded)[0]


def test_invented_addresses_do_not_help_past_the_lock_of_sign_in(installed: Path) -> None:
    with web(installed) as server:
        answers = [wrong(server.port, "somebody", f"198.51.100.{n}") for n in range(6)]
        assert answers == [200, 200, 200, 200, 429, 429]


def test_a_trusted_proxy_is_believed_but_not_what_its_visitor_invented(installed: Path) -> None:
    with web(installed, BIHUAN_PROXIES="127.0.0.1,10.9.0.0/16") as server:
        answers = [wrong(server.port, "another", f"198.51.100.{n}, 203.0.113.9, 10.9.0.4") for n in range(6)]
        assert answers == [200, 200, 200, 200, 429, 429]
        assert wrong(server.port, "another", "203.0.113.10") == 200
        person = Visitor(server.port)
        assert person.sign_in(NAME, PASSWORD, X_Forwarded_For="1.2.3.4, 203.0.113.77")[0] == 302
    addresses = run_python(
        installed,
        "import django; django.setup(); from bihuan.registry.models import AuditEntry; print(AuditEntry.objects.first().address)",
    )
    assert addresses == "203.0.113.77\n"


@pytest.mark.parametrize("value", ["*", "10.0.0.1/8", "proxy.example"])
def test_a_setting_of_proxies_that_is_no_address_stops_the_start(
    value: str, installed: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from tests.servers.installed import python

    with python(installed, "-m", "bihuan.servers.web", "127.0.0.1", "0", BIHUAN_PROXIES=value) as process:
        process.communicate(timeout=60)
    assert process.returncode != 0
    assert "BIHUAN_PROXIES" in capfd.readouterr().err


@pytest.mark.parametrize(("files", "room"), [(64, 1), (256, 192), (1024, 768), (1_048_576, 1_048_064)])
def test_connections_leave_room_for_other_files(files: int, room: int) -> None:
    assert room_for_connections(files) == room


def test_what_strangers_cause_is_logged_once_in_a_while_with_a_count() -> None:
    seldom, said = Seldom(seconds=0.05), []
    for _ in range(3):
        record = logging.LogRecord("x", logging.ERROR, "", 1, "too many\nsocket: %s", (1,), None)
        if seldom.filter(record):
            said.append(record.msg)
    assert len(said) == 1
    time.sleep(0.06)
    record = logging.LogRecord("x", logging.ERROR, "", 1, "too many\nsocket: %s", (2,), None)
    assert seldom.filter(record)
    assert record.getMessage() == "too many\nsocket: 2 (2 more of these in between)"


def test_a_socket_that_is_gone_at_once_does_no_harm(installed: Path) -> None:
    with web(installed) as server:
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", server.port)):
                pass
        assert Visitor(server.port).ask("GET", "/healthz")[0] == 503  # no worker runs here
