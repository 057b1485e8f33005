"""Cells of a guidance file as people write them: days, hours, ranges, primary items; and what of a row is refused."""

from pathlib import Path
from typing import Any, cast

import pytest

from bihuan.apart import Talk
from bihuan.feeds.reading import Unreadable
from bihuan.scenarios.forecast_desk import guidance_file
from bihuan.scenarios.forecast_desk.guidance_file import REFUSALS

PLACES = {"阳泉": "city:140300", "阳泉市": "city:140300", "S1": "S1"}
HEAD = "城市,因子,日期,时间,值,下限,上限,首要污染物"
Rows = list[dict[str, Any]]


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """What is read of lines below a head: the rows, and the reasons of those that are refused."""

    def of(*lines: str, head: str = HEAD) -> tuple[Rows, list[tuple[int, str, str]]]:
        path = tmp_path / "省.csv"
        path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
        rows, refused = guidance_file._read(cast("Talk", None), path, PLACES)
        return rows, [(r["row"], r["column"], r["reason"]) for r in refused]

    return of


@pytest.mark.parametrize(
    "day", ["2019-02-26", "2019/02/26", "2019/2/26", "2019年2月26日", "20190226", "2019-02-26 00:00:00"]
)
def test_a_day_may_be_written_as_people_and_spreadsheets_do(read: Any, day: str) -> None:
    [row], refused = read(f"阳泉,PM10,{day},,90,,,")
    assert (row["day"], row["start"], refused) == ("2019-02-26", None, [])


@pytest.mark.parametrize("day", ["2019-02-29", "2019-13-01", "26.02.2019", "0001-01-01", "9999-12-31", ""])
def test_a_day_that_there_is_not_is_refused(read: Any, day: str) -> None:
    assert read(f"阳泉,PM10,{day},,90,,,") == ([], [(2, "日期", REFUSALS["day"][0])])


@pytest.mark.parametrize(
    ("label", "start"),
    [
        ("2019-02-26 08:00", "2019-02-26T07:00:00+08:00"),
        ("2019/2/26 8:00", "2019-02-26T07:00:00+08:00"),
        ("2019-02-26T08:00", "2019-02-26T07:00:00+08:00"),
        ("2019年2月26日8时", "2019-02-26T07:00:00+08:00"),
        ("2019-03-01 00:00", "2019-02-28T23:00:00+08:00"),
        ("2020-03-01 00:00:00", "2020-02-29T23:00:00+08:00"),
        ("2020-01-01 00:00", "2019-12-31T23:00:00+08:00"),
    ],
)
def test_an_hour_is_labelled_by_its_end_also_over_midnight(read: Any, label: str, start: str) -> None:
    [row], refused = read(f"阳泉,PM10,,{label},90,,,")
    assert (row["start"], row["day"], refused) == (start, None, [])


@pytest.mark.parametrize("span", ["90-120", "90—120", "90–120", "90～120", "90 ~ 120", "90至120"])
def test_a_value_may_be_a_range_and_its_middle_is_the_value(read: Any, span: str) -> None:
    [row], _refused = read(f"阳泉,PM10,2019-02-26,,{span},,,")
    assert (row["low"], row["value"], row["high"]) == (90.0, 105.0, 120.0)


@pytest.mark.parametrize(
    ("value", "low", "high", "column", "why"),
    [
        ("100", "120", "", "下限", "half"),
        ("100", "", "80", "上限", "half"),
        ("", "80", "", "值", "empty"),
        ("", "", "", "值", "empty"),
        ("", "120", "80", "下限", "turned"),
        ("79", "80", "120", "下限", "turned"),
        ("121", "80", "120", "下限", "turned"),
        ("120-80", "", "", "下限", "turned"),
        ("一百", "", "", "值", "number"),
        ("100", "低", "120", "下限", "number"),
        ("inf", "", "", "值", "bounds"),
        ("-0.1", "", "", "值", "bounds"),
    ],
)
def test_what_is_no_value_and_no_range_is_refused(
    read: Any, value: str, low: str, high: str, column: str, why: str
) -> None:
    assert read(f"阳泉,PM10,2019-02-26,,{value},{low},{high},") == ([], [(2, column, REFUSALS[why][0])])


@pytest.mark.parametrize("value", ["80", "120"])
def test_a_value_at_the_end_of_its_range_is_taken(read: Any, value: str) -> None:
    [row], refused = read(f"阳泉,PM10,2019-02-26,,{value},80,120,")
    assert (row["value"], refused) == (float(value), [])


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("PM2.5", "PM2.5"),
        ("O3", "O3_8h"),
        ("O3-8h", "O3_8h"),
        ("O3_8h", "O3_8h"),
        ("PM2.5、O3", "PM2.5,O3_8h"),
        ("PM2.5，PM10", "PM2.5,PM10"),
        ("PM2.5; PM10", "PM2.5,PM10"),
        ('"PM2.5, NO2"', "PM2.5,NO2"),
        ("", ""),
    ],
)
def test_primary_items_may_be_parted_as_people_part_them(read: Any, said: str, kept: str) -> None:
    [row], refused = read(f"阳泉,AQI,2019-02-26,,150,,,{said}")
    assert (row["primary"], refused) == (kept, [])


@pytest.mark.parametrize(
    ("item", "name"),
    [("pm2.5", "pm25"), ("AQI", "aqi"), ("aqi", "aqi"), ("O3-8h", "o3_8h"), ("o3_8H", "o3_8h"), ("CO", "co")],
)
def test_items_are_known_however_they_are_written(read: Any, item: str, name: str) -> None:
    [row], refused = read(f"阳泉,{item},2019-02-26,,2,,,")
    assert (row["item"], refused) == (name, [])


def test_the_same_place_item_and_day_counts_once_whatever_it_is_called(read: Any) -> None:
    rows, refused = read(
        "阳泉,SO2,2019-02-26,,30,,,", "阳泉市,so2,20190226,,31,,,", "S1,SO2,2019-02-26,,32,,,"
    )
    assert [(r["place"], r["value"]) for r in rows] == [("city:140300", 30.0), ("S1", 32.0)]
    assert refused == [(3, "因子", REFUSALS["repeated"][0])]


def test_a_day_and_an_hour_of_it_are_two_things(read: Any) -> None:
    rows, refused = read("阳泉,SO2,2019-02-26,,30,,,", "阳泉,SO2,,2019-02-26 08:00,31,,,")
    assert (len(rows), refused) == (2, [])


def test_english_heads_and_columns_of_others_are_taken(read: Any) -> None:
    [row], refused = read("x,S1,PM10,2019-02-26,90", head="model, Site ,ITEM,Day,Value")
    assert (row["place"], row["value"], refused) == ("S1", 90.0, [])


def test_a_file_of_more_rows_than_a_city_can_mean_is_refused_whole(
    read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guidance_file, "MOST_ROWS", 2)
    lines = ["阳泉,SO2,2019-02-26,,30,,,", "阳泉,VOC,2019-02-26,,30,,,", "阳泉,NO2,2019-02-26,,30,,,"]
    assert len(read(*lines[:2])[0]) == 1
    with pytest.raises(Unreadable, match="超过 2 行"):
        read(*lines)
