"""Columns of odd kinds in Parquet, and workbooks of several sheets: the same values as a text would give, or a refusal."""

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from bihuan.feeds import ambient_table
from bihuan.feeds.reading import Reading
from bihuan.reasons import Reason

HOURS = [datetime.fromisoformat(f"2019-01-12T0{hour}:00") for hour in (6, 7)]
HEAD = ["site", "time", "PM2.5"]
ROW = ["A", "2019-01-12 06:00", 1]


def parquet(folder: Path, **columns: Any) -> Reading:
    path = folder / "hours.parquet"
    given = {"site": ["A", "B"], "time": HOURS, "PM2.5": [1.0, 2.0], **columns}
    pl.DataFrame(given).write_parquet(path)
    return ambient_table.read(path)


@pytest.mark.parametrize(
    ("sites", "taken"),
    [
        ([b"A", "站".encode()], ["A", "站"]),
        ([1739, 1740], ["1739", "1740"]),
        ([1739.0, 1740.0], ["1739", "1740"]),
        (pl.Series(["A", "B"], dtype=pl.Categorical), ["A", "B"]),
    ],
)
def test_codes_of_stations_are_texts_whatever_their_column_is(
    tmp_path: Path, sites: Any, taken: list[str]
) -> None:
    reading = parquet(tmp_path, site=sites)
    assert (reading.rows["site"].to_list(), reading.refused) == (taken, ())


@pytest.mark.parametrize(
    "site", [[b"\xff\xfe", b"B"], [float("nan"), 7.0], [["A"], None], [{"a": "A"}, None], [None, "B"]]
)
def test_what_is_no_code_of_a_station_is_refused_by_its_row(tmp_path: Path, site: Any) -> None:
    reading = parquet(tmp_path, site=site)
    assert reading.refused[0].row == 1
    assert {r.column for r in reading.refused} == {"site"}
    assert reading.rows.height + len(reading.refused) == 2


def test_an_hour_written_as_a_whole_number_is_that_of_the_same_text(tmp_path: Path) -> None:
    reading = parquet(tmp_path, time=[2019011206, 20190112])
    assert reading.rows["start"].to_list() == parquet(tmp_path).rows["start"].head(1).to_list()
    assert [(r.row, r.column, r.value) for r in reading.refused] == [(2, "time", "20190112")]


def workbook(folder: Path, **sheets: list[list[Any]]) -> Reading:
    path = folder / "hours.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        book.add_chartsheet()
    return ambient_table.read(path)


def test_the_sheet_with_the_table_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    reading = workbook(tmp_path, 说明=[["单位", "µg/m³"]], 数据=[HEAD, ROW], 空=[])
    assert reading.rows["site"].to_list() == ["A"]
    assert reading.notes == (Reason("only_sheet", sheet="数据", others="说明"),)


def test_of_two_sheets_with_tables_the_first_is_read_and_it_is_said(tmp_path: Path) -> None:
    reading = workbook(tmp_path, 一=[HEAD, ROW], 二=[HEAD, ["B", *ROW[1:]]])
    assert (reading.rows["site"].to_list(), reading.notes) == (
        ["A"],
        (Reason("only_sheet", sheet="一", others="二"),),
    )


def test_empty_sheets_beside_the_table_are_not_worth_a_word(tmp_path: Path) -> None:
    reading = workbook(tmp_path, 空=[], 数据=[HEAD, ROW])
    assert (reading.rows.height, reading.notes) == (1, ())
