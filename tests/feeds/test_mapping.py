"""Any other table, by a kept mapping of its columns."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.feeds.mapping import ColumnMapping, Target, load_mapping, mapped_batches, save_mapping
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.records import one_record_table, record_of

MAPPING = ColumnMapping(
    site="站点",
    time=("日期", "时"),
    quantities={"细颗粒物": Target("pm25"), "一氧化碳(微克)": Target("co", 0.001)},
    time_format="%Y-%m-%d %H",
    label="start",
    name="county",
)
TEXT = (
    "县站月报,,,,\n站点,日期,时,细颗粒物,一氧化碳(微克)\n南庄,2019-10-05,6,12,400\n南庄,2019-10-05,7,x,500\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "county.csv"
    path.write_bytes(TEXT.encode("gb18030"))
    return path


def with_header_row_2() -> ColumnMapping:
    return ColumnMapping(**{**vars(MAPPING), "header_row": 2})


def test_units_time_and_label_are_turned_into_ours(file: Path) -> None:
    reading = next(mapped_batches(file, with_header_row_2()))
    assert reading.rows["start"][0] == datetime(2019, 10, 4, 22, tzinfo=UTC)
    assert reading.rows["co"].to_list() == [0.4, 0.5]
    assert [(r.row, r.column, r.value) for r in reading.refused] == [(4, "细颗粒物", "x")]


def test_a_mapping_is_kept_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mappings" / "county.json"
    save_mapping(MAPPING, path)
    assert load_mapping(path) == MAPPING
    assert load_mapping(path).name == "county"


def test_one_site_for_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("t,v\n2019-10-05T06:00,12\n")
    mapping = ColumnMapping("", ("t",), {"v": Target("o3")}, one_site="1738A")
    assert next(mapped_batches(path, mapping)).rows["site"].to_list() == ["1738A"]


def test_wrong_mappings_say_why(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="unknown quantity pm3"):
        ColumnMapping("s", ("t",), {"v": Target("pm3")})
    with pytest.raises(Unreadable, match="must be start or end"):
        ColumnMapping("s", ("t",), {"v": Target("o3")}, label="middle")
    with pytest.raises(Unreadable, match="has no column"):
        next(mapped_batches(file, MAPPING))
    with pytest.raises(Unreadable, match="no mapping other"):
        load_mapping(tmp_path / "other.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(Unreadable, match="damaged"):
        load_mapping(tmp_path / "broken.json")


def test_a_record_can_be_shown_again(file: Path) -> None:
    record = record_of(file, 4, header_row=2, needed=MAPPING.used)
    assert dict(record)["细颗粒物"] == "x"
    assert one_record_table(record).splitlines()[1] == "南庄,2019-10-05,7,x,500"
