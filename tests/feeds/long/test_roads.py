"""Runs and the work log of roads: what goes in, and why each cell that does not is refused."""

from pathlib import Path

import polars as pl
import pytest

from bihuan.feeds.detect import batches_of, detect


def read(path: Path) -> tuple[list[tuple[str, str, float]], list[tuple[int, str, str, str]]]:
    readings = list(batches_of(detect(path))(path))
    rows = pl.concat([r.rows.select("site", "quantity", "value") for r in readings]).sort(
        "site", "quantity", "value"
    )
    return rows.rows(), [(x.row, x.column, x.value, x.why.code) for r in readings for x in r.refused]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_point_is_four_values_of_a_vehicle_and_a_bad_cell_is_refused_alone(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "runs.csv"
    text = "时间,车辆,经度,纬度,车速(km/h),PM10(ug/m3),备注\n2019-01-05 10:00:00,晋C1,113.6,37.86,35,120,\n2019-01-05 10:00:09,晋C1,13.6,37.86,,一百,\n2019-01-05 25:00:00,晋C1,113.6,37.86,35,120,\n2019-01-05 10:01,,113.6,37.86,35,120,\n"
    path.write_bytes(text.encode(encoding))
    assert detect(path) == "road_runs"
    rows, refused = read(path)
    assert rows == [
        ("晋C1", "a34002", 120.0),
        ("晋C1", "gps-lat", 37.86),
        ("晋C1", "gps-lat", 37.86),
        ("晋C1", "gps-lon", 113.6),
        ("晋C1", "gps-speed", 35.0),
    ]
    assert sorted(refused) == [
        (3, "PM10(ug/m3)", "一百", "not_a_number"), (3, "经度", "13.6", "outside"), (4, "时间", "2019-01-05 25:00:00", "no_moment"), (5, "车辆", "", "no_site"),
    ]  # fmt: skip


def test_a_log_has_area_and_speed_by_method_and_names_what_it_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "work.csv"
    path.write_bytes(
        "路段,作业时间,作业方式,作业面积(m²),车速\nR1,2019-01-05 06:00,机扫,1200,12\nR1,2019-01-05 07:00,洒水,-5,\nR1,2019-01-05 08:00,跳舞,1,1\n".encode(
            "gb18030"
        )
    )
    assert detect(path) == "road_works"
    rows, refused = read(path)
    assert rows == [("R1", "road-sweep-area", 1200.0), ("R1", "road-sweep-speed", 12.0)]
    assert refused == [(3, "作业面积(m²)", "-5", "negative"), (4, "作业方式", "跳舞", "unknown_road_work")]


def test_a_workbook_is_read_as_a_text_is(tmp_path: Path) -> None:
    path = tmp_path / "work.xlsx"
    pl.DataFrame(
        {"路段": ["R1"], "时间": ["2019-01-05 06:00"], "方式": ["雾炮"], "面积": ["300"]}
    ).write_excel(path)
    assert read(path) == ([("R1", "road-fog-area", 300.0)], [])
