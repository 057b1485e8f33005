"""Every importer is fed what no sender meant: it ends in a report, a refusal or a sentence, never in another exception."""

import io
import json
import os
import stat
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bihuan.archive import Archive
from bihuan.feeds.mapping import ColumnMapping, Target, mapped_batches
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline.delivering import read_apart
from bihuan.pipeline.files import import_files
from bihuan.pipeline.kinds import kind_of
from bihuan.pipeline.reading_process import Go, Wanted, format_of
from bihuan.pipeline.reports import FileReport
from tests.archive.deliveries import work_of
from tests.feeds.weather.test_grids import _grib, _netcdf, _of_step

pytestmark = pytest.mark.slow

RECEIVED = datetime(2019, 10, 4, 17, tzinfo=UTC)
POINTS = (Point("1738A", 113.58, 37.86),)
DATA = Path(__file__).parents[1] / "data"
MANY = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
APART = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
HOURS = pl.DataFrame(
    {
        "site": ["A", "B"] * 12,
        "time": [f"2019-10-05T{h:02}:00" for h in range(24)],
        "PM2.5": [float(h) for h in range(24)],
    }
)
PLACE = {
    "latitude": 37.875, "longitude": 113.625, "utc_offset_seconds": 28800, "issued": "2019-10-05T06:00",
    "hourly_units": {"temperature_2m": "°C", "precipitation": "mm"},
    "hourly": {"time": ["2019-10-05T08:00", "2019-10-05T09:00"], "temperature_2m": [10.0, 11.0], "precipitation": [0.0, 0.1]},
}  # fmt: skip


def in_parquet() -> bytes:
    memory = io.BytesIO()
    HOURS.write_parquet(memory)
    return memory.getvalue()


def in_excel() -> bytes:
    memory = io.BytesIO()
    HOURS.write_excel(memory)
    return memory.getvalue()


def bring(folder: Path, name: str, content: bytes) -> FileReport:
    """Through the whole import, apart; a second good file must always go in."""
    path = folder / name
    path.write_bytes(content)
    archive = Archive(folder / "city" / "archive")
    (report,) = import_files(archive, [path], received=RECEIVED, points=POINTS)
    assert "\n" not in report.error
    return report


