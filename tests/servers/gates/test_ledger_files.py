"""The official ledger as a file: through `import_files` into the same table; faults by row and cell."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive import Archive
from bihuan.pipeline.files import import_files
from bihuan.registry.models import Gate, Region, VehicleUser

HEAD = "序号,门禁编号,进出方向,进出时间,号牌号码,号牌颜色,车辆识别代号,燃料类型,排放阶段,货物名称,毛重（吨）,皮重（吨）,净重（吨）"
ROWS = """1,V001-G1,进厂,2019-01-10 08:00:00,晋C12345,黄,,柴油,国五,铁矿石,49.2,15.1,34.1
2,V001-G1,出厂,2019-01-10 09:00,晋C12345,黄,,柴油,国五,,15.1,15.1,0
3,V001-G9,进厂,2019-01-10 10:00,晋C54321,黄,,煤油,国五,煤,很重,15,30
4,V001-G1,进厂,昨天,晋C54321,黄,,柴油,国五,煤,45,15,30
5,V001-G1,进厂,2019-01-10 11:00,晋C54321,黄,,柴油,国五,煤,45000,15,30
"""
NOW = datetime(2019, 1, 11, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _bring(folder: Path, text: str, archive: Archive):  # type: ignore[no-untyped-def]
    path = folder / "ledger.csv"
    path.write_text(text, encoding="utf-8")
    (report,) = import_files(archive, [path], received=NOW)
    return report


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    county = Region.objects.create(code="140321", name="平定县")
    user = VehicleUser.objects.create(
        code="V001", name="钢厂", region=county, lon=113.6, lat=37.8, industry="钢铁"
    )
    Gate.objects.create(code="V001-G1", name="1号门", region=county, lon=113.6, lat=37.8, unit=user)
    return Archive(tmp_path / "archive")


def test_a_ledger_comes_in_once_with_its_faults_by_row_and_cell(archive: Archive, tmp_path: Path) -> None:
    report = _bring(tmp_path, f"{HEAD}\n{ROWS}", archive)
    assert (report.format, report.rows, report.new) == ("passages", 5, 4)
    assert {(r.row, r.column) for r in report.refused} == {
        (4, "燃料类型"),
        (4, "毛重（吨）"),
        (5, "进出时间"),
    }
    rows = archive.passages.current().collect().sort("start")
    first, second, third, fourth = rows.to_dicts()
    assert (first["unit"], first["direction"], first["net_kg"], first["stage"]) == (
        "V001",
        "in",
        34_100.0,
        "5",
    )
    assert first["start"] == datetime(2019, 1, 10, 0, tzinfo=UTC)
    assert (second["direction"], second["noted"]) == ("out", "")
    assert set(third["noted"].split()) == {"fuel_unknown", "unread", "unknown_gate", "unknown_unit"}
    assert (third["fuel"], third["gross_kg"]) == (None, None)
    assert fourth["noted"] == "weights", "tonnes that are kilograms are marked and not mended"
    again = _bring(tmp_path, f"{HEAD}\n{ROWS.replace('34.1', '34.2')}", archive)
    assert (again.new, again.corrected, again.same) == (0, 1, 3)
    assert archive.passages.current().collect().height == 4


def test_a_pair_of_in_and_out_is_two_passages_and_another_years_template_is_named(
    archive: Archive, tmp_path: Path
) -> None:
    head = "门禁编号,车牌号码,车牌颜色,排放标准,运输货物名称,进厂时间,出厂时间,运输量(t)"
    report = _bring(
        tmp_path, f"{head}\nV001-G1,晋C12345,黄色,国四,煤,2019/01/10 08:00,2019/01/10 09:30,30\n", archive
    )
    assert report.new == 2
    assert [note.code for note in report.notes] == ["ledger_of_other_year"]
    rows = archive.passages.current().collect()
    assert rows.select("direction", pl.col("start").dt.hour()).rows() == [("in", 0), ("out", 1)]
    assert rows["stage"].to_list() == ["4", "4"]
