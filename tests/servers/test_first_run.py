"""`bihuan serve` on a folder that does not exist yet: the real processes, from the printed code to the first sign-in."""

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import free_port
from tests.servers.installed import run_python

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("BIHUAN_", "DJANGO_"))}
GIVEN = {
    "name": "太原市", "region": "140100", "centre": "太原市生态环境局", "full_name": "张三",
    "password": "wo-de-cheng-shi", "again": "wo-de-cheng-shi",
}  # fmt: skip
ACCOUNTS = """
import django
django.setup()
from bihuan.registry.models import *
print(Person.objects.count(), Region.objects.count(), AuditEntry.objects.filter(action="city.found").count())
"""


@contextmanager
def serving(folder: Path) -> Iterator[dict[str, str]]:
    """What `serve` printed when it was ready: its address, and the code where it is asked for."""
    words = ["-m", "bihuan.cli", "--json", "--data", str(folder), "serve", "--port", str(free_port())]
    with subprocess.Popen([sys.executable, *words], env=CLEAN, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0


class Visitor:
    """A browser with cookies."""

    def __init__(self, address: str) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.address, self.opener = address, urllib.request.build_opener(jar)

    def get(self, path: str = "") -> tuple[int, str, str]:
        """Status, the address in the end, the text."""
        return self._asked(self.address + path)

    def post(self, fields: dict[str, str]) -> tuple[int, str, str]:
        """Fill in the page that is open to everybody."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get()[2])
        assert found
        return self._asked(self.address + "first-run/", {**fields, "csrfmiddlewaretoken": found[1]})

    def _asked(self, url: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        sent = urllib.parse.urlencode(data).encode() if data else None
        try:
            with self.opener.open(url, sent, timeout=60) as answer:
                return answer.status, answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, url, error.read().decode()


@pytest.mark.slow
def test_a_city_is_set_up_from_a_missing_folder_with_a_restart_in_between(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    with serving(folder) as first:
        assert Visitor(first["address"]).get()[1].endswith("/first-run/")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "first-run.code").stat().st_mode & 0o777 == 0o600
    with serving(folder) as again:
        assert again["first_run_code"] == first["first_run_code"]
        stranger = Visitor(again["address"])
        assert stranger.post({**GIVEN, "username": "thief", "code": "AAAA-BBBB-CCCC-DDDD"})[0] == 400
        visitor = Visitor(again["address"])
        status, url, page = visitor.post({**GIVEN, "username": "admin.ty", "code": again["first_run_code"]})
        assert status == 200
        assert "张三" in page
        assert not url.endswith("/first-run/")
        assert visitor.get("first-run/")[0] == Visitor(again["address"]).get("first-run/")[0] == 404
        assert not (folder / "first-run.code").exists()
    assert run_python(folder, ACCOUNTS).split() == ["1", "1", "1"]
    with serving(folder) as later:
        assert "first_run_code" not in later
        assert "/login/" in Visitor(later["address"]).get()[1]


@pytest.mark.slow
def test_of_several_who_come_at_once_with_the_code_one_makes_the_first_account(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with serving(folder) as told:
        visitors = [Visitor(told["address"]) for _ in range(4)]
        for visitor in visitors:
            visitor.get()

        def send(n: int) -> int:
            return visitors[n].post({**GIVEN, "username": f"first{n}", "code": told["first_run_code"]})[0]

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(send, range(4)))
    assert run_python(folder, ACCOUNTS).split() == ["1", "1", "1"]
    assert answers.count(200) == 1
    assert set(answers) <= {200, 404}
