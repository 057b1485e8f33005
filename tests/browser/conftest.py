"""A practice city of its own, served by the real command, and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "Bihuan-2019"
EPISODE = "2019-01-11T12:00"
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--lang=zh-CN",
]  # fmt: skip


@dataclass
class City:
    """A running practice city."""

    address: str
    folder: Path


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bihuan(*words: str) -> list[str]:
    """The command as a child process."""
    return [sys.executable, "-m", "bihuan.cli", *words]


# For the package, not the session: while the driver runs, its event loop would be in the way of other tests.
@pytest.fixture(scope="package")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Build the city at the heavy pollution of January 2019 and serve it with the clock standing still."""
    folder = tmp_path_factory.mktemp("practice") / "data"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("BIHUAN_", "DJANGO_"))}
    subprocess.run(
        bihuan("--data", str(folder), "demo", "--size", "small", "--at", EPISODE, "--speed", "0"),
        check=True,
        env=clean,
        timeout=400,
    )
    port = free_port()
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            bihuan("--data", str(folder), "serve", "--port", str(port)), env=clean, stdout=log, stderr=log
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_it_answers(address, server)
            yield City(address, folder)
        finally:
            server.terminate()
            server.wait(30)


def web_process(city: City) -> "subprocess.Popen[bytes]":
    """The real web process of an installation that a test made; it answers, and is the caller's to end."""
    env = {**os.environ, "BIHUAN_DATA": str(city.folder)}
    port = city.address.rpartition(":")[2]
    with (city.folder / "web.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "bihuan.servers.web", "127.0.0.1", port], env=env, stdout=log, stderr=log
        )
    wait_until_it_answers(city.address, server)
    return server


def wait_until_it_answers(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait for the login page."""
    for _ in range(300):
        assert server.poll() is None, "the server ended; see serve.log"
        try:
            urllib.request.urlopen(f"{address}/login/", timeout=5)
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise AssertionError("the server did not come up")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium: run `make browser`"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def closed_windows(chromium: Browser) -> Iterator[None]:
    """Windows that a test leaves open would draw their maps beside the next test."""
    yield
    for context in chromium.contexts:
        context.close()


class Visitor:
    """One person with one browser window; collects what the console complains about."""

    def __init__(self, browser: Browser, city: City, username: str, *, phone: bool = False) -> None:
        size = {"width": 390, "height": 844} if phone else {"width": 1920, "height": 1080}
        context = browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True
        )
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.city = city
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.go("/login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("form button.btn-primary")
        self.page.wait_for_url(f"{city.address}/")

    def go(self, path: str) -> None:
        """Open a page; it must answer 200."""
        answer = self.page.goto(self.city.address + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
