"""Files of vehicle tests: tables and JSON, once, with each fault named by row and cell; what is good goes in."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive import Archive
from bihuan.feeds.vehicle_tests import tests_table
from bihuan.pipeline.files import import_files
from bihuan.pipeline.reports import FileReport
from bihuan.simulate.vehicle_tests.files import written
from bihuan.simulate.vehicle_tests.records import make
from bihuan.simulate.vehicle_tests.wanted import Wanted

NOW = datetime(2019, 7, 1, tzinfo=UTC)
HEAD = "检验流水号,检验机构编码,检测线,检验方法,检验开始时间,检验结束时间,检验结果,号牌号码,车辆识别代号,5025 工况 HC(ppm)\n"
GOOD = "{},S1,1,稳态工况法,2019-06-03 09:00:00,2019-06-03 09:01:30,合格,{},,{}\n"


def came(archive: Archive, path: Path, received: datetime = NOW) -> FileReport:
    (report,) = import_files(archive, [path], received=received)
    return report


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_tables_go_in_once_whatever_their_order_and_form(archive: Archive, tmp_path: Path) -> None:
    made = make(Wanted(120, 2, datetime(2019, 6, 3, tzinfo=UTC), seed=1, deeds=()))
    tests, daily, traces = written(made, tmp_path)
    for path, rows in ((traces, 120), (tests, 120), (daily, made.checked.height)):
        report = came(archive, path)
        assert (report.error, report.new, report.quarantined) == ("", rows, 0)
    again = tmp_path / "again.xlsx"
    pl.read_csv(tests, infer_schema=False).write_excel(again)
    assert (came(archive, again).new, came(archive, traces).new) == (0, 0)
    kept = archive.vehicle_tests.tests.current().collect()
    assert (
        kept.sort("test")
        .select("site", "vin", "method")
        .equals(made.tests.sort("test").select("site", "vin", "method"))
    )
    curves = pl.concat(list(archive.vehicle_tests.parts_of_traces(datetime(2019, 6, 1, tzinfo=UTC), NOW)))
    assert curves.sort("test").equals(pl.concat(list(made.traces())).sort("test").cast(curves.schema))
    assert archive.vehicle_tests.trace(made.tests["test"][0]).height == 1


def test_each_fault_is_named_and_good_rows_go_in(archive: Archive, tmp_path: Path) -> None:
    rows = (
        GOOD.format("T1", "晋С1234O", "30")
        + GOOD.format("T2", "两块牌 甲", "abc")
        + GOOD.format("", "晋C12345", "1")
    )
    rows += "T4,S1,1,看一看,2019-06-03 09:00,2019-06-03 09:01,合格,,,\nT5,S1,1,双怠速,2019-06-03 09:05,2019-06-03 09:01,合格,,,\n"
    rows += "T6,S1,1,双怠速,明天,2019-06-03 09:01,合格,,,\nT7,S1,1,双怠速,2019-06-03 09:00,2019-06-03 09:01,很好,,LSVAA49J13204737,\n"
    report = came(archive, put(tmp_path, "tests.csv", HEAD + rows))
    told = {(r.row, r.column.split("(")[0], r.why.code) for r in report.refused}
    assert told == {
        (3, "号牌号码", "no_plate_kept"), (3, "5025 工况 HC", "not_a_number"), (4, "检验流水号", "no_word_of_test"), (5, "检验方法", "no_method"),
        (6, "检验结束时间", "ends_before_it_begins"), (7, "检验开始时间", "no_moment_of_test"), (8, "检验结果", "no_result"),
    }  # fmt: skip
    assert all(r.remedy for r in report.refused)
    kept = archive.vehicle_tests.tests.current().select("test", "plate", "hc_5025").sort("test").collect()
    assert kept.rows() == [("T1", "晋C12340", 30.0), ("T2", "两块牌甲", None)]
    seen = archive.vehicle_tests.tests.current().collect()
    assert seen["start"][0] == datetime(2019, 6, 3, 1, 0, tzinfo=UTC)


def test_a_file_of_another_template_is_named(archive: Archive, tmp_path: Path) -> None:
    old = came(
        archive, put(tmp_path, "old.csv", HEAD.replace("检验结果", "检测结论") + GOOD.format("T1", "", ""))
    )
    assert "检验结果" in str(old.why)
    assert "检测结论" in str(old.why)
    year = came(archive, put(tmp_path, "year.csv", HEAD.replace("\n", ",模板版本\n") + GOOD.format("T1", "", "").replace("\n", ",2014\n")))  # fmt: skip
    assert "2014" in str(year.why)
    assert archive.vehicle_tests.tests.current().collect().is_empty()


def test_a_later_value_is_a_version_and_a_contradiction_is_refused(archive: Archive, tmp_path: Path) -> None:
    came(archive, put(tmp_path, "a.csv", HEAD + GOOD.format("T1", "", "30")))
    later = came(archive, put(tmp_path, "b.csv", HEAD + GOOD.format("T1", "", "31")), NOW + timedelta(days=1))
    assert (later.new, later.corrected) == (0, 1)
    tests = archive.vehicle_tests.tests
    assert tests.current().collect()["hc_5025"].to_list() == [31.0]
    assert tests.current(as_of=NOW + timedelta(hours=1)).collect()["hc_5025"].to_list() == [30.0]
    both = came(
        archive, put(tmp_path, "c.csv", HEAD + GOOD.format("T2", "", "1") + GOOD.format("T2", "", "2"))
    )
    assert (both.new, [r.why.code for r in both.refused]) == (0, ["vehicle_conflict"])


def test_json_brings_tests_curves_and_daily_checks(archive: Archive, tmp_path: Path) -> None:
    test = {"test": "J1", "station": "S1", "line": 1, "method": "asm", "begin": "2019-06-03T09:00:00", "end": "2019-06-03T09:01:30", "result": "pass"}  # fmt: skip
    whole = {
        "tests": [test | {"trace": {"hc": [30, None, 32], "co": [0.1]}}, {"test": "J2"}],
        "daily": [
            {
                "station": "S1",
                "line": "1",
                "daily_check": "leak",
                "time": "2019-06-03T08:00",
                "result": "pass",
            }
        ],
    }
    report = came(archive, put(tmp_path, "whole.json", json.dumps(whole)))
    assert (report.format, report.new, [(r.row, r.column) for r in report.refused]) == (
        "vehicle_json",
        3,
        [(2, "station")],
    )
    trace = archive.vehicle_tests.trace("J1")
    assert (trace["hc"][0].to_list(), trace["co"][0].to_list()) == (
        [30, None, 32],
        pytest.approx([0.1, None, None], abs=1e-6),
    )
    broken = came(archive, put(tmp_path, "broken.json", '{"tests": [1]}'))
    assert broken.why is not None
    assert broken.why.code == "no_json_of_tests"


def test_seconds_with_a_gap_stay_gaps_and_contradictions_are_refused(
    archive: Archive, tmp_path: Path
) -> None:
    rows = "test,second,hc\nT1,0,1\nT1,2,3\nT1,3,4\nT1,3,5\nT1,x,6\nT1,4,99999\n"
    report = came(archive, put(tmp_path, "traces.csv", rows))
    told = {r.why.code for r in report.refused}
    assert told == {"vehicle_conflict", "not_a_number", "no_second", "outside_without_unit"}
    assert archive.vehicle_tests.trace("T1")["hc"][0].to_list() == [1, None, 3, None, None]


def test_the_document_names_every_head() -> None:
    text = (Path(__file__).parents[2] / "docs" / "vehicle-tests.md").read_text(encoding="utf-8")
    assert [names for names in tests_table.HEADS.names.values() if f"`{names[0]}`" not in text] == []
