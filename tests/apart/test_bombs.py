"""A file of some megabytes that unfolds to more than a gigabyte: whoever opens it lives and says so in a sentence."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.apart import limits
from bihuan.archive import Archive
from bihuan.pipeline.files import import_files
from bihuan.web import import_work
from tests.apart.bombs import bomb
from tests.commands.cli import run
from tests.people import City

pytestmark = pytest.mark.slow

HOURS = (("site", "time", "PM2.5"), ("A", "2019-10-05T06:00", "12"))
SAYS = {"honest": None, "lying": 4000}
WORDS = {"honest": "unfolds from", "lying": "MB of memory to read"}
CHINESE = {"honest": "展开", "lying": "内存"}


@pytest.fixture(scope="module", params=SAYS)
def kind(request: pytest.FixtureRequest) -> str:
    """Whether the file's zip tells how big it becomes."""
    return str(request.param)


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory, kind: str) -> Path:
    path = bomb(tmp_path_factory.mktemp("bomb") / "hours.xlsx", *HOURS, says=SAYS[kind])
    assert 2_000_000 < path.stat().st_size < 5_000_000
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of which 300 MB are free."""
    monkeypatch.setenv("BIHUAN_READ_MEMORY", "300")
    monkeypatch.setattr(limits.psutil, "virtual_memory", lambda: SimpleNamespace(available=300 << 20))
    monkeypatch.setattr(import_work, "PATIENCE", 60)


@pytest.mark.parametrize("line", ["aqi IN", "statistics IN --level city --period day", "statistics GOOD --level city --period day --sites IN", "backtest IN --from 2019-10-05T00:00 --to 2019-10-06T00:00"])  # fmt: skip
def test_a_command_on_it_says_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, hours: Path, kind: str, line: str
) -> None:
    good = tmp_path / "good.csv"
    good.write_text("site,time,PM2.5\nA,2019-10-05T06:00,12\n")
    words = [{"IN": hours, "GOOD": good}.get(word, word) for word in line.split()]
    ran = run(capsys, *words, "--out", tmp_path / "out.csv")
    assert (ran.code, ran.out) == (2, "")
    (told,) = [row for row in ran.err.splitlines() if row.startswith("bihuan: ")]
    assert told.startswith("bihuan: hours.xlsx ")
    assert WORDS[kind] in told
    assert not (tmp_path / "out.csv").exists()


def test_the_command_itself_lives(tmp_path: Path, hours: Path, kind: str) -> None:
    """A process of its own, with the real memory of the machine: it is read or refused, and nothing dies."""
    if kind == "lying":
        hours = bomb(tmp_path / "hours.xlsx", *HOURS, megabytes=20, says=SAYS[kind])
    command = [sys.executable, "-m", "bihuan.cli", "aqi", str(hours), "--out", str(tmp_path / "out.csv")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == (2 if kind == "honest" else 0), ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_import_of_it_fails_and_the_next_goes_in(tmp_path: Path, hours: Path, kind: str) -> None:
    good = tmp_path / "good.csv"
    good.write_text("site,time,PM2.5\nA,2019-10-05T06:00,12\n")
    archive = Archive(tmp_path / "city" / "archive")
    failed, done = import_files(archive, [hours, good], received=datetime(2019, 10, 4, 17, tzinfo=UTC))
    assert WORDS[kind] in failed.error
    assert (done.error, done.new) == ("", 1)


def test_the_import_page_says_so_and_lives(
    client: Client, city: City, data_dir: Path, hours: Path, kind: str
) -> None:
    client.force_login(city.person("dispatcher", "140300"))
    for do in ("columns", "preview", "import"):
        file = SimpleUploadedFile("hours.xlsx", hours.read_bytes())
        form = {"file": file, "do": do, "site": "site", "time": "time", "column_pm25": "PM2.5"}
        page = client.post(reverse("imports"), form, follow=True).content.decode()
        assert CHINESE[kind] in page, do
    assert client.get(reverse("imports")).status_code == 200
