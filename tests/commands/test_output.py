"""Progress where stderr is no terminal: a line a second, not one for each of thousands of files."""

import pytest

from bihuan.commands import output
from bihuan.commands.output import Output


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that go by."""
    seconds = [100.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: seconds[0])
    return seconds


@pytest.mark.parametrize("total", [0, 2900])
def test_thousands_of_files_make_a_line_a_second(
    now: list[float], capsys: pytest.CaptureFixture[str], total: int
) -> None:
    out = Output(as_json=False)
    for number in range(2900):
        now[0] += 0.01
        out.progress("restore", number, total)
    assert 25 <= len(capsys.readouterr().err.splitlines()) <= 31


def test_the_end_and_a_new_step_are_always_told(now: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(as_json=False)
    out.progress("backup", 1, 3)
    out.progress("backup", 2, 3)
    out.progress("backup", 3, 3)
    out.progress("restore")
    assert capsys.readouterr().err == "backup 1/3\nbackup 3/3\nrestore\n"


def test_a_sentence_is_one_line_whatever_a_file_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).fail("a\nb\x1b[2Jc\t d.csv: cannot be read")
    assert capsys.readouterr().err == "bihuan: a b [2Jc d.csv: cannot be read\n"
