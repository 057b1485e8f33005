"""Time inside Bihuan: the start instant of a period in UTC. Ambient hours are published by their END."""

from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl

CST = timezone(timedelta(hours=8), "CST")
HOUR = timedelta(hours=1)
FIRST_YEAR, LAST_YEAR = 1901, 2199
INSTANT = pl.Datetime("us", "UTC")
MONTH = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m")
"""Month (CST) in which an hour begins, as text."""
_SHIFT = pl.duration(hours=8)


def label_of_start(start: datetime) -> datetime:
    """END label of the ambient hour that begins at `start`, in China Standard Time (aware)."""
    return (start + HOUR).astimezone(CST)


def starts_from_labels(column: str) -> pl.Expr:
    """Naive CST END labels -> UTC start instants."""
    return (pl.col(column).cast(pl.Datetime("us")) - _SHIFT - pl.duration(hours=1)).dt.replace_time_zone(
        "UTC"
    )


def labels_from_starts(column: str = "start") -> pl.Expr:
    """UTC start instants -> naive CST END labels."""
    return pl.col(column).dt.replace_time_zone(None) + _SHIFT + pl.duration(hours=1)


def local_date(column: str = "start") -> pl.Expr:
    """Natural day (CST) of an hour: the hours labelled 01:00..24:00, i.e. by the date of the start."""
    return (pl.col(column).dt.replace_time_zone(None) + _SHIFT).dt.date()


def day_start(day: date) -> datetime:
    """UTC instant at which the natural day (CST) begins."""
    return datetime(day.year, day.month, day.day, tzinfo=CST).astimezone(UTC)


def next_month(day: date, months: int = 1) -> date:
    """The first day of the month so many months behind that of a day; before it for a negative number."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def parse_moment(text: str) -> datetime:
    """Command-line time -> UTC instant; without offset it is China Standard Time.

    Raises ValueError for anything that is not ISO 8601, and for years that cannot be meant.
    """
    moment = meant(datetime.fromisoformat(text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=CST)).astimezone(UTC)


def meant(moment: datetime) -> datetime:
    """The moment, where its year can be meant: days and months around it can be counted. Raises ValueError."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year {moment.year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return moment
