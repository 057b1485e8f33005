"""Daily figures of sewage works as works write them: what goes in, and why each cell that does not is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive import Archive
from bihuan.archive.observations import Asked
from bihuan.feeds.detect import detect
from bihuan.feeds.long import works_daily
from bihuan.feeds.reading import Unreadable
from bihuan.pipeline.files import import_files
from tests.feeds.long.books import Rows, Written

APRIL_1 = datetime(2025, 3, 31, 16, tzinfo=UTC)
HEADS: Rows = (
    ("2025年4月污水处理厂运行日报",),
    ("厂名", "日期", "进水", None, None, "出水", None, "再生水产量", "再生水外供量", "降雨量", "电耗"),
    (None, None, "水量", "COD", "BOD5", "水量", "氨氮", None, None, None, None),
    (None, None, "m³/d", "mg/L", "mg/L", "万m³/d", "mg/L", "m³/d", "m³/d", "mm", "kWh"),
)
MERGED = ("D3:F3", "G3:H3", "B3:B5", "C3:C5")


def read(
    path: Path,
) -> tuple[dict[tuple[str, str], tuple[float | None, str | None]], list[tuple[int, str, str, str]]]:
    readings = list(works_daily.batches(path))
    refused = [(r.row, r.column, r.value, r.why.code) for reading in readings for r in reading.refused]
    rows = pl.concat([r.rows for r in readings])
    return {
        (s, q): (v, f) for s, q, v, f in rows.select("site", "quantity", "value", "flag").iter_rows()
    }, refused


def test_water_in_and_out_and_used_again_are_sites_of_their_own(written: Written) -> None:
    """8,640 m³/d = 100 L/s; 0.864 万m³/d is the same; what is below detection is half of it."""
    row = ("甲厂", "2025-04-01", 8640, "230", "<2", 0.864, "0.05L", "--", 4320, 12.5, 3000)
    path = written((*HEADS, row), merged=MERGED)
    assert detect(path) == "works_daily"
    found, refused = read(path)
    assert refused == []
    assert found == {
        ("甲厂-in", "w00000"): (pytest.approx(100.0), None),
        ("甲厂-in", "w01018"): (230.0, None),
        ("甲厂-in", "w01017"): (1.0, "<"),
        ("甲厂-out", "w00000"): (pytest.approx(100.0), None),
        ("甲厂-out", "w21003"): (0.025, "<"),
        ("甲厂-made", "w00000"): (None, None),  # nothing was said, which is not 0
        ("甲厂-sent", "w00000"): (pytest.approx(50.0), None),
        ("甲厂", "rainfall"): (12.5, None),
    }
    (reading,) = works_daily.batches(path)
    assert (reading.ignored_columns, reading.rows["period"].unique().to_list()) == (("kWh",), ["day"])
    assert reading.rows["start"].unique().to_list() == [APRIL_1]


def test_each_bad_cell_is_refused_by_its_place_and_its_neighbours_go_in(written: Written) -> None:
    good = ("甲厂", "2025-04-01", 8640, 230, 100, 0.8, 1.0)
    rows = (
        *HEADS,
        good,
        ("甲厂", "2025-02-30", 8640),
        ("甲厂", "2025-04-03", -5, "约200", 100),
        (None, "2025-04-04", 8640),
        ("合计", None, 8640),
        ("甲厂", "平均", 8640),
    )
    found, refused = read(written(rows, merged=MERGED))
    assert refused == [
        (7, "C 日期", "2025-02-30", "no_moment"),
        (8, "D 水量", "-5", "negative"),
        (8, "E COD", "约200", "not_a_number"),
        (9, "B 厂名", "", "no_site"),
    ]
    assert found["甲厂-in", "w01017"] == (100.0, None)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("进水量", "volume_unit_not_said"),
        ("进水量(桶)", "unit_of_field"),
        ("水量(m³)", "water_of_what"),
        ("降雨量(cm)", "unit_of_field"),
        ("进水COD(kg/d)", "unit_of_field"),
    ],
)  # fmt: skip
def test_a_column_that_does_not_say_what_it_is_is_refused_at_its_head(
    written: Written, head: str, code: str
) -> None:
    path = written((("厂名", "日期", head, "出水量(m³/d)"), ("甲厂", "2025-04-01", 5, 8640)))
    found, refused = read(path)
    assert list(found) == [("甲厂-out", "w00000")]
    assert [(row, why) for row, _column, _value, why in refused] == [(2, code)]


@pytest.mark.parametrize("head", ["处理水量（吨/日）", "进水流量（m3）", "日均进水量(m³/d)"])
def test_water_is_named_in_many_ways(written: Written, head: str) -> None:
    found, refused = read(written((("污水处理厂", "日期", head), ("甲厂", "2025-04-01", 8640))))
    assert (refused, found) == ([], {("甲厂-in", "w00000"): (pytest.approx(100.0), None)})


def test_heads_of_two_rows_that_name_amounts_of_water_alone_are_heads(written: Written) -> None:
    rows = (
        ("厂名", "日期", "进水", "出水", "降雨量"),
        (None, None, "水量(m³/d)", "水量(m³/d)", None),
        ("甲厂", "2025-04-01", 8640, 4320, 3),
    )
    found, refused = read(written(rows, merged=("B2:B3", "C2:C3", "F2:F3")))
    assert refused == []
    assert found == {
        ("甲厂-in", "w00000"): (pytest.approx(100.0), None),
        ("甲厂-out", "w00000"): (pytest.approx(50.0), None),
        ("甲厂", "rainfall"): (3.0, None),
    }


def test_a_workbook_without_such_a_table_is_told_so(written: Written) -> None:
    with pytest.raises(Unreadable) as caught:
        list(works_daily.batches(written((("厂", "数"), ("甲", 1)))))
    assert caught.value.why.code == "no_works_daily"


def test_the_same_file_twice_changes_nothing_and_a_correction_is_a_new_version(
    written: Written, tmp_path: Path
) -> None:
    archive, day = Archive(tmp_path / "data"), timedelta(days=1)
    row = ["甲厂", "2025-04-01", 8640, 230, 100, 0.864, 1.0]
    at = datetime(2025, 5, 1, tzinfo=UTC)
    (first,) = import_files(archive, [written((*HEADS, row), merged=MERGED)], received=at, delay=None)
    (again,) = import_files(
        archive, [written((*HEADS, row), merged=MERGED, name="again.xlsx")], received=at + day, delay=None
    )
    row[2] = 4320
    (mended,) = import_files(
        archive,
        [written((*HEADS, row), merged=MERGED, name="mended.xlsx")],
        received=at + 2 * day,
        delay=None,
    )
    assert (first.error, first.new, again.new, mended.new, mended.corrected) == ("", 5, 0, 0, 1)
    flow = Asked(["甲厂-in"], ["w00000"])
    assert archive.observations.read(flow).collect()["value"].to_list() == [pytest.approx(50.0)]
    before = Asked(["甲厂-in"], ["w00000"], as_of=at + day)
    assert archive.observations.read(before).collect()["value"].to_list() == [pytest.approx(100.0)]
