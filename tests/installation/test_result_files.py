"""Result files: no text of a CSV is run as a formula, numbers stay numbers; what they are called."""

import csv
import os
from pathlib import Path

import polars as pl
import pytest

from bihuan.errors import NothingDone
from bihuan.installation.files import defused, write_table
from bihuan.kit.tables import Table, as_csv

TEXTS = {
    '=HYPERLINK("http://evil.example")': True, "+1+cmd|' /C calc'!A0": True, "-2+3": True, "@SUM(A1)": True, "\t=1": True, "\r=1": True,
    "-5": False, "+3.5": False, "-1e-3": False, "1739A": False, "站": False, "": False, "- ": True,
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_texts_that_a_spreadsheet_would_run_are_defused(tmp_path: Path, text: str) -> None:
    expected = f"'{text}" if TEXTS[text] else text
    assert defused(text) == expected
    write_table(pl.DataFrame({"site": [text, "A"], "v": [-1.5, 2.0]}), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["site", "v"], [expected, "-1.5"], ["A", "2.0"]]
    assert expected.encode() in as_csv(Table(["site"], [[text]])).replace(b'""', b'"')


@pytest.mark.parametrize("name", ["长" * 83 + ".csv", "a" * 251 + ".csv"])
def test_a_name_that_the_disk_just_holds_is_written(tmp_path: Path, name: str) -> None:
    write_table(pl.DataFrame({"v": [1]}), tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_name_that_no_disk_holds_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NothingDone, match="File name too long"):
        write_table(pl.DataFrame({"v": [1]}), tmp_path / ("长" * 86 + ".csv"))
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_or_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """Root who writes onto /dev/null must have a /dev/null afterwards."""
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(NothingDone, match="which no file may replace"):
        write_table(pl.DataFrame({"v": [1]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").is_fifo()
    assert len(list(tmp_path.iterdir())) == 1
