"""A file that cannot be read, whatever it does to its reader, is kept and marked as failed; later ones go on."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan.archive import Archive
from bihuan.archive.deliveries import DISMISSED, FAILED, STORED, NotFailed
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline.files import import_files, retry
from bihuan.pipeline.orders import Order
from bihuan.pipeline.reports import FileReport
from bihuan.reasons import as_told
from tests.feeds.weather.test_grids import POINTS, _message

RECEIVED = datetime(2019, 10, 4, 17, tzinfo=UTC)
LATER = RECEIVED + timedelta(hours=1)
GOOD = "site,time,PM2.5\nA,2019-10-05T06:00,12\nA,2019-10-05T07:00,13\n"
OFFSET = {
    "site": "1739A", "utc_offset_seconds": "abc", "hourly_units": {"temperature_2m": "°C"},
    "hourly": {"time": ["2019-10-05T08:00"], "temperature_2m": [1.0]},
}  # fmt: skip
PLACES: tuple[Point, ...] = POINTS


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "city" / "archive")


def bring(archive: Archive, path: Path, at: datetime = RECEIVED) -> FileReport:
    (report,) = import_files(archive, [path], received=at, points=PLACES)
    return report


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def aborting_grib() -> bytes:
    """A message with one wrong byte at which ecCodes 2.4x ends its process by an assertion."""
    message = bytearray(_message("2t", 1, 285.15))
    message[67] = 161
    return bytes(message)


def hours(archive: Archive) -> list[float]:
    return archive.ambient.current(columns=["start", "pm25"]).sort("start").collect()["pm25"].to_list()


ODD = {
    "offset.json": json.dumps(OFFSET),
    "deep.json": "[" * 100_000 + "]" * 100_000,
    "abort.grib2": aborting_grib(),
    "half.xlsx": b"PK\x03\x04" + bytes(range(256)),
    "photo.csv": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "empty.csv": b"",
}


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_fails_is_kept_and_listed_and_the_next_one_goes_in(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    bad = written(tmp_path, name, ODD[name])
    report = bring(archive, bad)
    assert name in report.error
    assert "\n" not in report.error
    (failed,) = archive.deliveries.find(FAILED)
    assert (failed.file, failed.why, failed.attempts) == (name, report.why, 1)
    assert archive.blobs.path(failed.blob).read_bytes() == bad.read_bytes()
    good = bring(archive, written(tmp_path, "good.csv", GOOD))
    assert (good.error, good.new) == ("", 2)
    assert [d.attempts for d in archive.deliveries.find(FAILED)] == [1]  # never read again by itself
    assert archive.deliveries.count(STORED) == 1


def test_a_file_that_an_older_version_left_unread_for_ever_is_met_once(
    archive: Archive, tmp_path: Path
) -> None:
    """It was named in the journal and took the whole process down, so nothing but its entry is there."""
    blob, _ = archive.blobs.keep(written(tmp_path, "x", aborting_grib()))
    order = Order("abort.grib2", blob, "weather", None, None, PLACES)
    archive.journal.append("file:weather", order.to_bytes(), RECEIVED)
    for day in range(3):
        report = bring(archive, written(tmp_path, f"{day}.csv", GOOD.replace("10-05", f"10-0{day + 1}")))
        assert (report.error, report.new) == ("", 2)
    (failed,) = archive.deliveries.find(FAILED)
    assert (failed.file, failed.attempts) == ("abort.grib2", 1)


def test_a_file_during_whose_reading_everything_stops_again_and_again_is_not_read_any_more(
    archive: Archive, tmp_path: Path
) -> None:
    blob, _ = archive.blobs.keep(written(tmp_path, "x.csv", GOOD.replace("A,", "B,")))
    order = Order("x.csv", blob, "ambient", None)
    position = archive.journal.append("file:ambient", order.to_bytes(), RECEIVED)
    for _ in range(3):  # when it came, and two more tries
        archive.deliveries.begin(blob, position, "x.csv", order.to_bytes(), RECEIVED)
    assert bring(archive, written(tmp_path, "good.csv", GOOD)).new == 2
    (failed,) = archive.deliveries.find(FAILED)
    assert "everything stopped, 3 times" in str(failed.why)
    assert hours(archive) == [12.0, 13.0]
    assert retry(archive, failed.id, received=LATER).new == 2


def test_a_file_whose_failure_could_not_be_noted_is_listed_by_the_next_import(
    archive: Archive, tmp_path: Path
) -> None:
    """Killed between its entry in the journal and its line in the list."""
    blob, _ = archive.blobs.keep(written(tmp_path, "photo.csv", ODD["photo.csv"]))
    archive.journal.append("file:", Order("photo.csv", blob, "", None).to_bytes(), RECEIVED)
    assert bring(archive, written(tmp_path, "good.csv", GOOD)).new == 2
    (failed,) = archive.deliveries.find(FAILED)
    assert (failed.file, failed.blob) == ("photo.csv", blob)


def test_a_file_that_everything_stopped_at_and_then_again_goes_in_at_last(
    archive: Archive, tmp_path: Path
) -> None:
    """Given up after three tries; imported once more, and once more killed while it was read."""
    path = written(tmp_path, "x.csv", GOOD)
    blob, _ = archive.blobs.keep(path)
    order = Order("x.csv", blob, "ambient", 2100)
    for tries in (3, 1):
        position = archive.journal.append("file:ambient", order.to_bytes(), RECEIVED)
        for _ in range(tries):
            archive.deliveries.begin(blob, position, "x.csv", order.to_bytes(), RECEIVED)
        bring(archive, written(tmp_path, "other.csv", GOOD.replace("A,", "B,")))
        assert archive.deliveries.count(FAILED) == 1
    assert bring(archive, path).new == 2
    assert archive.deliveries.count(FAILED) == 0


def test_a_file_that_takes_too_long_is_ended_and_the_next_goes_on(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"S{n},2019-10-05T{n % 24:02}:00,{n % 90}x\n" for n in range(1_500_000))
    table = written(tmp_path, "long.csv", "site,time,PM2.5\n" + rows)
    monkeypatch.setenv("BIHUAN_READ_SECONDS", "1")
    began = time.monotonic()
    assert "not read within 1 seconds" in bring(archive, table).error
    assert time.monotonic() - began < 60
    monkeypatch.delenv("BIHUAN_READ_SECONDS")
    assert bring(archive, written(tmp_path, "good.csv", GOOD)).new == 2
    assert archive.quarantine.count() == 0  # what was refused on the way is not left behind
    assert not list(archive.root.glob("spool-*"))


def test_a_failed_file_tried_again_counts_as_coming_now(archive: Archive, tmp_path: Path) -> None:
    """It failed for want of a registered station; with the station it goes in, received at the second try."""
    grib = written(tmp_path, "model.grib2", _message("2t", 6, 285.15))
    (report,) = import_files(archive, [grib], received=RECEIVED, points=[])
    assert "no station within" in report.error
    (failed,) = archive.deliveries.find()
    with pytest.raises(Unreadable, match="no station within"):
        retry(archive, failed.id, received=LATER, points=[])
    assert [(d.state, d.attempts) for d in archive.deliveries.find()] == [(FAILED, 2)]
    assert retry(archive, failed.id, received=LATER, points=PLACES).new == 1
    assert (archive.deliveries.count(FAILED), archive.deliveries.count(STORED)) == (0, 1)
    with pytest.raises(NotFailed):
        retry(archive, failed.id, received=LATER, points=PLACES)


def test_the_same_file_brought_again_after_it_failed_is_read_again(archive: Archive, tmp_path: Path) -> None:
    grib = written(tmp_path, "model.grib2", _message("2t", 6, 285.15))
    import_files(archive, [grib], received=RECEIVED, points=[])
    assert bring(archive, grib, LATER).new == 1
    assert archive.deliveries.count(FAILED) == 0
    assert "taken in before" in str(bring(archive, grib, LATER).notes[0])


def test_a_dismissed_file_stays_away_and_needs_a_reason(archive: Archive, tmp_path: Path) -> None:
    bring(archive, written(tmp_path, "photo.csv", ODD["photo.csv"]))
    (failed,) = archive.deliveries.find()
    with pytest.raises(NotFailed, match="say why"):
        archive.deliveries.dismiss(failed.id, who="li", reason=" ", at=LATER)
    archive.deliveries.dismiss(failed.id, who="li", reason="选错了文件", at=LATER)
    (dismissed,) = archive.deliveries.find(DISMISSED)
    assert (dismissed.who, dismissed.note) == ("li", "选错了文件")
    with pytest.raises(NotFailed):
        archive.deliveries.dismiss(failed.id, who="li", reason="again", at=LATER)


def test_raw_bytes_of_a_failed_file_outlive_the_clearing_of_old_input(
    archive: Archive, tmp_path: Path
) -> None:
    bring(archive, written(tmp_path, "abort.grib2", ODD["abort.grib2"]))
    bring(archive, written(tmp_path, "good.csv", GOOD))
    (failed,) = archive.deliveries.find()
    archive.retain(datetime(2030, 1, 1, tzinfo=UTC))
    assert archive.blobs.path(failed.blob).exists()
    archive.deliveries.dismiss(failed.id, who="li", reason="damaged", at=LATER)
    archive.retain(datetime(2030, 1, 1, tzinfo=UTC))
    assert not archive.blobs.path(failed.blob).exists()


def test_a_state_that_was_written_before_the_table_is_passed_over_not_read(
    archive: Archive, tmp_path: Path
) -> None:
    """Killed between the mark in the list and the mark in the table."""
    blob, _ = archive.blobs.keep(written(tmp_path, "abort.grib2", ODD["abort.grib2"]))
    order = replace(Order("abort.grib2", blob, "weather", None), points=PLACES)
    position = archive.journal.append("file:weather", order.to_bytes(), RECEIVED)
    archive.deliveries.begin(blob, position, order.file, order.to_bytes(), RECEIVED)
    archive.deliveries.failed(blob, position, as_told("it was damaged"), "")
    assert bring(archive, written(tmp_path, "good.csv", GOOD)).new == 2
    assert [(d.why, d.attempts) for d in archive.deliveries.find()] == [(as_told("it was damaged"), 1)]
