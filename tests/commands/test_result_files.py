"""Result files: no text of a CSV is run as a formula, numbers stay numbers."""

import csv
from pathlib import Path

import polars as pl
import pytest

from bihuan.files import defused, write_table
from bihuan.taken_away import Table, as_csv

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