def read_here(path: Path, out: Path) -> None:
    """A table or JSON, read in this process."""
    for old in (out / "spool", out / "months"):
        if old.exists():
            [p.unlink() for p in old.rglob("*.parquet")]
            old.rmdir()
    try:
        form = format_of(path, Wanted(path.name, weather=False))
        kind_of(form, None).read(work_of(path, form, out))
    except Unreadable as error:
        told = str(error)
        assert "\n" not in told or path.name in told  # the sentence itself is looked at


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Cut, with bytes changed, exchanged, doubled, or something put before it."""
    kind = draw(st.sampled_from(["cut", "changed", "exchanged", "doubled", "before", "zeros"]))
    at = draw(st.integers(0, len(whole) - 1))
    other = draw(st.integers(0, len(whole) - 1))
    low, high = min(at, other), max(at, other)
    if kind == "cut":
        return whole[:at]
    if kind == "changed":
        places = draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=4))
        found = bytearray(whole)
        for place, value in places:
            found[place] = value
        return bytes(found)
    if kind == "exchanged":
        return whole[:low] + whole[low:high][::-1] + whole[high:]
    if kind == "doubled":
        return whole[:high] + whole[low:]
    if kind == "zeros":
        return whole[:low] + bytes(high - low) + whole[high:]
    return draw(st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n\r\n", b"\0", b'"'])) + whole


TEXTS = {
    "ambient": HOURS.write_csv().encode(),
    "china_sites": b"\n".join(
        b",".join(row.split(b",")[:8])
        for row in (DATA / "feeds_china_sites_20190315.csv").read_bytes().split(b"\n")[:25]
    ),
    "cnemc_hour": b"\n".join((DATA / "feeds_cnemc_hour_20240615T08.csv").read_bytes().split(b"\n")[:6]),
    "long": b"site,time,quantity,value,period,unit,flag\n"
    + "".join(f"S{n % 3},2021-04-01T{n:02}:00,氨氮,{n / 10},hour,mg/L,N\n" for n in range(24)).encode(),
    "sections": (DATA / "water_baiyangshu_2021-04.csv").read_bytes(),
    "answer": (DATA / "water_answer_2020-12-15.json").read_bytes(),
}


@pytest.mark.parametrize("kind", TEXTS)
@given(data=st.data())
@MANY
def test_damaged_texts(tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / f"texts-{kind}"
    folder.mkdir(exist_ok=True)
    path = folder / "table_2021-04.csv"
    path.write_bytes(data.draw(damaged(TEXTS[kind])))
    read_here(path, folder)


CELL = st.one_of(
    st.sampled_from(["1e400", "nan", "inf", "-inf", "1_0", "", " ", '"', '""', "=1", "0x10", "1,5", "９", "2019-10-05T06:00", "9999-12-31T23:00", "0001-01-01T00:00", "2019-02-30T01:00", "x" * 200_000, "w21003", "so2", "hour", "月", "mg/L", "04-01 08:00"]),
    st.text(max_size=6),
    st.floats().map(str),
)  # fmt: skip
HEADS = st.lists(
    st.sampled_from(["site", "station", "time", "PM2.5", "CO", "O3", "#row", "label", "text", "raw", "start", "value", "", "PM2.5 ", "issued", "TEMP", "code", "quantity", "period", "unit", "flag", "断面名称", "监测时间", "氨氮(mg/L)", "站点情况"]),
    min_size=1, max_size=7,
)  # fmt: skip


@given(head=HEADS, rows=st.lists(st.lists(CELL, max_size=8), max_size=6), encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), newline=st.sampled_from(["\n", "\r\n", "\r", "\n\r"]))  # fmt: skip
@example(
    head=["site", "time", "PM2.5"], rows=[["A", "2019-10-05T06:00", "1e400"]], encoding="utf-8", newline="\n"
)
@example(
    head=["site", "time", "#row", "PM2.5"],
    rows=[["A", "2019-10-05T06:00", "1", "2"]],
    encoding="utf-8",
    newline="\n",
)
@MANY
def test_columns_gone_doubled_and_full_of_anything(
    tmp_path_factory: pytest.TempPathFactory,
    head: list[str],
    rows: list[list[str]],
    encoding: str,
    newline: str,
) -> None:
    folder = tmp_path_factory.getbasetemp() / "cells"
    folder.mkdir(exist_ok=True)
    path = folder / "table.csv"
    path.write_bytes(newline.join(",".join(r) for r in [head, *rows]).encode(encoding, errors="replace"))
    read_here(path, folder)
    how = ColumnMapping(head[0] or "site", (head[-1] or "time",), {"PM2.5": Target("pm25", 1e300)})
    try:
        list(mapped_batches(path, how))
    except Unreadable:
        return


@given(column=st.sampled_from([
    [True, False], [b"\xff", b"x"], [["a"], []], [{"a": 1}, None], [None, None], [datetime(2019, 1, 1).date(), None], ["x", "y"],  # noqa: DTZ001
    [float("nan"), float("inf")], [2**62, -1], [datetime(9999, 12, 31, tzinfo=UTC), None], [datetime(1, 1, 1, tzinfo=UTC), None],
]), name=st.sampled_from(["site", "time", "PM2.5", "#row"]))  # fmt: skip
@SOME
def test_parquet_columns_of_any_type(
    tmp_path_factory: pytest.TempPathFactory, column: list[Any], name: str
) -> None:
    frame = pl.DataFrame({"site": ["A", "B"], "time": ["2019-10-05T06:00"] * 2, "PM2.5": [1.0, 2.0]})
    memory = io.BytesIO()
    frame.with_columns(pl.Series(name, column)).write_parquet(memory)
    report = bring(tmp_path_factory.mktemp("types"), "t.parquet", memory.getvalue())
    assert report.error or report.rows == 2


@given(column=st.sampled_from([
    [True, False], [b"\xff", b"x"], [["a"], []], [{"a": 1}, None], [None, None], [datetime(2019, 1, 1).date(), None], ["x", "y"],  # noqa: DTZ001
    [float("nan"), float("inf")], [2**62, -1], [datetime(9999, 12, 31, tzinfo=UTC), None], [datetime(1, 1, 1, tzinfo=UTC), None],
]), name=st.sampled_from(["site", "time", "code", "value", "period", "unit", "flag", "#row"]))  # fmt: skip
@SOME
def test_columns_of_any_type_in_a_long_parquet(
    tmp_path_factory: pytest.TempPathFactory, column: list[Any], name: str
) -> None:
    frame = pl.DataFrame(
        {"site": ["A", "B"], "time": ["2019-10-05T06:00"] * 2, "code": ["Leq"] * 2, "value": [1.0, 2.0]}
    )
    memory = io.BytesIO()
    frame.with_columns(pl.Series(name, column)).write_parquet(memory)
    report = bring(tmp_path_factory.mktemp("types"), "t.parquet", memory.getvalue())
    assert report.error or report.rows == 2


ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just(10**400), st.just("2019-10-05T08:00")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip
PATHS = (
    [(k,) for k in PLACE]
    + [("hourly", k) for k in ("time", "temperature_2m", "precipitation")]
    + [("hourly_units", "temperature_2m")]
)


@given(
    where=st.lists(st.sampled_from(PATHS), min_size=1, max_size=3),
    values=st.lists(ANY, min_size=3, max_size=3),
    gone=st.booleans(),
)
@example(where=[("utc_offset_seconds",)], values=["abc", None, None], gone=False)
@example(where=[("hourly", "time")], values=[[1e300, -1e300], None, None], gone=False)
@example(where=[("latitude",)], values=[float("inf"), None, None], gone=False)
@MANY
def test_json_with_anything_anywhere(
    tmp_path_factory: pytest.TempPathFactory, where: list[tuple[str, ...]], values: list[Any], gone: bool
) -> None:
    from bihuan.feeds.weather import hourly_json

    place = json.loads(json.dumps(PLACE))
    for keys, value in zip(where, values, strict=False):
        holder = place
        for key in keys[:-1]:
            holder = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(holder, dict):
            holder.pop(keys[-1], None) if gone else holder.update({keys[-1]: value})
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(place))
    try:
        hourly_json.read(path, POINTS, received=RECEIVED)
    except Unreadable as error:
        assert "any.json" in str(error)  # noqa: PT017 # the sentence itself is looked at


@cache
def whole_file(kind: str) -> bytes:
    """A good file, made once: a spreadsheet holds the time of its making."""
    with TemporaryDirectory() as name:
        base = Path(name)
        return {
            "parquet": in_parquet,
            "xlsx": in_excel,
            "grib2": lambda: _grib(base, *_of_step(3, 10.0, 0.001)).read_bytes(),
            "nc": lambda: _netcdf(base).read_bytes(),
            "json": lambda: json.dumps(PLACE).encode(),
        }[kind]()


@pytest.mark.parametrize("kind", ["parquet", "xlsx", "grib2", "nc", "json"])
@given(data=st.data())
@APART
def test_damaged_packed_files_give_rows_or_a_sentence(kind: str, data: st.DataObject) -> None:
    content = data.draw(damaged(whole_file(kind)))
    with TemporaryDirectory() as name:
        out = Path(name)
        path = out / f"odd.{kind}"
        path.write_bytes(content)
        wanted, report = Wanted(path.name, weather=True), FileReport(path.name)
        try:
            read_apart(
                path,
                wanted,
                out,
                report,
                lambda form: Go(kind_of(form, None).read, RECEIVED, POINTS),
                lambda _: None,
            )
        except Unreadable as error:
            assert "\n" not in str(error)  # noqa: PT017 # the sentence itself is looked at


@pytest.mark.parametrize("kind", ["parquet", "xlsx", "grib2", "nc", "json"])
def test_after_a_file_that_is_cut_the_next_goes_in(tmp_path: Path, kind: str) -> None:
    whole = whole_file(kind)
    report = bring(tmp_path, f"odd.{kind}", whole[: len(whole) * 2 // 3])
    assert report.error or report.quarantined
    assert bring(tmp_path, "good.csv", TEXTS["ambient"]).error == ""


def test_no_file_at_all(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    pipe, hidden = tmp_path / "pipe.csv", tmp_path / "hidden.csv"
    os.mkfifo(pipe)
    hidden.write_text("x")
    hidden.chmod(stat.S_IWUSR)
    for path, words in ((tmp_path, "Is a directory"), (pipe, "not a plain file"), (tmp_path / "none", "cannot open"), (Path("/dev/zero"), "not a plain file")):  # fmt: skip
        (report,) = import_files(archive, [path], received=RECEIVED, points=POINTS)
        assert words in report.error
    assert archive.deliveries.find() == []  # nothing was delivered


def test_files_that_unfold_are_refused_with_the_limit(tmp_path: Path) -> None:
    rows = pl.DataFrame({"site": ["A"], "time": ["2019-10-05T06:00"], "PM2.5": [1.0]})
    bomb = pl.concat([rows] * 1000).select(pl.all().repeat_by(4000)).explode(pl.all())
    memory = io.BytesIO()
    bomb.write_parquet(memory, compression="zstd", row_group_size=20_000_000)
    assert "unfolds from" in bring(tmp_path, "bomb.parquet", memory.getvalue()).error
    long_line = b"site,time,PM2.5\nA,2019-10-05T06:00," + b"1" * (200 << 20)
    assert "a line of more than 16 MB" in bring(tmp_path, "long.csv", long_line).error
    assert "is nested too deeply" in bring(tmp_path, "deep.json", b'{"hourly":' + b"[" * 100_000).error
