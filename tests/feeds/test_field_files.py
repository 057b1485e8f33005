"""Small files as they come from the field, and their kind: times, line breaks, cut files."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.feeds import ambient_table, china_sites
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.records import record_of

FIXTURES = Path(__file__).parent / "fixtures"
SIX = datetime(2019, 10, 4, 21, tzinfo=UTC)  # the hour labelled 06:00 in China
Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode())
        return path

    return write


def test_an_offset_counts_with_a_blank_seconds_fractions_and_as_z() -> None:
    reading = ambient_table.read(FIXTURES / "times_with_offsets.csv")
    assert reading.refused == ()
    assert reading.rows["start"].to_list() == [SIX] * 5


@pytest.mark.parametrize(
    "time",
    [
        "2019-10-05T06:00", "2019-10-05 06:00:00.000", "2019/10/05 06:00", "2019-10-05T06:00+08", "2019-10-05 06:00 +0800",
        "2019-10-05T07:00:00+09:00", "2019-10-05T03:30:00.00+05:30", "2019-10-04T16:00:00-06:00", "2019-10-04 22:00Z",
        "2019-10-04T22:00:00z", "2019-10-04 22:00:00 UTC", "2019-10-05T0600+0800", "2019-10-05 05:59:59.6", "2019-10-05T06:00:01",
    ],
)  # fmt: skip
def test_forms_of_one_and_the_same_hour(written: Written, time: str) -> None:
    reading = ambient_table.read(written(f"site,time,PM2.5\nA,{time},12\n"))
    assert (reading.rows["start"].to_list(), reading.refused) == ([SIX], ())


def test_midnight_as_24_with_an_offset(written: Written) -> None:
    reading = ambient_table.read(written("site,time,O3\nA,2019-10-04T24:00:00+08:00,12\n"))
    assert reading.rows["start"].to_list() == [datetime(2019, 10, 4, 15, tzinfo=UTC)]


@pytest.mark.parametrize("time", ["2019-10-05T06:30", "2019-10-05 06:00:02", "2019-10-05T06:00+05:30"])
def test_a_time_beside_the_hour_is_refused_not_dropped(written: Written, time: str) -> None:
    reading = ambient_table.read(written(f"site,time,PM2.5\nA,{time},12\nB,2019-10-05T06:00,1\n"))
    assert [(r.row, r.value, r.reason) for r in reading.refused] == [(2, time, "not a full hour")]
    assert reading.rows.height == 1


def drifted() -> pl.DataFrame:
    """72 hours as a spreadsheet counts them by adding 1/24, kept to a millisecond: the last lies 20 ms beside the hour."""
    hours = [SIX.replace(tzinfo=None) + timedelta(hours=8 + n, milliseconds=n * 20 / 72) for n in range(72)]
    return pl.DataFrame({"site": ["S1"] * 72, "time": hours, "PM2.5": [float(n) for n in range(72)]})


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_hours_made_by_adding_a_24th_are_full_hours(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"hours.{ending}"
    if ending == "csv":
        drifted().write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S%.3f")
    elif ending == "parquet":
        drifted().with_columns(pl.col("time").cast(pl.Datetime("ns"))).write_parquet(path)
    else:
        path = FIXTURES / "hours_by_adding_a_24th.xlsx"
    reading = ambient_table.read(path)
    assert (reading.rows.height, reading.refused) == (72, ())
    assert set(reading.rows["start"].dt.minute()) | set(reading.rows["start"].dt.second()) == {0}
    assert reading.rows["start"].diff().drop_nulls().unique().to_list() == [timedelta(hours=1)]


def test_a_record_may_break_its_line_within_quotes() -> None:
    reading = ambient_table.read(FIXTURES / "line_break_in_quotes.csv")
    assert (reading.rows["pm25"].to_list(), reading.refused) == ([35.0, 36.0], ())


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_rows_behind_a_broken_record_keep_their_lines(tmp_path: Path, newline: str) -> None:
    """The record of lines 2 to 5 is one; what is wrong in the next ones is told with their own lines."""
    lines = [
        "site,time,PM2.5,note",
        'A,2019-10-05T06:00,35,"one',
        '""two""',
        "",
        'three"',
        "A,2019-10-05T07:00,x,",
        "A,bad,1,",
    ]
    path = tmp_path / "lines.csv"
    path.write_bytes(newline.join(lines).encode())
    reading = ambient_table.read(path)
    assert reading.rows_in_file == 3
    assert [(r.row, r.value) for r in sorted(reading.refused, key=lambda r: r.row)] == [(6, "x"), (7, "bad")]
    found = dict(record_of(path, 2, needed=frozenset({"site"})))
    assert found["note"] == 'one\n"two"\n\nthree'


def test_a_header_with_line_breaks(written: Written) -> None:
    reading = ambient_table.read(written('site,time,PM2.5,"note\n(free)"\nA,2019-10-05T06:00,x,\n'))
    assert reading.ignored_columns == ("note\n(free)",)
    assert [r.row for r in reading.refused] == [3]


def test_a_mark_that_was_forgotten_swallows_no_row(written: Written) -> None:
    rows = "".join(f"A,2019-10-05T{h:02}:00,{h},\n" for h in range(8, 20))
    text = f'site,time,PM2.5,note\nA,2019-10-05T06:00,1,"open\n{rows}A,2019-10-05T21:00,1,"again\n'
    reading = ambient_table.read(written(text))
    assert (reading.rows.height, [r.row for r in reading.refused]) == (12, [2, 15])
    assert {r.reason for r in reading.refused} == {"a quotation mark is not closed"}


def test_a_broken_record_at_the_edge_of_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bihuan.feeds import lines

    record = 'A,2019-10-{d:02}T{h:02}:00,{h},"one\ntwo"\n'
    text = "site,time,PM2.5,note\n" + "".join(
        record.format(d=d, h=h) for d in range(1, 20) for h in range(24)
    )
    path = tmp_path / "edges.csv"
    path.write_text(text)
    for size in (37, 64, 101, 1000):
        pieces = list(lines.pieces(path, size=size))
        assert sum(p.frame.height for p in pieces) == 19 * 24, size
        assert not any(p.refused for p in pieces)
        assert [n for p in pieces for n in p.frame["#row"]] == list(range(2, 2 + 2 * 19 * 24, 2))


def test_a_day_file_cut_in_a_row_gives_its_whole_rows() -> None:
    (reading,) = china_sites.batches(FIXTURES / "china_sites_20191116_cut.csv")
    assert reading.rows.height == 15 * 60
    (refusal,) = reading.refused
    assert (refusal.row, refusal.remedy) == (116, "the file was cut off here: send it again whole")


def tried(read: Callable[[Path], Reading], path: Path) -> Reading | None:
    """What a reader gives; None for a file that it refuses in a sentence."""
    try:
        return read(path)
    except Unreadable:
        return None


@pytest.mark.slow
def test_a_day_file_cut_at_any_byte_is_read_or_refused_and_gives_nothing_wrong(tmp_path: Path) -> None:
    whole = (FIXTURES / "china_sites_20191116_cut.csv").read_bytes()
    text = b"\n".join(b",".join(line.split(b",")[:6]) for line in whole.split(b"\n")[:16]) + b"\n"
    path = tmp_path / "china_sites_20191116.csv"

    def read(path: Path) -> Reading:
        (reading,) = china_sites.batches(path)
        return reading

    path.write_bytes(text)
    rows = read(path).rows.drop("#row")
    for cut in range(len(text)):
        path.write_bytes(text[:cut])
        reading = tried(read, path)
        if reading is not None and text[cut - 1 : cut + 1].count(b"\n"):
            have = [c for c in reading.rows.columns if c != "#row"]
            assert (
                reading.rows.select(have).join(rows.select(have), on=["site", "start"], how="anti").is_empty()
            )


@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
def test_a_packed_file_cut_anywhere_is_refused_in_a_sentence(tmp_path: Path, ending: str) -> None:
    buffer = io.BytesIO()
    table = drifted()
    table.write_parquet(buffer) if ending == "parquet" else table.write_excel(buffer)
    whole, path = buffer.getvalue(), tmp_path / f"cut.{ending}"
    for cut in range(0, len(whole) - 1, max(1, len(whole) // 60)):
        path.write_bytes(whole[:cut])
        assert tried(ambient_table.read, path) is None
