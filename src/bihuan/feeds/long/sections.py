"""Surface water of automatic stations as the national platform publishes it: a row per section and time.

Read as published (Chinese heads with units, CSV or the JSON answer; times without a year) and as collected from there
(English heads). The value of 08:00 is of a sample of that moment; stations take one every four hours, so on that grid of
China time it stands for the period `4h` that begins there, and at any other time for its moment (our reading of it). The
site is `province·section`: names of sections alone are given twice. Further down a file may revise a value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import polars as pl

from bihuan.domain.periods import off_grid
from bihuan.domain.quantities import LONG
from bihuan.domain.units import factor, unit_of
from bihuan.feeds.labels import moments
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.long import answers
from bihuan.feeds.long.columns import SEVERAL, Measured, long_values
from bihuan.feeds.long.rows import TIMES, timed, utc
from bihuan.feeds.mapping import cell_texts, refuse_doubled
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.sites import FAULTS, faults
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.feeds.values import MISSING
from bihuan.reasons import Reason

NAME = "water_sections"
SECTION, TIME = ("section", "断面名称"), ("time", "监测时间")
PROVINCE, STATUS = ("province", "省份"), ("status", "站点情况")
QUANTITIES = {
    "w01010": ("temp", "水温"),
    "w01001": ("ph", "pH"),
    "w01009": ("do", "溶解氧"),
    "w01014": ("conductivity", "电导率"),
    "w01003": ("turbidity", "浊度"),
    "w01019": ("codmn", "高锰酸盐指数"),
    "w21003": ("nh3n", "氨氮"),
    "w21011": ("tp", "总磷"),
    "w21001": ("tn", "总氮"),
    "w01016": ("chla", "叶绿素α", "叶绿素a"),
    "w19011": ("algae", "藻密度"),
}
CODES = {name: code for code, names in QUANTITIES.items() for name in names}
FLAGS = {"正常": "N", "维护": "M", "停站": "F", "不具备运行条件": "F"}
"""As HJ 212 has them: N normal, M maintenance, F stopped. Other words stay as they are."""
NEEDED = frozenset({*SECTION, *TIME})
NOT_MEASURED = ("*",)
WITH_UNIT = re.compile(r"^(.*?)\s*[(（](.*)[)）]$")
DATED = re.compile(r"(20\d\d)-(\d\d)(?:-(\d\d))?")
YEARLESS = r"^\d{2}-\d{2} \d{2}:\d{2}$"
LONGEST_STATUS = 20


def _one(names: tuple[str, ...], columns: list[str]) -> str:
    return next((n for n in names if n in columns), "")


def _plain(column: str) -> tuple[str, str | None]:
    """The name and the unit of a head such as 氨氮(mg/L)."""
    found = WITH_UNIT.match(column)
    return (found[1], found[2]) if found else (column, None)


def fits(columns: list[str]) -> bool:
    """Whether these column names are of such a file."""
    return bool(
        _one(SECTION, columns) and _one(TIME, columns) and any(_plain(c)[0] in CODES for c in columns)
    )


def pieces(path: Path) -> Iterator[Piece]:
    """The rows of the file. Raises Unreadable."""
    if answers.fits(path):
        yield answers.piece(path)
    else:
        yield from table_pieces(path, NEEDED)


def _columns(path: Path) -> list[str]:
    if answers.fits(path):
        return [c for c in answers.piece(path).frame.columns if c != ROW]
    return columns_of(path, NEEDED)


@dataclass(frozen=True)
class _Heads:
    """What is read from which column; empty where there is none."""

    section: str
    time: str
    province: str
    status: str
    values: tuple[Measured, ...]

    @property
    def used(self) -> frozenset[str]:
        others = {self.section, self.time, self.province, self.status}
        return frozenset(others | {m.column for m in self.values}) - {""}


def _heads(file: str, columns: list[str]) -> tuple[_Heads, list[Refusal]]:
    """The columns by what they hold; refusals of those in a unit that cannot be converted. Raises Unreadable."""
    if not fits(columns):
        raise Unreadable(Reason("no_section_columns", file=file, has=some_names(columns, 8)))
    values, refused = list[Measured](), list[Refusal]()
    for column in columns:
        name, said = _plain(column)
        if name not in CODES:
            continue
        wanted = LONG[CODES[name]].unit
        into = Fraction(1) if said is None else _factor(said, wanted)
        if into is None:
            refused.append(Refusal(file, 1, column, "", _unit_of_column(wanted)))
        else:
            values.append(Measured(column, CODES[name], into))
    section, time, province, status = (_one(names, columns) for names in (SECTION, TIME, PROVINCE, STATUS))
    return _Heads(section, time, province, status, tuple(values)), refused


def _unit_of_column(wanted: str) -> Reason:
    return Reason("unit_of_field", unit=wanted) if wanted else Reason("no_unit_of_column")


def _factor(said: str, wanted: str) -> Fraction | None:
    unit = unit_of(said)
    return None if unit is None else factor(unit, wanted)


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    columns = _columns(path)
    heads, bad_units = _heads(path.name, columns)
    refuse_doubled(path.name, columns, heads.used)
    ignored = tuple(c for c in columns if c not in heads.used and c not in {r.column for r in bad_units})
    if bad_units:
        yield Reading(pl.DataFrame(), tuple(bad_units), ignored)
    for piece in pieces(path):
        yield _reading(path.name, piece, heads, ignored)


def _reading(file: str, piece: Piece, heads: _Heads, ignored: tuple[str, ...]) -> Reading:
    frame, gone = _with_time_or_value(piece.frame, heads)
    frame, bad_sites = _with_sites(file, _about(frame, heads), heads.section)
    times, notes = _times(file, frame, heads.time)
    frame = frame.with_columns(_periods(times))
    good, bad_times = timed(file, frame, times, pl.col(heads.time).cast(pl.String), heads.time)
    rows, bad_values = long_values(file, good, heads.values, absent=NOT_MEASURED)
    notes += [Reason("timeless_rows", count=gone)] if gone else []
    refused = (*piece.refused, *bad_sites, *bad_times, *bad_values)
    in_file = piece.frame.height + len(piece.refused)
    return Reading(rows, refused, ignored, (*piece.notes, SEVERAL, *notes), rows_in_file=in_file)


def _with_sites(file: str, frame: pl.DataFrame, column: str) -> tuple[pl.DataFrame, list[Refusal]]:
    """The rows with a site; refusals of the others."""
    odd = faults(frame["site"])
    told = frame.select(ROW, "site").with_columns(odd).drop_nulls("fault")
    refused = [Refusal(file, row, column, site, FAULTS[fault]) for row, site, fault in told.iter_rows()]
    return frame.filter(odd.is_null()), refused


def _periods(times: pl.Series) -> pl.Series:
    """`4h` for times on that grid, `realtime` for all others."""
    starts = times.to_frame("#t").select(utc("#t").alias("start"))
    on_grid = pl.when(~off_grid("4h")).then(pl.lit("4h")).otherwise(pl.lit("realtime"))
    return starts.select(on_grid.alias("period"))["period"]


def _with_time_or_value(frame: pl.DataFrame, heads: _Heads) -> tuple[pl.DataFrame, int]:
    """Without the rows that say neither when nor what, and how many these were."""
    empty = (*MISSING, *NOT_MEASURED)
    said = [
        ~pl.col(m.column).cast(pl.String).str.strip_chars().fill_null("").is_in(empty) for m in heads.values
    ]
    timeless = pl.col(heads.time).cast(pl.String).str.strip_chars().fill_null("") == ""
    mute = frame.select((timeless & ~pl.any_horizontal(said)).alias("mute"))["mute"]
    return frame.filter(~mute), int(mute.sum())


def _about(frame: pl.DataFrame, heads: _Heads) -> pl.DataFrame:
    """With `site`, and `flag` where the file says how the station is."""
    section = cell_texts(frame[heads.section]).alias("site")
    if heads.province:
        province = cell_texts(frame[heads.province])
        section = (
            (province + "·" + section).zip_with((province != "") & (section != ""), section).alias("site")
        )
    frame = frame.with_columns(section)
    if not heads.status:
        return frame.drop("flag", strict=False)  # such a column is none that we know
    status = cell_texts(frame[heads.status]).alias("flag")
    flag = pl.col("flag").replace(FLAGS).str.slice(0, LONGEST_STATUS)
    return frame.with_columns(status).with_columns(pl.when(~flag.is_in(MISSING)).then(flag).alias("flag"))


def _times(file: str, frame: pl.DataFrame, column: str) -> tuple[pl.Series, list[Reason]]:
    """Naive China times; those without a year get it from the file's name. Raises Unreadable where that says none."""
    if frame.schema[column] != pl.String:
        return moments(frame, column, TIMES), []
    yearless = frame[column].str.strip_chars().str.contains(YEARLESS).fill_null(value=False)
    if not yearless.any():
        return moments(frame, column, TIMES), []
    found = DATED.search(file)
    if not found:
        raise Unreadable(Reason("no_year", file=file))
    year = int(found[1])
    cells = pl.col(column).str.strip_chars()
    this, before = (
        (pl.lit(f"{y}-") + cells).str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us")
        for y in (year, year - 1)
    )
    dated = frame.select(pl.when(this < _end_of(found)).then(this).otherwise(before).alias("#t"))["#t"]
    others = moments(frame, column, TIMES)
    return dated.zip_with(yearless, others), [Reason("year_of_name", year=year)]


def _end_of(named: re.Match[str]) -> datetime:
    """The end of the day or month that a file's name says; no time in it is later."""
    year, month, day = int(named[1]), int(named[2]), int(named[3] or 1)
    try:
        first = datetime(year, month, day)  # noqa: DTZ001 # naive China time, as the cells are
    except ValueError:
        return datetime(year + 1, 1, 1)  # noqa: DTZ001
    return first + timedelta(days=1) if named[3] else (first + timedelta(days=32)).replace(day=1)
