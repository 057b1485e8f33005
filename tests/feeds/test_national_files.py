"""Files of the national network as published (excerpts, cells unaltered)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.domain.quantities import BY_NAME
from bihuan.feeds import china_sites, cnemc_hour
from bihuan.feeds.detect import detect
from bihuan.feeds.reading import Unreadable

DATA = Path(__file__).parents[1] / "data"
DAY = DATA / "feeds_china_sites_20190315.csv"
DOUBLED = DATA / "feeds_china_sites_20190823.csv"
HOUR = DATA / "feeds_cnemc_hour_20240615T08.csv"


def write(folder: Path, text: str) -> Path:
    path = folder / "china_sites_20190315.csv"
    path.write_text(text)
    return path


def test_formats_are_known_by_their_columns() -> None:
    assert [detect(p) for p in (DAY, DOUBLED, HOUR)] == ["china_sites", "china_sites", "cnemc_hour"]


def test_hour_0_closes_the_day_before() -> None:
    (reading,) = china_sites.batches(DAY)
    first = reading.rows.filter(site="1738A").sort("start").row(0, named=True)
    # By eye from the file: 20190315,0: PM2.5 19, PM10 52, SO2 26, NO2 71, O3 9, CO 0.4.
    assert first["start"] == datetime(2019, 3, 14, 15, tzinfo=UTC)
    assert [first[n] for n in ("pm25", "pm10", "so2", "no2", "o3", "co")] == [19, 52, 26, 71, 9, 0.4]


def test_only_hourly_values_are_taken_and_the_others_are_named() -> None:
    (reading,) = china_sites.batches(DAY)
    assert [c for c in reading.rows.columns if c in BY_NAME] == ["pm25", "pm10", "so2", "no2", "co", "o3"]
    assert {"AQI", "O3_8h", "PM2.5_24h"} <= set(reading.ignored_columns)
    assert reading.rows.height == 6 * 3


def test_a_station_that_the_publisher_lists_twice_is_taken_once() -> None:
    (reading,) = china_sites.batches(DOUBLED)
    assert reading.refused == ()
    assert reading.rows.sort("site")["pm25"].to_list() == [38.0, 34.0]


def test_a_bad_cell_names_line_and_station(tmp_path: Path) -> None:
    path = write(tmp_path, "date,hour,type,A,B\n20190315,1,PM2.5,12,x\n20190315,1,PM10,-5,30\n")
    (reading,) = china_sites.batches(path)
    assert {(r.row, r.column, r.value) for r in reading.refused} == {(2, "B", "x"), (3, "A", "-5")}


def test_hours_twice_in_one_file(tmp_path: Path) -> None:
    lines = "20190315,1,PM2.5,12,8\n20190315,1,PM2.5,12,9\n20190399,1,PM2.5,1,1\n20190315,25,PM2.5,1,1\n"
    (reading,) = china_sites.batches(write(tmp_path, "date,hour,type,A,B\n" + lines))
    assert reading.rows.select("site", "pm25").rows() == [("A", 12.0)]
    assert {(r.row, r.column) for r in reading.refused} == {
        (2, "B"),
        (3, "B"),
        (4, "date+hour"),
        (5, "date+hour"),
    }


def test_stations_blank_all_day_are_left_out_and_said(tmp_path: Path) -> None:
    (reading,) = china_sites.batches(write(tmp_path, "date,hour,type,A,B\n20190315,1,PM2.5,12,\n"))
    assert reading.rows["site"].to_list() == ["A"]
    assert "1 stations are blank" in str(reading.notes[0])


def test_a_type_that_the_file_does_not_have_is_not_mentioned(tmp_path: Path) -> None:
    (reading,) = china_sites.batches(write(tmp_path, "date,hour,type,A\n20190315,1,PM2.5,12\n"))
    assert [c for c in reading.rows.columns if c in BY_NAME] == ["pm25"]


def test_hour_file() -> None:
    (reading,) = cnemc_hour.batches(HOUR)
    row = reading.rows.filter(site="2568A").row(0, named=True)
    assert row["start"] == datetime(2024, 6, 14, 23, tzinfo=UTC)
    assert [row[n] for n in ("pm25", "pm10", "o3", "no2", "so2", "co")] == [15, None, 16, 16, 5, 0.4]
    assert reading.rows.height == 36
    assert reading.notes == ()


def test_old_hour_files_warn_of_swapped_ozone(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text(HOUR.read_text().replace("2024-06-15", "2022-06-15"))
    (reading,) = cnemc_hour.batches(path)
    assert "swapped" in str(reading.notes[0])


def test_not_a_known_format(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no known format"):
        detect(write(tmp_path, "日期,站名,值\n1,2,3\n"))
