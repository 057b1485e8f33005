"""Over which time an observation speaks (时段). A period is named by its START; inside Bihuan that is an instant in UTC."""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

ZERO = timedelta(0)


@dataclass(frozen=True)
class Period:
    """every: the grid on which its starts lie in China time, in the words of Polars; empty = any moment.

    length: from start to end; ZERO = a moment, None = it differs (a month).
    """

    name: str
    chinese: str
    every: str
    length: timedelta | None


ALL = (
    Period("realtime", "实时", "", ZERO),
    Period("minute", "分钟", "1m", timedelta(minutes=1)),
    Period("5min", "5分钟", "5m", timedelta(minutes=5)),
    Period("10min", "10分钟", "10m", timedelta(minutes=10)),
    Period("hour", "小时", "1h", timedelta(hours=1)),
    Period("4h", "4小时", "4h", timedelta(hours=4)),
    Period("day", "日", "1d", timedelta(days=1)),
    Period("month", "月", "1mo", None),
)
"""`minute` is also the minute record of HJ 212, whatever interval the logger keeps."""
PERIODS = {p.name: p for p in ALL}
WORDS = {word: p.name for p in ALL for word in (p.name, p.chinese)} | {
    "real-time": "realtime",
    "瞬时": "realtime",
    "min": "minute",
    "1min": "minute",
    "分": "minute",
    "1h": "hour",
    "时": "hour",
    "1d": "day",
    "天": "day",
    "日均": "day",
    "小时均值": "hour",
}


def period_of(text: str) -> str | None:
    """The period that a text means; None for one that is not known."""
    return WORDS.get("".join(text.split()).casefold())


def off_grid(period: str, start: str = "start") -> pl.Expr:
    """True where a UTC start is none of the period's: an hour that begins at 08:10."""
    every = PERIODS[period].every
    local = pl.col(start).dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
    return local.dt.truncate(every) != local if every else pl.lit(False)


def start_of_end(period: str, end: str) -> pl.Expr:
    """The start of the period that ends at a naive local time."""
    length = PERIODS[period].length
    if length is None:
        return pl.col(end).dt.offset_by("-1mo")
    return pl.col(end) - length


def end_of(period: str = "period", start: str = "start") -> pl.Expr:
    """The end of the periods of rows: UTC instants."""
    lengths = {p.name: p.length for p in ALL if p.length is not None}
    fixed = pl.col(start) + pl.col(period).replace_strict(
        lengths, default=None, return_dtype=pl.Duration("us")
    )
    local = (
        pl.col(start).dt.convert_time_zone("Asia/Shanghai").dt.offset_by("1mo").dt.convert_time_zone("UTC")
    )
    return fixed.fill_null(local)
