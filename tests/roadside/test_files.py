"""Files of the road through the importer: good rows go in, what is wrong is named by row and cell."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive import Archive
from bihuan.pipeline.files import import_files
from bihuan.pipeline.reports import FileReport
from tests.web.world import NOW

HEAD = "点位编码,检测时间,车道,号牌号码,号牌颜色,速度(km/h),比功率(kW/t),CO(%),NO(ppm),不透光烟度(%),燃料,天气,是否有效\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def brought(archive: Archive, folder: Path, text: str, name: str = "a.csv") -> FileReport:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (report,) = import_files(archive, [path], received=NOW)
    return report


def test_good_rows_go_in_and_each_bad_cell_is_named(archive: Archive, tmp_path: Path) -> None:
    text = HEAD + (
        "R1,2019-01-10 10:00:01,1,晋С１234S,黄牌,40,8.5,0.1,900,45,柴油,晴,是\n"
        "R1,2019-01-10 10:00:02,1,晋c·o2345,黄,40,8.5,,,3,柴油,晴,有效\n"
        "R1,昨天,1,晋C11111,黄,40,8.5,0.1,900,45,柴油,晴,是\n"
        "R1,2019-01-10 10:00:04,2,无牌,紫,400,x,0.1,900,45,核,晴,也许\n"
    )
    report = brought(archive, tmp_path, text)
    assert (report.format, report.rows, report.new) == ("remote_sensing", 4, 3)
    assert [(r.row, r.column, r.value, r.why.code) for r in report.refused] == [
        (4, "检测时间", "昨天", "no_passing_time"), (5, "号牌颜色", "紫", "no_plate_colour"), (5, "燃料", "核", "no_fuel_known"),
        (5, "是否有效", "也许", "no_yes_or_no"), (5, "速度(km/h)", "400", "outside_without_unit"), (5, "比功率(kW/t)", "x", "not_a_number"),
    ]  # fmt: skip
    rows = archive.roadside.sensed.current().collect()
    assert list(
        rows.sort("start").select("plate", "plate_sent", "colour", "noted", "no", "valid").iter_rows()
    ) == [
        ("晋C1234S", "晋С１234S", "yellow", "look_alike", 900.0, "yes"),
        ("晋C02345", "晋c·o2345", "yellow", "look_alike", None, "yes"),
        ("", "无牌", "", "no_plate", 900.0, ""),
    ]


def test_a_file_sent_again_changes_nothing_and_a_correction_is_a_later_version(
    archive: Archive, tmp_path: Path
) -> None:
    row = "R1,2019-01-10 10:00:01,1,晋C12345,黄,40,8.5,0.1,900,{},柴油,晴,是\n"
    assert brought(archive, tmp_path, HEAD + row.format(45)).new == 1
    assert brought(archive, tmp_path, HEAD + row.format(45) + "\n", "b.csv").new == 0
    (mended,) = import_files(
        archive, [_file(tmp_path, HEAD + row.format(20))], received=NOW + timedelta(hours=1)
    )
    assert mended.corrected == 1
    before = archive.roadside.sensed.current(as_of=NOW).collect()
    assert (
        before["opacity"].to_list(),
        archive.roadside.sensed.current().collect()["opacity"].to_list(),
    ) == ([45.0], [20.0])


def _file(folder: Path, text: str) -> Path:
    path = folder / "c.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_that_contradict_each_other_are_refused(archive: Archive, tmp_path: Path) -> None:
    row = "R1,2019-01-10 10:00:01,1,晋C12345,黄,40,8.5,0.1,900,{},柴油,晴,是\n"
    report = brought(archive, tmp_path, HEAD + row.format(45) + row.format(46))
    assert (report.new, {r.why.code for r in report.refused}) == (0, {"roadside_conflict"})


def test_seconds_of_a_terminal_are_kept_as_minutes(archive: Archive, tmp_path: Path) -> None:
    head = "VIN,时间,车速,下游NOx,尿素液位,MIL状态,累计里程\n"
    vin = "LZZ5EXSD9KA123459"
    rows = [f"{vin},2019-01-10 10:00:{n:02d},{n},500,30,熄灭,1000\n" for n in range(60)]
    report = brought(archive, tmp_path, head + "".join(rows) + "LZZ,2019-01-10 10:00:00,1,1,1,灭,1\n")
    assert (report.format, report.rows, report.new, [r.why.code for r in report.refused]) == ("obd_rows", 61, 1, ["no_vin_of_vehicle"])  # fmt: skip
    (row,) = archive.roadside.terminals.current().collect().iter_rows(named=True)
    assert (row["site"], row["speed"], row["nox"], row["mil"], row["dpf"], row["rows"]) == (
        vin,
        29.5,
        500.0,
        0.0,
        None,
        60,
    )


def test_excel_is_read_too(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    columns = ["点位编码", "检测时间", "号牌号码", "不透光烟度（%）"]
    pl.DataFrame([("R1", "2019-01-10 10:00:01", "晋C12345", 45.0)], schema=columns, orient="row").write_excel(
        path
    )
    (report,) = import_files(archive, [path], received=NOW)
    assert (report.format, report.new) == ("remote_sensing", 1)
