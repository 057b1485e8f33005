"""`bihuan deliveries`: failed files are listed, tried again, dismissed."""

from pathlib import Path

import pytest

from bihuan.archive import Archive
from tests.commands.cli import run

GOOD = "site,time,PM2.5\nA,2019-10-05T06:00,12\n"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def city(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with a good file and one that failed."""
    folder = tmp_path / "city"
    monkeypatch.setenv("BIHUAN_DATA", str(folder))
    for name, text in (("good.csv", GOOD), ("odd.csv", "a,b\n1,2\n")):
        (tmp_path / name).write_text(text)
    assert run(capsys, "--data", folder, "import", tmp_path / "good.csv", tmp_path / "odd.csv").code == 1
    return folder


@pytest.mark.django_db
def test_failed_files_are_listed_with_number_and_reason(capsys: Capture, city: Path) -> None:
    ran = run(capsys, "--data", city, "--json", "deliveries")
    (failed,) = ran.json["deliveries"]
    assert (ran.code, ran.json["count"], failed["file"], failed["attempts"]) == (0, 1, "odd.csv", 1)
    assert "no known format" in failed["why"]
    text = run(capsys, "--data", city, "deliveries").out
    assert text.startswith(f"{failed['id']}  ")
    assert "odd.csv: " in text
    assert run(capsys, "--data", city, "--json", "deliveries", "--state", "stored").json["count"] == 1


@pytest.mark.django_db
def test_a_second_try_that_fails_says_why_and_a_dismissal_needs_a_reason(capsys: Capture, city: Path) -> None:
    number = Archive(city / "archive").deliveries.find()[0].id
    ran = run(capsys, "--data", city, "deliveries", "--retry", number)
    assert (ran.code, ran.out) == (2, "")
    assert "no known format" in ran.err
    assert "say why" in run(capsys, "--data", city, "deliveries", "--dismiss", number).err
    assert run(capsys, "--data", city, "deliveries", "--dismiss", number, "--reason", "not ours").code == 0
    ran = run(capsys, "--data", city, "deliveries", "--retry", number)
    assert (ran.code, "no failed delivery" in ran.err) == (2, True)
    assert run(capsys, "--data", city, "--json", "deliveries").json["deliveries"] == []
