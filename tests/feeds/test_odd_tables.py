"""Tables that are wrong in one place: that place is refused with its line, the rest goes in, nothing is guessed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.statistics import daily_values
from bihuan.feeds import ambient_table, china_sites, lines, sites
from bihuan.feeds.detect import detect
from bihuan.feeds.lines import unique_header
from bihuan.feeds.reading import Reading, Unreadable

HEAD = "site,time,PM2.5\n"
HOUR = "2019-10-05T06:00"


def read(folder: Path, rows: str) -> Reading:
    path = folder / "hours.csv"
    path.write_text(HEAD + rows)
    return ambient_table.read(path)


def day(folder: Path, text: str) -> Reading:
    path = folder / "china_sites_20190315.csv"
    path.write_text(text)
    (reading,) = china_sites.batches(path)
    return reading


@pytest.mark.parametrize("offset", ["+99:00", "-24:00", "+15:00", "-99", "+08:60", "+0860"])
def test_an_offset_that_no_place_has_is_refused(tmp_path: Path, offset: str) -> None:
    reading = read(tmp_path, f"A,{HOUR}{offset},1\nB,{HOUR}+14:00,2\n")
    assert [(r.row, r.column, r.value) for r in reading.refused] == [(2, "time", f"{HOUR}{offset}")]
    assert reading.rows["site"].to_list() == ["B"]


@pytest.mark.parametrize("time", ["201901126", "20190112", "2019011", "20190112063"])
def test_a_date_and_hour_with_a_digit_lost_is_no_other_hour(tmp_path: Path, time: str) -> None:
    assert [r.row for r in read(tmp_path, f"A,{time},1\n").refused] == [2]


def test_date_and_hour_without_signs_between_them(tmp_path: Path) -> None:
    rows = read(tmp_path, "A,2019011206,1\nB,20190112 06,2\nC,20190112 6,3\n").rows
    assert rows["start"].n_unique() == 1


@pytest.mark.parametrize("date", ["2019031", "201903155", "2019-031-5"])
def test_a_day_with_a_digit_lost_is_no_other_day(tmp_path: Path, date: str) -> None:
    reading = day(tmp_path, f"date,hour,type,A\n{date},5,PM2.5,1\n20190315,5,PM2.5,2\n20190315,6,PM2.5,3\n")
    assert [(r.row, r.column) for r in reading.refused] == [(2, "date+hour")]
    assert reading.rows["pm25"].to_list() == [2.0, 3.0]


@pytest.mark.parametrize("site", ["A\x01", "A\u200b", '"A\nB"', "A\0", "\ufffd\ufffd", "L" * 101])
def test_a_site_that_cannot_be_a_code_is_refused(tmp_path: Path, site: str) -> None:
    reading = read(tmp_path, f"{site},{HOUR},1\n通州东关,{HOUR},2\n")
    assert [(r.row, r.column) for r in reading.refused] == [(2, "site")]
    assert reading.refused[0].reason
    assert reading.rows["site"].to_list() == ["通州东关"]


@given(st.text(st.characters(categories=("L", "N", "P", "Zs", "Co")), min_size=1, max_size=sites.LONGEST))
def test_what_can_be_read_may_be_a_code(site: str) -> None:
    assert (sites.fault(site) is None) == (bool(site.strip()) and site.strip()[0] not in "[{")


def test_a_day_file_with_odd_columns_gives_its_good_ones(tmp_path: Path) -> None:
    reading = day(tmp_path, "date,hour,type,A,,B\x01,\n20190315,1,PM2.5,1,2,3,\n")
    assert [(r.row, r.column) for r in reading.refused] == [(1, "column 5"), (1, "B\x01")]
    assert reading.rows["site"].to_list() == ["A"]


def test_a_type_is_known_with_blanks_around_it_and_refused_where_it_is_lost(tmp_path: Path) -> None:
    reading = day(tmp_path, "date,hour,type,A\n20190315,1, PM2.5 ,5\n20190315,2,,6\n")
    assert reading.rows["pm25"].to_list() == [5.0]
    assert [(r.row, r.column) for r in reading.refused] == [(3, "type")]


def test_a_day_file_of_other_types_says_which(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"it has AQI, PM2\.5_24h"):
        day(tmp_path, "date,hour,type,A\n20190315,1,AQI,5\n20190315,1,PM2.5_24h,5\n")


def test_a_day_of_contradictions_is_not_called_empty(tmp_path: Path) -> None:
    reading = day(tmp_path, "date,hour,type,A\n20190315,1,PM2.5,5\n20190315,1,PM2.5,6\n")
    assert (reading.rows_in_file, [r.row for r in reading.refused]) == (1, [2, 3])


@pytest.mark.parametrize("line", [f'"B"x,{HOUR},1', f'"B" ,{HOUR},1', f'B,{HOUR},"1"0'])
def test_a_misquoted_line_is_refused_and_the_others_go_in(tmp_path: Path, line: str) -> None:
    reading = read(tmp_path, f'A,{HOUR},1\n{line}\n"C",{HOUR},3\nD"d,{HOUR},4\nE,{HOUR},5\n')
    assert reading.rows["site"].to_list() == ["A", "C", "E"]
    assert sorted(r.row for r in reading.refused) == [3, 5]


def test_a_file_without_its_last_line_end_may_be_cut_in_a_number(tmp_path: Path) -> None:
    whole, cut = read(tmp_path, f"A,{HOUR},35\n"), read(tmp_path, f"A,{HOUR},3")
    assert whole.notes == ()
    assert "line 2 without a line end" in str(cut.notes[0])
    assert "line 2 without a line end" in str(day(tmp_path, "date,hour,type,A\n20190315,1,PM2.5,5").notes[0])


def test_many_columns_are_named_at_once() -> None:
    header = unique_header([*(f"c{i}" for i in range(60_000)), "c1", "", lines.ROW])
    assert header[-3:] == ["c1 (again, column 60001)", "column 60002", "#row (again, column 60003)"]


def test_a_sentence_about_columns_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text(f'a\tb,"c\nd",{"e" * 5000}\n1,2,3\n')
    with pytest.raises(Unreadable) as refused:
        detect(path)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400


def hours(site: str, count: int = 200) -> bytes:
    return (HEAD + "".join(f"{site}{i},{HOUR},{i}\n" for i in range(count))).encode()


@pytest.mark.parametrize("site", ["S", "通州东关"])
@pytest.mark.parametrize("damage", [b"\xff", b"\0", b"\xff\xfe", b"\x80,"])
def test_a_damaged_byte_costs_its_row_and_no_other(tmp_path: Path, site: str, damage: bytes) -> None:
    path = tmp_path / "hours.csv"
    whole = hours(site)
    at = whole.index(f"{site}77,".encode())
    path.write_bytes(whole[:at] + damage + whole[at:])
    reading = ambient_table.read(path)
    assert {r.row for r in reading.refused} == {79}
    assert reading.rows["site"].to_list() == sorted(f"{site}{i}" for i in range(200) if i != 77)


def test_a_table_in_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "hours.csv"
    path.write_bytes(hours("通州东关", 3).decode().encode("gb18030"))
    assert ambient_table.read(path).rows["site"].to_list() == ["通州东关0", "通州东关1", "通州东关2"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_text_of_another_kind_is_refused_as_a_whole(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "hours.csv"
    path.write_bytes(hours("Ä").decode().encode(encoding))
    with pytest.raises(Unreadable, match=r"not a text table|neither UTF-8 nor GB18030"):
        ambient_table.read(path)


def test_a_file_that_ends_in_zeros_gives_what_stands_before_them(tmp_path: Path) -> None:
    path = tmp_path / "hours.csv"
    path.write_bytes(hours("S", 3) + bytes(50_000))
    reading = ambient_table.read(path)
    assert (reading.rows.height, [r.row for r in reading.refused]) == (3, [5])


def test_the_hour_that_ends_with_the_year_1969_is_not_of_1970(tmp_path: Path) -> None:
    """Zero, where a time is missing: no day of statistics can be counted for it."""
    reading = read(tmp_path, "A,1970-01-01T00:00,1\nA,1970-01-01T01:00,2\nA,2101-01-01T00:00,3\n")
    assert [r.row for r in reading.refused] == [2]
    assert daily_values(reading.rows, "auto").height == 2
