"""When a sample of a monthly table was taken: a day, a month, perhaps a moment; what is missing is taken from the title."""

import re
from collections.abc import Mapping
from datetime import datetime

import polars as pl

from bihuan.feeds.labels import parse_labels
from bihuan.feeds.long.rows import TIMES
from bihuan.reasons import Reason

Found = tuple[datetime, str] | Reason
"""A naive China time with its period, or why there is none."""
OF_TITLE = re.compile(r"(20\d\d)\s*(?:年|[-_.])\s*(?:(1[0-2]|0?[1-9])(?!\d))?")
PACKED_TITLE = re.compile(r"(20\d\d)(0[1-9]|1[0-2])(?!\d)")
A_MONTH = re.compile(r"^(20\d\d)\s*(?:年|[-/]|\.(?=[02-9]\d?$|1[0-2]$))\s*(1[0-2]|0?[1-9])\s*月?份?$")
PACKED = re.compile(r"^(20\d\d)(0[1-9]|1[0-2])$")
MONTH_ONLY = re.compile(r"^(1[0-2]|0?[1-9])\s*月?份?$")
MONTH_AND_DAY = re.compile(r"^(1[0-2]|0?[1-9])\s*月\s*([0-3]?\d)\s*日?$")
YEAR_ONLY = re.compile(r"^(20\d\d)\s*年?$")
DOTTED = re.compile(r"^(20\d\d)\.([1-9]|1[0-2])\.([0-3]?\d)$")
ISO = re.compile(r"^(20\d\d)-(\d\d)-(\d\d)$")
"""As most write a day; read here, for a year of days costs seconds otherwise."""
UNCLEAR = re.compile(r"^20\d\d\.1$")
"""A spreadsheet shows the number 2024.10 so."""
WITHOUT_MONTH, WITHOUT_YEAR = Reason("year_without_month"), Reason("month_without_year")
TEN_OR_ONE, NO_TIME = Reason("tenth_or_first_month"), Reason("no_sampling_time")


def title_of(*texts: str) -> tuple[int | None, int | None]:
    """Year and month that titles say, the nearest first."""
    for text in texts:
        found = PACKED_TITLE.search(text) or OF_TITLE.search(text)
        if found:
            return int(found[1]), int(found[2]) if found[2] else None
    return None, None


def sampled(said: Mapping[str, str], title: tuple[int | None, int | None]) -> Found:
    """What the cells of a row (by the parts of the head) say of its time."""
    year, month = title
    if said.get("date"):
        return _dated(said["date"], year)
    if said.get("months"):
        return _month(said["months"], _number(said.get("year", "")) or year)
    year = _number(said.get("year", "")) or year
    month = _number(said.get("month", "")) or (None if said.get("year") else month)
    if year is None or month is None:
        return NO_TIME if year is None and month is None else WITHOUT_MONTH if year else WITHOUT_YEAR
    day = _number(said.get("day", ""))
    return _moment(year, month, day or 1, "day" if day else "month")


def _number(text: str) -> int | None:
    found = re.match(r"^(\d{1,4})(?:\.0+)?\s*[年月日]?$", text.strip())
    return int(found[1]) if found else None


def _moment(year: int, month: int, day: int, period: str) -> Found:
    try:
        return datetime(year, month, day), period  # noqa: DTZ001 # naive China time, as the cells are
    except ValueError:
        return Reason("no_moment")


def _dated(text: str, year: int | None) -> Found:
    """A cell under 采样日期; some write a month there."""
    if found := ISO.match(text):
        return _moment(int(found[1]), int(found[2]), int(found[3]), "day")
    if found := DOTTED.match(text):
        return _moment(int(found[1]), int(found[2]), int(found[3]), "day")
    if found := MONTH_AND_DAY.match(text):
        return WITHOUT_YEAR if year is None else _moment(year, int(found[1]), int(found[2]), "day")
    if not YEAR_ONLY.match(text) and not PACKED.match(text):
        whole: datetime | None = pl.select(parse_labels(pl.lit(text), TIMES)).item()
        if whole is not None:
            midnight = (whole.hour, whole.minute, whole.second) == (0, 0, 0)
            return whole, "day" if midnight else "realtime"
    return _month(text, year)


def _month(text: str, year: int | None) -> Found:
    if YEAR_ONLY.match(text):
        return WITHOUT_MONTH
    if UNCLEAR.match(text):
        return TEN_OR_ONE
    if found := A_MONTH.match(text) or PACKED.match(text):
        return _moment(int(found[1]), int(found[2]), 1, "month")
    if found := MONTH_ONLY.match(text):
        return WITHOUT_YEAR if year is None else _moment(year, int(found[1]), 1, "month")
    whole: datetime | None = pl.select(parse_labels(pl.lit(text), TIMES)).item()
    return Reason("no_moment") if whole is None else _moment(whole.year, whole.month, 1, "month")
