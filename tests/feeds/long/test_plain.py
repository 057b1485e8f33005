"""The plain long table: good rows go in, each bad cell is refused with its place, units are converted only where said."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.archive import Archive
from bihuan.archive.observations import Asked
from bihuan.domain.periods import PERIODS
from bihuan.domain.quantities import LONG
from bihuan.feeds.detect import detect
from bihuan.feeds.long import plain
from bihuan.feeds.long.rows import KEY, as_table, settle
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.pipeline.files import import_files

HEAD = "site,time,quantity,value,period,unit\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "long.csv"
    path.write_text(text, "utf-8")
    return path


def read(folder: Path, text: str) -> Reading:
    (reading,) = plain.batches(written(folder, text))
    return reading


def said(reading: Reading) -> list[tuple[object, ...]]:
    return reading.rows.select("quantity", "period", "start", "value").rows()


def test_time_is_the_begin_of_the_period_in_china(tmp_path: Path) -> None:
    rows = said(read(tmp_path, HEAD + "S,2021-04-01T08:00,w21003,0.35,hour,\nS,2021-04-01,w01018,15,day,\n"))
    assert rows == [
        ("w21003", "hour", datetime(2021, 4, 1, tzinfo=UTC), 0.35),
        ("w01018", "day", datetime(2021, 3, 31, 16, tzinfo=UTC), 15.0),
    ]


def test_without_a_period_a_value_is_of_its_moment_and_the_report_says_so(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "站点,监测时间,因子,监测值\nS,2021-04-01 08:10:30,噪声,1\nS,2021-04-01 08:10:30,Leq,52.3\n"
    )
    assert said(reading) == [("Leq", "realtime", datetime(2021, 4, 1, 0, 10, 30, tzinfo=UTC), 52.3)]
    assert reading.notes == (plain.NO_PERIOD,)


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("S,2021-04-01T08:00,w21003,350,hour,ug/L", 0.35),
        ("S,2021-04-01T08:00,氨氮,0.35,小时,毫克/升", 0.35),
        ("S,2021-04-01T08:00,a21026,35,hour,", 35.0),  # the code means mg/m³, as in HJ 212
        ("S,2021-04-01T08:00,SO2,35,hour,µg/m3", 0.035),
        ("S,2021-04-01T08:00,a34001,0.3,minute,mg/m3", 300.0),
        ("S,2021-04-01T08:00,w21003,,hour,", None),
        ("S,2021-04-01T08:00,w21003,--,hour,", None),
    ],
)
def test_values_come_in_the_unit_of_the_table_of_quantities(
    tmp_path: Path, row: str, value: float | None
) -> None:
    reading = read(tmp_path, HEAD + row + "\n")
    assert reading.refused == ()
    assert reading.rows["value"].to_list() == [value]


UNKNOWN = "the quantity is not known, or the name is that of several"
TWO_UNITS = "flue gas and ambient air have different units of it, and the unit is not said"


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        ("S,2021-04-01T08:00,w21003,abc,hour,", "value", "abc", "not a number"),
        ("S,2021-04-01T08:00,w01001,15,hour,", "value", "15", "outside 0..14, which no instrument reports"),
        ("S,2021-04-01T08:00,w21003,-3,hour,", "value", "-3", "negative, which this quantity cannot be"),
        ("S,2021-04-01T08:30,w21003,1,hour,", "time", "2021-04-01T08:30", "no begin of its period"),
        ("S,yesterday,w21003,1,hour,", "time", "yesterday", "not a date and time"),
        ("S,2021-04-01T08:00,w99999,1,hour,", "quantity", "w99999", UNKNOWN),
        ("S,2021-04-01T08:00,砷,1,hour,", "quantity", "砷", UNKNOWN),
        ("S,2021-04-01T08:00,,1,hour,", "quantity", "", "it is not said what was measured"),
        ("S,2021-04-01T08:00,w21003,1,fortnight,", "period", "fortnight", "the period is not known"),
        ("S,2021-04-01T08:00,w21003,1,,", "period", "", "the period is not known"),
        ("S,2021-04-01T08:00,w21003,1,hour,ppm", "unit", "ppm", "the unit is not known"),
        ('S,2021-04-01T08:00,w21003,1,hour,"m\ng"', "unit", "m\ng", "the unit is not known"),
        (
            "S,2021-04-01T08:00,w21003,1,hour,NTU",
            "unit",
            "NTU",
            "the value cannot be converted from this unit to mg/L",
        ),
        ("S,2021-04-01T08:00,SO2,35,hour,", "unit", "", TWO_UNITS),
        (",2021-04-01T08:00,w21003,1,hour,", "site", "", "no site"),
    ],
)
def test_a_bad_cell_is_refused_with_its_place_and_the_good_rows_go_in(
    tmp_path: Path, row: str, column: str, value: str, reason: str
) -> None:
    reading = read(tmp_path, HEAD + "S,2021-04-01T07:00,w21003,0.5,hour,\n" + row + "\n")
    assert [(r.row, r.column, r.value, r.reason) for r in reading.refused] == [(3, column, value, reason)]
    assert all(r.remedy for r in reading.refused)
    assert reading.rows["value"].to_list() == [0.5]
    assert reading.rows_in_file == 2


def test_rows_that_contradict_each_other_are_refused_and_repeats_taken_once(tmp_path: Path) -> None:
    good, one, other = (f"S,2021-04-01T0{n}:00,w21003,{v},hour,\n" for n, v in ((7, 1), (8, 2), (8, 3)))
    settled = settle(read(tmp_path, HEAD + good + good + one + other).rows, "long.csv")
    assert settled.rows["value"].to_list() == [1.0]
    assert settled.repeated == 1
    assert [(r.row, r.value) for r in settled.refused] == [
        (4, "S w21003 hour 2021-04-01T08:00"),
        (5, "S w21003 hour 2021-04-01T08:00"),
    ]


def test_flags_are_kept_and_a_table_without_them_says_nothing_of_flags(tmp_path: Path) -> None:
    rows = read(
        tmp_path, "site,time,code,value,flag\nS,2021-04-01T08:00,w21003,1,D\nS,2021-04-01T09:00,w21003,1,\n"
    ).rows
    assert rows["flag"].to_list() == ["D", None]
    assert "flag" not in read(tmp_path, "site,time,code,value\nS,2021-04-01T08:00,w21003,1\n").rows.columns


@pytest.mark.parametrize(
    ("cell", "unit", "value", "flag"),
    [
        ("<0.05", "", 0.025, "<"),
        ("＜0.05", "mg/L", 0.025, "<"),
        ("0.01L", "", 0.005, "<"),
        ("<50", "ug/L", 0.025, "<"),
        ("未检出", "", None, "<"),
        ("*", "", None, None),
        ("--", "", None, None),
        ("0.3", "mg/L", 0.3, None),
        ("300", "ug/L", 0.3, None),
    ],
)
def test_what_a_laboratory_writes_is_read_as_it_is_meant(tmp_path: Path, cell: str, unit: str, value: float | None, flag: str | None) -> None:  # fmt: skip
    """Half the detection limit with the flag that says so; the neighbour beside it in another unit."""
    rows = f"S,2021-04-01,w21003,{cell},day,{unit}\nS,2021-04-02,w21003,<10,day,ug/L\n"
    reading = read(tmp_path, HEAD + rows)
    assert reading.refused == ()
    assert reading.rows.select("value", "flag").rows() == [(value, flag), (0.005, "<")]


@pytest.mark.parametrize(("said", "flag"), [("", "<"), ("N", "<"), ("M", "M")])
def test_the_limit_is_said_where_the_sender_says_nothing_else(tmp_path: Path, said: str, flag: str) -> None:
    rows = read(tmp_path, f"site,time,code,value,flag\nS,2021-04-01,w21003,<0.05,{said}\n").rows
    assert rows.select("value", "flag").rows() == [(0.025, flag)]


def test_a_limit_beyond_what_is_plausible_is_refused_as_it_is_written(tmp_path: Path) -> None:
    reading = read(tmp_path, HEAD + "S,2021-04-01,w01001,<40,day,\nS,2021-04-01,w21003,<-1,day,\n")
    assert [(r.row, r.value, r.why.code) for r in reading.refused] == [
        (2, "<40", "outside_without_unit"),
        (3, "<-1", "not_a_number"),
    ]


def test_every_row_of_a_file_is_counted_as_what_it_is(tmp_path: Path) -> None:
    """One new, one below its limit, two empty ones, two refused; sent again under another name, all are known."""
    cells = ("0.3", "<0.05", "", "*", "-3", "abc")
    text = HEAD + "".join(f"S,2021-04-0{n},w21003,{cell},day,\n" for n, cell in enumerate(cells, 1))
    archive = Archive(tmp_path / "archive")
    for text_now, counts in (
        (text, (6, 2, 0, 2, 2)),
        (text, (6, 0, 2, 2, 2)),
        (text + "\n", (6, 0, 2, 2, 2)),
    ):
        (report,) = import_files(
            archive, [written(tmp_path, text_now)], received=datetime(2021, 5, 1, tzinfo=UTC)
        )
        told = report.as_dict()
        assert tuple(told[n] for n in ("rows", "new", "same", "empty", "quarantined")) == counts
    flags = archive.observations.read(Asked()).collect().sort("start").select("value", "flag").rows()
    assert flags == [(0.3, None), (0.025, "<")]


def test_other_columns_are_ignored_and_named_and_missing_ones_said(tmp_path: Path) -> None:
    assert read(tmp_path, "site,time,code,value,who\nS,2021-04-01T08:00,w21003,1,me\n").ignored_columns == (
        "who",
    )
    with pytest.raises(Unreadable, match="no column value"):
        list(plain.batches(written(tmp_path, "site,time,code\nS,2021-04-01T08:00,w21003\n")))


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_text_spreadsheet_and_parquet_say_the_same(tmp_path: Path, ending: str) -> None:
    table = pl.DataFrame(
        {"site": [1001, 1001], "time": ["2021-04-01T08:00", "2021-04-01T09:00"], "code": ["w21003"] * 2,
         "value": [0.35, None], "period": ["hour"] * 2}
    ).with_columns(pl.col("time").str.to_datetime())  # fmt: skip
    path = tmp_path / f"x.{ending}"
    {"csv": table.write_csv, "xlsx": table.write_excel, "parquet": table.write_parquet}[ending](path)
    assert detect(path) == "long"
    (reading,) = plain.batches(path)
    assert reading.refused == ()
    assert set(reading.rows["site"]) == {"1001"}
    assert said(reading) == [
        ("w21003", "hour", datetime(2021, 4, 1, tzinfo=UTC), 0.35),
        ("w21003", "hour", datetime(2021, 4, 1, 1, tzinfo=UTC), None),
    ]


STARTS = {"month": "1mo", "day": "1d"}
rows = st.lists(
    st.tuples(
        st.sampled_from(sorted(PERIODS)),
        st.sampled_from(sorted(LONG)),
        st.integers(0, 300_000),
        st.floats(0.0, 1.0, allow_nan=False) | st.none(),
        st.sampled_from([None, "N", "D"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[:3],
)


@settings(max_examples=40, deadline=None)
@given(rows)
def test_what_is_written_as_a_table_is_read_back(tmp_path_factory: pytest.TempPathFactory, given: list[tuple[str, str, int, float | None, str | None]]) -> None:  # fmt: skip
    minute = pl.datetime(2021, 1, 1) + pl.duration(minutes=pl.col("n"))
    every = {p.name: p.every or "1m" for p in PERIODS.values()}
    frame = pl.DataFrame(
        given, schema=["period", "quantity", "n", "part", "flag"], orient="row"
    ).with_columns(site=pl.lit("S"), local=minute)
    starts = pl.coalesce(
        [pl.when(pl.col("period") == p).then(pl.col("local").dt.truncate(e)) for p, e in every.items()]
    )
    low, high = (
        pl.col("quantity").replace_strict(
            {c: getattr(q, end) for c, q in LONG.items()}, return_dtype=pl.Float64
        )
        for end in ("low", "high")
    )
    whole = frame.with_columns(
        start=(starts - pl.duration(hours=8)).dt.replace_time_zone("UTC"),
        value=low + pl.col("part") * (high - low),
    ).select(*KEY, "value", "flag")
    once = whole.unique(KEY, keep="first", maintain_order=True)
    path = tmp_path_factory.mktemp("long") / "x.csv"
    as_table(once).with_columns(pl.col("time").dt.strftime("%Y-%m-%dT%H:%M")).write_csv(path)
    (reading,) = plain.batches(path)
    assert reading.refused == ()
    assert reading.rows.select(*KEY, "value", "flag").equals(once)
