"""`bihuan import`: the report, the exit codes, and that nothing is half done."""

from datetime import datetime
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.archive import Archive
from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from tests.commands.cli import run

DATA = Path(__file__).parents[1] / "data"
DAY = DATA / "feeds_china_sites_20190315.csv"
GOOD = "site,time,PM2.5,AQI\nA,2019-10-05T06:00,12,50\nA,2019-10-05T07:00,13,50\n"
BAD = "A,2019-10-05T08:00,-5,50\n"
COUNTS = ("rows", "new", "same", "corrected", "quarantined")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path / "city"))
    return tmp_path / "city"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(GOOD)
    return path


def counts(report: dict[str, int]) -> list[int]:
    return [report[name] for name in COUNTS]


def test_a_new_folder_becomes_an_installation_and_the_report_counts(
    capsys: Capture, folder: Path, table: Path
) -> None:
    ran = run(capsys, "--data", folder, "--json", "import", table)
    assert ran.code == 0
    (report,) = ran.json["files"]
    assert counts(report) == counts(ran.json) == [2, 2, 0, 0, 0]
    assert report["ignored_columns"] == ["AQI"]
    assert "new installation" in ran.err
    assert (folder / "bihuan.json").is_file()


def test_same_and_corrected(capsys: Capture, folder: Path, table: Path) -> None:
    run(capsys, "--data", folder, "import", table)
    table.write_text(GOOD.replace("13", "14"))
    ran = run(capsys, "--data", folder, "--json", "import", table)
    assert counts(ran.json) == [2, 0, 1, 1, 0]


def test_the_same_file_again_changes_nothing_even_after_corrections(
    capsys: Capture, folder: Path, table: Path
) -> None:
    other = table.with_name("other.csv")
    other.write_text(GOOD.replace("13", "14"))
    run(capsys, "--data", folder, "import", table, other)
    ran = run(capsys, "--data", folder, "--json", "import", table)
    assert counts(ran.json) == [2, 0, 2, 0, 0]
    assert "taken in before" in ran.json["files"][0]["notes"][0]
    assert Archive(folder / "archive").ambient.current().collect()["pm25"].sort().to_list() == [12.0, 14.0]


def test_refused_records_are_listed_and_kept(capsys: Capture, folder: Path, table: Path) -> None:
    table.write_text(GOOD + BAD)
    ran = run(capsys, "--data", folder, "--json", "import", table)
    assert ran.code == 1
    assert counts(ran.json) == [3, 2, 0, 0, 1]
    (refused,) = ran.json["files"][0]["refused"]
    assert (refused["file"], refused["row"], refused["column"], refused["value"]) == (
        "table.csv",
        4,
        "PM2.5",
        "-5",
    )
    assert refused["reason"]
    assert refused["remedy"]
    (kept,) = Archive(folder / "archive").quarantine.find()
    assert (kept.row, kept.value, kept.state) == (4, "-5", "open")


def test_text_report_names_row_column_reason_and_remedy(capsys: Capture, folder: Path, table: Path) -> None:
    table.write_text(GOOD + BAD)
    text = run(capsys, "--data", folder, "import", table).out
    assert "row 4, column PM2.5, value '-5': negative" in text
    assert "zero" in text


def test_one_unreadable_file_among_good_ones(capsys: Capture, folder: Path, table: Path) -> None:
    picture = table.with_name("photo.csv")
    picture.write_bytes(b"\x89PNG\0\0")
    ran = run(capsys, "--data", folder, "--json", "import", picture, table)
    assert ran.code == 1
    assert "not a text table" in ran.json["files"][0]["error"]
    assert ran.json["new"] == 2


def test_nothing_readable_is_nothing_done(capsys: Capture, folder: Path, table: Path) -> None:
    table.write_bytes(b"")
    ran = run(capsys, "--data", folder, "import", table)
    assert (ran.code, ran.out) == (2, "")
    assert "is empty" in ran.err
    assert not folder.exists()


def test_a_folder_of_something_else_is_refused(capsys: Capture, tmp_path: Path, table: Path) -> None:
    ran = run(capsys, "--data", tmp_path, "import", table)
    assert ran.code == 2
    assert "neither empty nor an installation" in ran.err


def test_a_mapping_by_name(capsys: Capture, folder: Path, table: Path) -> None:
    run(capsys, "--data", folder, "import", table)
    (folder / "mappings").mkdir()
    (folder / "mappings" / "county.json").write_text(
        '{"site": "s", "time": ["t"], "quantities": {"细颗粒物": {"name": "pm25", "factor": 1000}}}'
    )
    table.write_text("s,t,细颗粒物\nB,2019-10-05 06:00,0.05\n")
    ran = run(capsys, "--data", folder, "--json", "import", table, "--mapping", "county")
    assert ran.json["new"] == 1
    row = Archive(folder / "archive").ambient.current(["B"]).collect().row(0, named=True)
    assert (row["pm25"], row["source"]) == (50.0, "mapped:county")
    assert run(capsys, "--data", folder, "import", table, "--mapping", "none").code == 2


def test_corrections_count_as_received_when_they_are_imported(
    capsys: Capture, folder: Path, table: Path
) -> None:
    run(capsys, "--data", folder, "import", table)
    november = datetime(2019, 11, 1, tzinfo=CST)
    clock.set_replay(november, 0)
    table.write_text(GOOD.replace("13", "99"))
    run(capsys, "--data", folder, "import", table)
    ambient = Archive(folder / "archive").ambient
    # 35 minutes after the label 07:00 the hour is known; the correction not before November.
    first = ambient.as_of(datetime(2019, 10, 5, 7, 35, tzinfo=CST)).collect()
    assert first["pm25"].sort().to_list() == [12.0, 13.0]
    assert ambient.as_of(datetime(2019, 10, 5, 7, 34, tzinfo=CST)).collect()["pm25"].to_list() == [12.0]
    assert ambient.as_of(november).collect()["pm25"].sort().to_list() == [12.0, 99.0]


def test_another_writer_is_waited_for_and_then_named(folder: Path) -> None:
    archive = Archive(folder)
    with (
        archive.writing(),
        pytest.raises(NothingDone, match="another import or compaction"),
        Archive(folder).writing(wait=0.1),
    ):
        pass


def test_published_day_file(capsys: Capture, folder: Path) -> None:
    ran = run(capsys, "--data", folder, "--json", "import", DAY)
    assert (ran.code, counts(ran.json)) == (0, [18, 18, 0, 0, 0])
    assert ran.json["files"][0]["format"] == "china_sites"
