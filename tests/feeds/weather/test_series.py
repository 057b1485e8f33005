"""Tables of forecast weather: what is taken, and what is refused with row, column and remedy."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.feeds.reading import Unreadable
from bihuan.feeds.weather import series
from bihuan.feeds.weather.detect import kind_of
from bihuan.reasons import Reason

HEAD = "site,issued,time,TEMP,DEWP,PRES,RAIN,WSPM,wd,cloud"


def _file(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "weather.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_read_with_its_issue_and_hour(tmp_path: Path) -> None:
    path = _file(tmp_path, "1738A,2019-10-05T02:00,2019-10-05T09:00,12.5,3.0,930.1,0.2,2.4,NE,80")
    assert kind_of(path) == "table"
    reading = series.read(path)
    row = reading.rows.row(0, named=True)
    # 02:00 in China is 18:00 UTC of the day before; the hour labelled 09:00 begins at 08:00 = 00:00 UTC.
    assert row["issued"] == datetime(2019, 10, 4, 18, tzinfo=UTC)
    assert row["start"] == datetime(2019, 10, 5, 0, tzinfo=UTC)
    assert (row["temp"], row["dewp"], row["pres"], row["rain"], row["wspm"]) == (12.5, 3.0, 930.1, 0.2, 2.4)
    assert row["wd"] == 45.0
    assert row["source"] == "table"
    assert reading.ignored_columns == ("cloud",)


def test_an_issue_with_an_offset_is_an_instant(tmp_path: Path) -> None:
    path = _file(tmp_path, "A,2019-10-04T18:00:00Z,2019-10-05T09:00,1,1,930,0,1,N,0")
    assert series.read(path).rows["issued"].to_list() == [datetime(2019, 10, 4, 18, tzinfo=UTC)]


def test_bad_cells_name_row_column_and_remedy(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "A,2019-10-05T02:00,2019-10-05T09:00,12.5,3,930,0,2,N,0",
        "A,soon,2019-10-05T10:00,12.5,3,930,0,2,N,0",
        "A,2019-10-05T02:00,2019-10-05T11:30,12.5,3,930,0,2,N,0",
        "A,2019-10-05T02:00,2019-10-05T12:00,999,3,930,-2,2,N,0",
    )
    reading = series.read(path)
    found = {(r.row, r.column): (r.reason, r.remedy) for r in reading.refused}
    assert set(found) == {(3, "issued"), (4, "time"), (5, "TEMP"), (5, "RAIN")}
    assert "not a date and hour" in found[3, "issued"][0]
    assert "2019-10-05T02:00" in found[3, "issued"][1]
    assert found[5, "TEMP"][0].startswith("outside -70..65 °C")
    # The row of 12:00 stays, without the two values.
    last = reading.rows.row(-1, named=True)
    assert (last["temp"], last["rain"], last["dewp"]) == (None, None, 3.0)


def test_hours_before_the_issue_are_left_out_and_said(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "A,2019-10-05T09:00,2019-10-05T09:00,12,3,930,0,2,N,0",
        "A,2019-10-05T09:00,2019-10-05T10:00,13,3,930,0,2,N,0",
    )
    reading = series.read(path)
    assert reading.rows["temp"].to_list() == [13.0]
    assert reading.notes == (Reason("rows_before_issue", count=1),)


@pytest.mark.parametrize(
    ("head", "word"),
    [
        ("site,time,TEMP", "no column issued"),
        ("issued,time,TEMP", "no column site"),
        ("site,issued,time,cloud", "none of the columns TEMP"),
    ],
)
def test_a_table_that_lacks_a_column_says_which(tmp_path: Path, head: str, word: str) -> None:
    path = _file(tmp_path, "A,2019-10-05T02:00,2019-10-05T09:00,1", head=head)
    with pytest.raises(Unreadable, match=word):
        series.read(path)


def test_measured_hours_are_no_forecast(tmp_path: Path) -> None:
    path = _file(tmp_path, "A,2019-10-05T09:00,35,12", head="site,time,PM2.5,TEMP")
    assert kind_of(path) is None
