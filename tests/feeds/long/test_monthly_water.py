"""Workbooks of manual results as offices write them: what goes in, and why each cell that does not is refused."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.archive import Archive
from bihuan.archive.observations import Asked
from bihuan.domain.flags import measured
from bihuan.feeds.detect import detect
from bihuan.feeds.long import monthly_water
from bihuan.feeds.long.below import read_cells
from bihuan.feeds.long.monthly_times import sampled, title_of
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.sheets import letters, sheets
from bihuan.pipeline import mend_values
from bihuan.pipeline.files import import_files
from bihuan.reasons import Reason
from tests.feeds.long.books import Rows, Written

MARCH_5, MARCH = (datetime(2024, *day, 16, tzinfo=UTC) for day in ((3, 4), (2, 29)))
HEADS: Rows = (
    ("断面名称", "采样日期", "监测项目", None, None, None, "备注"),
    (None, None, "pH值", "氨氮", "总磷", "汞", None),
    (None, None, "无量纲", "mg/L", "mg/L", "μg/L", None),
)


def read(path: Path) -> tuple[pl.DataFrame, list[tuple[int, str, str, str]], list[Reading]]:
    readings = list(monthly_water.batches(path))
    told = [(r.row, r.column, r.value, r.why.code) for reading in readings for r in reading.refused]
    return pl.concat([r.rows for r in readings]), told, readings


def said(rows: pl.DataFrame) -> dict[tuple[str, str], tuple[float | None, str | None]]:
    return {(s, q): (v, f) for s, q, v, f in rows.select("site", "quantity", "value", "flag").iter_rows()}


def test_merged_heads_units_and_limits_are_read_as_they_are_meant(written: Written) -> None:
    day = datetime(2024, 3, 5)  # noqa: DTZ001
    rows = (*HEADS, ("甲", day, 8.1, "<0.025", "0.01L", 0.04, "无"), ("乙", day, "8.0", "未检出", "*", "--"))
    path = written(rows, merged=("B2:B4", "C2:C4", "D2:G2"))
    assert detect(path) == detect(path, weather=True) == "water_monthly"
    found, refused, (reading,) = read(path)
    assert refused == []
    assert (reading.rows_in_file, reading.ignored_columns) == (2, ("备注",))
    assert said(found) == {
        ("甲", "w01001"): (8.1, None),
        ("甲", "w21003"): (0.0125, "<"),
        ("甲", "w21011"): (0.005, "<"),
        ("甲", "w20142"): (0.04, None),
        ("乙", "w01001"): (8.0, None),
        ("乙", "w21003"): (None, "<"),  # the limit is not said
        ("乙", "w20142"): (None, None),  # and `*` says that nothing was measured at all
    }
    assert found.select("period", "start").unique().rows() == [("day", MARCH_5)]


def test_each_bad_cell_is_refused_by_its_place_and_its_neighbours_go_in(written: Written) -> None:
    good = ("甲", "2024-03-05", 8.1, 0.3, 0.1, 0.04)
    rows = (
        *HEADS,
        good,
        ("乙", "2024", 8.0, 0.3),
        ("丙", "2024-03-05", 15, -0.3, "abc"),
        (None, "2024-03-05", 8.2),
    )
    found, refused, _ = read(written(rows))
    assert refused == [
        (6, "C 采样日期", "2024", "year_without_month"),
        (7, "D pH值", "15", "outside_without_unit"),
        (7, "E 氨氮", "-0.3", "negative"),
        (7, "F 总磷", "abc", "not_a_number"),
        (8, "B 断面名称", "", "no_site"),
    ]
    assert set(found["site"]) == {"甲", "丙"}
    assert all(v is None for (s, _), (v, _f) in said(found).items() if s == "丙")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_report_as_csv_is_read_like_a_workbook(tmp_path: Path, encoding: str) -> None:
    """Title, head of three rows, units, limits, a line break within a head; places are lines of the file."""
    lines = (
        '地表水监测月报,,,,,\r\n\r\n断面名称,采样日期,监测项目,,,备注\r\n,,pH值,"氨\n氮",总磷,\r\n,,无量纲,μg/L,mg/L,\r\n'
        '甲,2024-03-05,8.1,"<25",0.01L,无\r\n乙,2024年3月,8.0,300,"1,2"\r\n丙,2024,8,1,1,\r\n丁,2024-03-05,8,-3,*,"a\nb"\r\nⅢ类标准,,,1000,0.2,\r\n'
    )
    path = tmp_path / "report.csv"
    path.write_bytes(lines.encode(encoding))
    assert detect(path) == detect(path, weather=True) == "water_monthly"
    found, refused, (reading,) = read(path)
    assert said(found) == {
        ("甲", "w01001"): (8.1, None),
        ("甲", "w21003"): (0.0125, "<"),
        ("甲", "w21011"): (0.005, "<"),
        ("乙", "w01001"): (8.0, None),
        ("乙", "w21003"): (0.3, None),
        ("乙", "w21011"): (12.0, None),
        ("丁", "w01001"): (8.0, None),
    }
    assert refused == [(9, "B 采样日期", "2024", "year_without_month"), (10, "D 氨\n氮", "-3", "negative")]
    assert reading.rows_in_file == 4
    assert "summary_rows" in {note.code for note in reading.notes}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("断面名称,监测时间,pH,氨氮(mg/L)\n甲,2021-04-01 08:00,8,0.3\n", "water_sections"),
        ("断面,时间,项目,监测值\n甲,2021-04-01,氨氮,0.3\n", "long"),
        ("断面名称,监测时间,pH,氨氮(mg/L)\n甲,2021-04-01,8,0.3\n", "water_monthly"),
    ],
)
def test_texts_of_stations_and_long_ones_stay_what_they_are(tmp_path: Path, text: str, form: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, "utf-8")
    assert detect(path) == form


def test_a_sentence_that_names_items_is_no_report(tmp_path: Path) -> None:
    path = tmp_path / "about.csv"
    path.write_text(
        "# About\n\nColumns:, section, time, ph, nh3n\nas published, each of a section\n", "utf-8"
    )
    with pytest.raises(Unreadable):
        detect(path)


def test_a_comma_between_thousands_is_none_in_the_number(written: Written) -> None:
    found, refused, _ = read(written((("断面", "年月", "铜(μg/L)"), ("甲", "2024-01", "1,200"))))
    assert (found["value"].to_list(), refused) == ([1.2], [])


def test_two_tables_below_and_beside_each_other_and_several_sheets_are_read(written: Written) -> None:
    first = (
        ("2024年3月地表水监测结果",),
        ("断面", "月份", "氨氮(mg/L)", None, "断面", "月份", "铜(μg/L)"),
        ("甲", "3月", 0.3, None, "甲", "3月", 5),
        ("Ⅲ类标准", None, 1.0, None, None, None, None),
        ("续表",),
        ("断面", "月份", "总磷"),
        ("甲", "2024-03", 0.1),
    )
    second = (("省份", "断面名称", "年", "月", "总氮"), ("山西省", "甲", 2024, 3, 4.5))
    found, refused, readings = read(written(first, second))
    assert refused == []
    assert said(found) == {
        ("甲", "w21003"): (0.3, None),
        ("甲", "w20138"): (0.005, None),
        ("甲", "w21011"): (0.1, None),
        ("山西省·甲", "w21001"): (4.5, None),
    }
    assert found.select("period", "start").unique().rows() == [("month", MARCH)]
    assert [note.code for note in readings[0].notes] == ["several_values", "summary_rows"]


def test_a_merged_section_is_of_all_its_rows_and_a_blank_one_of_none(written: Written) -> None:
    rows = (("断面", "年月", "氨氮"), ("甲", "2024-01", 0.1), (None, "2024-02", 0.2), (None, "2024-03", 0.3))
    found, refused, _ = read(written(rows, merged=("B3:B4",)))
    assert found["value"].to_list() == [0.1, 0.2]
    assert [(row, code) for row, _, _, code in refused] == [(5, "no_site")]


def test_a_metal_without_a_unit_and_a_unit_of_something_else_refuse_the_column(written: Written) -> None:
    rows = (("断面", "年月", "镉", "氨氮(NTU)", "总磷"), ("甲", "2024-01", 1, 1, 0.1))
    found, refused, _ = read(written(rows))
    assert [(row, column, code) for row, column, _, code in refused] == [
        (2, "D 镉", "unit_not_said"),
        (2, "E 氨氮(NTU)", "unit_of_field"),
    ]
    assert found["quantity"].to_list() == ["w21011"]


@pytest.mark.parametrize(
    ("text", "limit", "flag"),
    [("<0.01", "0.005", "<"), ("＜ 0.01", "0.005", "<"), ("0.01L", "0.005", "<"), ("未检出", None, "<"), ("--", None, None), ("1,200", "1,200", None), ("-1", "-1", None), ("<x", "<x", None)],
)  # fmt: skip
def test_what_a_cell_says_of_a_limit(text: str, limit: str | None, flag: str | None) -> None:
    cells = read_cells(pl.Series([text]))
    assert (cells.texts[0], cells.flags[0]) == (limit, flag)


def test_a_value_below_its_limit_is_judged_and_one_in_maintenance_is_not() -> None:
    frame = pl.DataFrame({"flag": [None, "N", "<", "M", "F"]})
    assert frame.select(measured())["flag"].to_list() == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"date": "2024.3.5"}, (datetime(2024, 3, 5), "day")),  # noqa: DTZ001
        ({"date": "3月5日"}, (datetime(2023, 3, 5), "day")),  # noqa: DTZ001
        ({"date": "2024-03-05 08:30"}, (datetime(2024, 3, 5, 8, 30), "realtime")),  # noqa: DTZ001
        ({"date": "202403"}, (datetime(2024, 3, 1), "month")),  # noqa: DTZ001
        ({"date": "2024-02-30"}, "no_moment"),
        ({"months": "2024.10"}, (datetime(2024, 10, 1), "month")),  # noqa: DTZ001
        ({"months": "2024.1"}, "tenth_or_first_month"),
        ({"months": "2024.3"}, (datetime(2024, 3, 1), "month")),  # noqa: DTZ001
        ({"months": "2024年"}, "year_without_month"),
        ({"months": "13月"}, "no_moment"),
        ({"year": "2024", "month": "", "day": ""}, "year_without_month"),
        ({"year": "2024", "month": "3", "day": "5"}, (datetime(2024, 3, 5), "day")),  # noqa: DTZ001
        ({}, (datetime(2023, 7, 1), "month")),  # noqa: DTZ001
    ],
)
def test_a_time_is_a_day_or_a_month_and_a_year_alone_is_none(said: dict[str, str], wanted: Any) -> None:
    found = sampled(said, title_of("2023年7月"))
    assert (found.code if isinstance(found, Reason) else found) == wanted


def test_columns_have_the_letters_of_the_sheet(written: Written) -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    (sheet,) = sheets(written((("x", "y"),)))
    assert sheet.cells.columns == ["B", "C"]
    assert sheet.cells["C"].to_list() == [None, "y"]


def test_tables_of_stations_and_of_other_things_are_not_taken_for_reports(written: Written) -> None:
    station = written(
        (("断面名称", "监测时间", "氨氮(mg/L)", "站点情况"), ("甲", "2021-04-01 08:00", 0.1, "正常"))
    )
    assert detect(station) == "water_sections"
    hours = written((("断面名称", "监测时间", "氨氮(mg/L)"), ("甲", "2021-04-01 08:00", 0.1)))
    assert detect(hours) == "water_sections"
    plain = written((("断面", "时间", "因子", "监测值"), ("甲", "2021-04-01 08:00", "氨氮", 0.1)))
    assert detect(plain) == "long"
    with pytest.raises(Unreadable, match="no table of a section"):
        list(monthly_water.batches(plain))


def test_the_same_file_adds_nothing_and_a_corrected_one_is_a_later_version(
    written: Written, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "archive")
    path = written((*HEADS, ("甲", "2024-03-05", 8.1, 0.3, "x", 0.04)))
    moments = [datetime(2024, 4, day, tzinfo=UTC) for day in (1, 2, 3)]
    first, again = (import_files(archive, [path], received=at, delay=None)[0] for at in moments[:2])
    assert (first.new, again.new, again.corrected) == (3, 0, 0)
    (open_one,) = archive.quarantine.find()
    assert mend_values.mendable(archive, [open_one]) == set()  # a report is corrected and sent again
    better = written((*HEADS, ("甲", "2024-03-05", 8.1, 0.4, 0.1, 0.04)), name="corrected.xlsx")
    (report,) = import_files(archive, [better], received=moments[2], delay=None)
    assert (report.new, report.corrected) == (1, 1)
    history = archive.observations.history(Asked(["甲"], ["w21003"]))
    assert history["value"].to_list() == [0.3, 0.4]
