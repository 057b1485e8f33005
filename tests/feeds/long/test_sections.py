"""Surface water of the national platform, as it published it: excerpts of CSV, JSON and collected rows.

Source: github.com/jikin001/water_quality at 6cbe991 (the ministry's public release); the section 白羊墅 went from class
IV to worse than V in the night to 2021-04-04.
"""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from bihuan.feeds.detect import detect
from bihuan.feeds.long import sections
from bihuan.feeds.long.rows import settle
from bihuan.feeds.reading import Reading, Unreadable

DATA = Path(__file__).parents[2] / "data"
CSV, ANSWER, COLLECTED = (
    DATA / f"water_{name}"
    for name in ("baiyangshu_2021-04.csv", "answer_2020-12-15.json", "sections_4h.parquet")
)
SITE = "山西省·白羊墅"


def read(path: Path) -> Reading:
    (reading,) = sections.batches(path)
    return reading


def value(rows: pl.DataFrame, site: str, code: str, start: datetime) -> list[float | None]:
    here = rows.filter(pl.col("site") == site, pl.col("quantity") == code, pl.col("start") == start)
    return here["value"].to_list()


@pytest.mark.parametrize("path", [CSV, ANSWER, COLLECTED])
def test_the_three_forms_are_found_by_what_they_hold(path: Path) -> None:
    assert detect(path) == detect(path, weather=True) == "water_sections"


def test_a_published_row_becomes_a_row_for_each_quantity() -> None:
    reading = read(CSV)
    assert reading.rows_in_file == 28
    assert set(reading.rows["period"]) == {"4h"}
    # The file's row 山西省,…,04-04 00:00,劣Ⅴ,…,氨氮 2.784: midnight in China is 16:00 UTC of the day before.
    night = datetime(2021, 4, 3, 16, tzinfo=UTC)
    assert value(reading.rows, SITE, "w21003", night) == [2.784]
    assert value(reading.rows, SITE, "w01014", datetime(2021, 4, 1, tzinfo=UTC)) == [2601.8]
    assert reading.ignored_columns == ("流域", "水质类别")


def test_a_star_says_that_a_quantity_is_not_measured_there() -> None:
    assert not set(read(CSV).rows["quantity"]) & {"w01016", "w19011"}


def test_a_value_below_its_limit_says_so_unless_the_station_says_more(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "section,time,status,nh3n,tp\n甲,2021-04-01 08:00,正常,<0.05,0.1\n乙,2021-04-01 08:00,维护,0.05L,\n"
    )
    (reading,) = sections.batches(path)
    rows = reading.rows.filter(pl.col("value").is_not_null()).sort(
        "site", "quantity", descending=[True, False]
    )
    assert rows.select("quantity", "value", "flag").rows() == [
        ("w21003", 0.025, "<"),
        ("w21011", 0.1, "N"),
        ("w21003", 0.025, "M"),
    ]


def test_states_of_stations_are_flags() -> None:
    rows = read(CSV).rows
    assert set(rows["flag"]) == {"N", "M"}
    empty = rows.filter(pl.col("value").is_null())
    assert set(empty["flag"]) <= {"M", None}


def test_times_without_a_year_get_it_from_the_files_name(tmp_path: Path) -> None:
    text = CSV.read_text("utf-8")
    assert "the times have no year: 2021 is taken from the file's name" in map(str, read(CSV).notes)
    turn = tmp_path / "x_2021-01-02.csv"
    turn.write_text(text.replace("04-01 08:00", "12-31 20:00").replace("04-05 20:00", "01-02 08:00"), "utf-8")
    years = set(read(turn).rows.select(pl.col("start").dt.year())["start"])
    assert years == {2020, 2021}
    nameless = tmp_path / "section.csv"
    nameless.write_text(text, "utf-8")
    with pytest.raises(Unreadable, match="no year"):
        read(nameless)


def test_the_answer_gives_the_values_before_they_were_rounded() -> None:
    reading = read(ANSWER)
    morning = datetime(2020, 12, 15, tzinfo=UTC)
    assert value(reading.rows, "北京市·古北口", "w01001", morning) == [8.26305]
    assert value(reading.rows, "北京市·古北口", "w01010", morning) == [0.0655]
    assert "2 rows have no time and no value: the station is stopped" in map(str, reading.notes)
    assert not reading.rows["site"].str.contains("沿河城").any()


def test_a_value_without_a_time_is_refused_with_its_place() -> None:
    reading = read(COLLECTED)
    table = pl.read_parquet(COLLECTED).with_row_index("row", offset=1)
    timeless = table.filter(pl.col("time").is_null(), pl.col("ph").is_not_null())["row"].to_list()
    assert timeless
    assert [r.row for r in reading.refused if r.reason == "not a date and time"] == timeless


def test_sections_of_one_name_in_two_provinces_stay_two() -> None:
    assert {"贵州省·三江口", "湖南省·三江口"} <= set(read(COLLECTED).rows["site"])


def test_the_last_of_several_revisions_counts() -> None:
    # 白羊墅 04-04 20:00 was published as 高锰酸盐指数 4.61, then as 5.10.
    evening = datetime(2021, 4, 4, 12, tzinfo=UTC)
    settled = settle(read(CSV).rows, CSV.name, last_counts=True)
    assert value(settled.rows, SITE, "w01019", evening) == [5.1]
    assert settled.revised == 4
    assert settled.refused == ()


def test_collected_and_published_rows_say_the_same() -> None:
    published, collected = (
        settle(read(p).rows, p.name, last_counts=True).rows.filter(pl.col("site") == SITE)
        for p in (CSV, COLLECTED)
    )
    both = published.join(collected, on=["quantity", "period", "start"], how="inner", suffix="_collected")
    assert both.height == published.height
    assert both.filter(pl.col("value").ne_missing(pl.col("value_collected"))).is_empty()


def test_a_value_off_the_grid_of_four_hours_is_of_its_moment(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("section,time,nh3n\nA,2020-05-08T15:00,0.5\nA,2020-05-08T16:00,0.6\n")
    assert read(path).rows["period"].to_list() == ["realtime", "4h"]


def test_a_unit_in_the_head_is_converted_or_the_column_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("断面名称,监测时间,氨氮(μg/L),总磷(NTU)\nA,2021-04-01 08:00,350,1\n", "utf-8")
    first, second = sections.batches(path)
    assert [(r.row, r.column, r.reason) for r in first.refused] == [(1, "总磷(NTU)", "the unit is not known")]
    assert second.rows.select("quantity", "value").rows() == [("w21003", 0.35)]


def test_broken_answers_say_why(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for text in ('{"thead": [', '{"thead": 1, "tbody": 2}', '{"thead": ["断面名称"]}'):
        path.write_text(text)
        with pytest.raises(Unreadable, match="no JSON with thead and tbody"):
            read(path)
    path.write_text('{"thead": ["断面名称", "监测时间", "氨氮"], "tbody": [["A", "12-15 08:00"]]}')
    named = path.rename(tmp_path / "x_2020-12-15.json")
    assert [(r.row, r.reason) for r in read(named).refused] == [
        (1, "the line has 2 fields, the header has 3")
    ]
