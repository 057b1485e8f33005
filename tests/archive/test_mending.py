"""Refused records are mended through the same reader, or dismissed with a reason; each only once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.archive import Archive
from bihuan.archive.quarantine import NotMended, NotOpen, Refused
from bihuan.feeds.mapping import ColumnMapping, Target
from bihuan.pipeline.files import import_files
from bihuan.pipeline.mend_values import dismiss, mend, mendable, record

IMPORTED = datetime(2019, 10, 6, tzinfo=UTC)
MENDED = datetime(2019, 10, 7, tzinfo=UTC)
TEXT = "site,time,PM2.5,CO\nA,2019-10-05T06:00,-5,0.4\nA,2019-99-05T07:00,13,0.5\nA,2019-10-05T08:00,1\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    path = tmp_path / "table.csv"
    path.write_text(TEXT)
    archive = Archive(tmp_path / "archive")
    import_files(archive, [path], received=IMPORTED)
    return archive


def refused_at(archive: Archive, row: int) -> Refused:
    return next(r for r in archive.quarantine.find() if r.row == row)


def test_a_mended_value_goes_in_and_is_known_from_then_on(archive: Archive) -> None:
    number = refused_at(archive, 2).id
    report = mend(archive, number, value="5", who="李明", received=MENDED)
    assert (report.new, report.corrected) == (0, 1)
    assert archive.ambient.current().collect().select("pm25", "co").rows() == [(5.0, 0.4)]
    assert archive.ambient.as_of(IMPORTED).collect().select("pm25", "co").rows() == [(None, 0.4)]
    settled = archive.quarantine.get(number)
    assert (settled.state, settled.who, settled.note) == ("mended", "李明", "-5 -> 5")


def test_mending_one_value_does_not_bring_back_old_other_values(archive: Archive, tmp_path: Path) -> None:
    later = tmp_path / "later.csv"
    later.write_text("site,time,CO\nA,2019-10-05T06:00,0.9\n")
    import_files(archive, [later], received=IMPORTED)
    mend(archive, refused_at(archive, 2).id, value="5", who="李明", received=MENDED)
    assert archive.ambient.current().collect().select("pm25", "co").rows() == [(5.0, 0.9)]


def test_a_wrong_time_brings_the_whole_row(archive: Archive) -> None:
    mend(archive, refused_at(archive, 3).id, value="2019-10-05T07:00", who="李明", received=MENDED)
    assert archive.ambient.current().sort("start").collect().select("pm25", "co").row(1) == (13.0, 0.5)


def test_a_broken_line_is_given_anew(archive: Archive) -> None:
    number = refused_at(archive, 4).id
    with pytest.raises(NotMended, match="whole line"):
        mend(archive, number, value="1", who="李明", received=MENDED)
    with pytest.raises(NotMended, match="3 fields"):
        mend(archive, number, line="A,2019-10-05T08:00,1", who="李明", received=MENDED)
    mend(archive, number, value="A,2019-10-05T08:00,1,0.1", who="李明", received=MENDED)
    assert archive.ambient.current().collect().height == 2


def test_a_value_that_is_refused_again_changes_nothing(archive: Archive) -> None:
    number = refused_at(archive, 2).id
    with pytest.raises(NotMended, match="not a number"):
        mend(archive, number, value="five", who="李明", received=MENDED)
    assert archive.quarantine.get(number).state == "open"
    assert archive.quarantine.count() == 3


def test_each_is_settled_once(archive: Archive) -> None:
    number = refused_at(archive, 2).id
    with pytest.raises(NotMended, match="say why"):
        dismiss(archive, number, reason=" ", who="李明", at=MENDED)
    dismiss(archive, number, reason="仪器校准", who="李明", at=MENDED)
    for again in (
        lambda: dismiss(archive, number, reason="x", who="王芳", at=MENDED),
        lambda: mend(archive, number, value="5", who="王芳", received=MENDED),
        lambda: archive.quarantine.get(999),
    ):
        with pytest.raises(NotOpen):
            again()
    assert archive.quarantine.count() == 2
    assert archive.quarantine.count("dismissed") == 1
    assert [n for _, _, n in archive.quarantine.reasons(None)] == [1, 1, 1]


def test_cells_of_national_files_and_mapped_sheets(tmp_path: Path) -> None:
    import xlsxwriter

    archive = Archive(tmp_path / "archive")
    day = tmp_path / "china_sites_20190315.csv"
    day.write_text("date,hour,type,A,B\n20190315,1,PM2.5,12,x\n20190315,1,PM10,30,40\n")
    import_files(archive, [day], received=IMPORTED)
    mend(archive, archive.quarantine.find()[0].id, value="8", who="李明", received=MENDED)
    assert archive.ambient.current(["B"]).collect().select("pm25", "pm10").rows() == [(8.0, 40.0)]
    book = tmp_path / "county.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet("数据")
        sheet.write_row("A1", ["月报"])
        sheet.write_row("A2", ["站", "时间", "臭氧"])
        sheet.write_row("A3", ["C", "2019-10-05 06:00", "?"])
    mapping = ColumnMapping(
        "站", ("时间",), {"臭氧": Target("o3")}, sheet="数据", header_row=2, name="county"
    )
    import_files(archive, [book], received=IMPORTED, mapping=mapping)
    (refused,) = archive.quarantine.find()
    assert dict(record(archive, refused)) == {"站": "C", "时间": "2019-10-05 06:00", "臭氧": "?"}
    mend(archive, refused.id, value="80", who="李明", received=MENDED)
    assert archive.ambient.current(["C"]).collect()["o3"].to_list() == [80.0]


def test_raw_input_with_open_records_is_kept(archive: Archive) -> None:
    refused = refused_at(archive, 2)
    archive.retain(before=MENDED)
    assert dict(record(archive, refused))["PM2.5"] == "-5"
    for open_one in archive.quarantine.find():
        dismiss(archive, open_one.id, reason="x", who="李明", at=MENDED)
    assert archive.retain(before=MENDED)["files"] == 1
    with pytest.raises(NotMended, match="no longer kept"):
        record(archive, refused)


def test_only_what_one_record_can_mend_is_offered_for_it(archive: Archive, tmp_path: Path) -> None:
    assert mendable(archive, archive.quarantine.find()) == {r.id for r in archive.quarantine.find()}
    columns = tmp_path / "micrograms.csv"
    hours = "".join(f"B,2019-10-05T{k:02}:00,{-1 if k == 9 else 13},900\n" for k in range(1, 21))
    columns.write_text("site,time,PM2.5,CO\n" + hours)
    import_files(archive, [columns], received=IMPORTED)
    offered = mendable(archive, archive.quarantine.find())
    of_file = {r.column: r.id in offered for r in archive.quarantine.find() if r.file == "micrograms.csv"}
    assert of_file == {"CO": False, "PM2.5": True}  # all of CO was refused, one value of PM2.5


def test_without_the_raw_file_nothing_is_offered(archive: Archive) -> None:
    for path in archive.blobs.folder.iterdir():
        path.unlink()
    assert mendable(archive, archive.quarantine.find()) == set()
