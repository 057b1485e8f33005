"""What a file of the ambient table (the fixed outside) means, and what is refused, with row, column and remedy."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from bihuan.domain.quantities import BY_NAME
from bihuan.feeds.ambient_table import read
from bihuan.feeds.reading import Reading, Unreadable

DATA = Path(__file__).parents[1] / "data"
HEAD = "site,time,PM2.5,PM10,CO\n"


def csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def the_refusal(reading: Reading) -> tuple[int, str, str]:
    assert len(reading.refused) == 1
    refusal = reading.refused[0]
    assert refusal.file == "table.csv"
    assert refusal.reason
    assert refusal.remedy
    return refusal.row, refusal.column, refusal.value


def test_label_is_the_end_of_the_hour_in_china_standard_time(tmp_path: Path) -> None:
    reading = read(csv(tmp_path, HEAD + "1738A,2019-10-05T06:00,12,30,0.4\n"))
    assert reading.rows.to_dicts() == [
        {
            "site": "1738A",
            "start": datetime(2019, 10, 4, 21, tzinfo=UTC),
            "pm25": 12.0,
            "pm10": 30.0,
            "co": 0.4,
        }
    ]
    assert [c for c in reading.rows.columns if c in BY_NAME] == ["pm25", "pm10", "co"]


@pytest.mark.parametrize(
    "label",
    [
        "2019-10-05 06:00",
        "2019/10/05 06:00:00",
        "2019-10-05T06:00:00+08:00",
        "2019-10-04T22:00Z",
        "2019-10-05T0600",
    ],
)
def test_usual_ways_to_write_a_time(tmp_path: Path, label: str) -> None:
    assert read(csv(tmp_path, HEAD + f"A,{label},1,2,3\n")).rows["start"].item() == datetime(
        2019, 10, 4, 21, tzinfo=UTC
    )


def test_hour_24_is_the_midnight_that_ends_the_day(tmp_path: Path) -> None:
    rows = read(csv(tmp_path, HEAD + "A,2019-10-05 24:00,1,2,3\nB,2019-10-06 00:00,1,2,3\n")).rows
    assert rows["start"].to_list() == [datetime(2019, 10, 5, 15, tzinfo=UTC)] * 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_chinese_offices(tmp_path: Path, encoding: str) -> None:
    reading = read(csv(tmp_path, "site,time,PM2.5,备注\n南庄,2019-10-05T06:00,12,校准后\n", encoding))
    assert reading.rows["site"].to_list() == ["南庄"]
    assert reading.ignored_columns == ("备注",)


def test_station_is_accepted_for_site_and_wind_in_letters_or_degrees(tmp_path: Path) -> None:
    reading = read(csv(tmp_path, "station,time,O3,wd\nA,2019-10-05T06:00,1,NNW\nB,2019-10-05T06:00,1,200\n"))
    assert reading.rows["wd"].to_list() == [337.5, 200.0]


@pytest.mark.parametrize("text", ["", "NA", "NaN", "NULL", "-", "—", "--"])
def test_words_for_missing(tmp_path: Path, text: str) -> None:
    reading = read(csv(tmp_path, HEAD + f"A,2019-10-05T06:00,{text},2,3\n"))
    assert reading.rows["pm25"].to_list() == [None]
    assert reading.refused == ()


@pytest.mark.parametrize("value", ["-3", "-999", "9000", "inf", "12 µg", "1e999"])
def test_a_bad_value_is_refused_and_the_rest_of_its_row_goes_in(tmp_path: Path, value: str) -> None:
    reading = read(csv(tmp_path, HEAD + f"A,2019-10-05T06:00,1,2,3\nA,2019-10-05T07:00,{value},2,3\n"))
    assert the_refusal(reading) == (3, "PM2.5", value)
    assert reading.rows["pm25"].to_list() == [1.0, None]
    assert reading.rows["pm10"].to_list() == [2.0, 2.0]


def test_extremes_that_were_really_measured_go_in(tmp_path: Path) -> None:
    # Published values of 2019 in North China: PM2.5 1523, PM10 4985 (dust), CO 90 mg/m3.
    assert read(csv(tmp_path, HEAD + "A,2019-10-05T06:00,1523,4985,90\n")).refused == ()


@pytest.mark.parametrize(
    "label", ["2019-13-01T06:00", "2019-02-30 06:00", "yesterday", "", "2019-10-05", "2019-10-05T06:30"]
)
def test_wrong_times_are_refused(tmp_path: Path, label: str) -> None:
    reading = read(csv(tmp_path, HEAD + f"A,{label},1,2,3\nB,2019-10-05T06:00,1,2,3\n"))
    assert the_refusal(reading) == (2, "time", label)
    assert reading.rows["site"].to_list() == ["B"]


def test_a_row_without_site_is_refused(tmp_path: Path) -> None:
    assert the_refusal(read(csv(tmp_path, HEAD + ",2019-10-05T06:00,1,2,3\n"))) == (2, "site", "")


def test_the_same_row_twice_is_taken_once(tmp_path: Path) -> None:
    reading = read(csv(tmp_path, HEAD + "A,2019-10-05T06:00,1,2,3\n" * 2))
    assert (reading.rows.height, reading.refused, reading.rows_in_file) == (1, (), 2)


def test_rows_that_contradict_each_other_are_refused_both(tmp_path: Path) -> None:
    rows = "A,2019-10-05T06:00,1,2,3\nB,2019-10-05T06:00,1,2,3\nA,2019-10-05T06:00,9,2,3\n"
    reading = read(csv(tmp_path, HEAD + rows))
    assert reading.rows["site"].to_list() == ["B"]
    assert [r.row for r in reading.refused] == [2, 4]


def test_a_file_cut_off_loses_only_its_last_line(tmp_path: Path) -> None:
    reading = read(csv(tmp_path, HEAD + "A,2019-10-05T06:00,1,2,3\nB,2019-10-05T06:0"))
    assert the_refusal(reading) == (3, "", "B,2019-10-05T06:0")
    assert "cut off" in reading.refused[0].remedy
    assert reading.rows["site"].to_list() == ["A"]


def test_a_line_with_a_field_too_many_is_refused_and_blank_lines_count(tmp_path: Path) -> None:
    reading = read(csv(tmp_path, HEAD + "\nA,2019-10-05T06:00,1,2,3,4\nB,2019-10-05T06:00,1,2,3\n"))
    assert the_refusal(reading)[0] == 3
    assert reading.rows["site"].to_list() == ["B"]


def test_quoted_fields_may_hold_commas(tmp_path: Path) -> None:
    reading = read(csv(tmp_path, 'site,time,PM2.5,note\n"A",2019-10-05T06:00,"1","dry, calm"\n'))
    assert reading.rows["pm25"].to_list() == [1.0]


def test_an_open_quotation_mark_loses_only_its_line(tmp_path: Path) -> None:
    lines = 'A,2019-10-05T06:00,"1,2,3\nB,2019-10-05T06:00,1,2,3\nC,2019-10-05T06:00,1,2,"3"\n'
    reading = read(csv(tmp_path, HEAD + lines))
    assert the_refusal(reading)[0] == 2
    assert "quotation mark" in reading.refused[0].reason
    assert reading.rows["site"].to_list() == ["B", "C"]


def test_co_of_a_whole_file_in_micrograms_is_refused_and_nothing_is_converted(tmp_path: Path) -> None:
    lines = [f"A,2019-10-05T{hour:02}:00,1,2,{hour * 30 + 100}\n" for hour in range(24)]
    reading = read(csv(tmp_path, HEAD + "".join(lines)))
    assert the_refusal(reading) == (1, "CO", "")
    assert "µg/m³" in reading.refused[0].reason
    assert [c for c in reading.rows.columns if c in BY_NAME] == ["pm25", "pm10"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (HEAD.encode(), "no row below"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text table"),
        (b"PAR1 and then nothing", "damaged"),
        (b"PK\x03\x04 no book", "not a spreadsheet"),
        (b"a,b\n1,2\n", "no column site"),
        (b"site,PM2.5\nA,2\n", "no column time"),
        (b"site,time,AQI\nA,2019-10-05T06:00,50\n", "none of the columns"),
        (b"site,time,PM2.5,PM2.5\nA,2019-10-05T06:00,5,6\n", "comes twice"),
    ],
)
def test_a_file_of_another_kind_is_unreadable_with_a_reason(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=says):
        read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot open"):
        read(tmp_path / "none.csv")


def test_parquet_keeps_the_decimals_of_32_bit_numbers(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame(
        {"site": ["A"], "time": [datetime(2019, 10, 5, 6)], "CO": [0.7], "PM2.5": [float("nan")]},  # noqa: DTZ001 - the table's times have no zone
        schema_overrides={"CO": pl.Float32},
    ).write_parquet(path)
    assert read(path).rows.select("co", "pm25").row(0) == (0.7, None)


def test_a_spreadsheet_with_a_merged_title_above_the_header(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("小时值")
        sheet.merge_range("A1:D1", "阳泉市空气质量小时值")
        sheet.write_row("A3", ["site", "time", "PM2.5", "CO"])
        sheet.write_row("A4", ["1738A", "2019-10-05T06:00", 12, 0.4])
        sheet.write_row("A5", ["1738A", "2019-10-05T07:00", "x", 0.5])
    reading = read(path)
    assert reading.rows["co"].to_list() == [0.4, 0.5]
    refusal = reading.refused[0]
    assert (refusal.row, refusal.column, refusal.value) == (5, "PM2.5", "x")
