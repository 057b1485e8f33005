"""Time cells -> naive CST END labels of hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Refusal
from bihuan.reasons import Reason

PACKED = "%Y%m%d%H"
PACKED_DIGITS = r"^\d{8}(?:\d{2}| \d{1,2})$"
"""A digit less, and the parser would cut the text into another day and hour: 2019031 05 is no tenth of March."""
FORMATS = (
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%dT%H%M",
    "%Y年%m月%d日%H时",
    PACKED,
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
)
YEARS = (1970, 2100)
NAIVE = pl.Datetime("us")
OUT_OF_YEARS = Reason("year_out_of_range")
FAULTS: Mapping[str, Reason] = {
    "no_hour": Reason("no_hour"),
    "no_full_hour": Reason("no_full_hour"),
    "out_of_years": OUT_OF_YEARS,
}


ZONED = (
    r"^(.*(?:\d:\d{2}(?::\d{2}(?:\.\d+)?)?|[T ]\d{4}(?:\d{2})?))\s*"
    r"([Zz]|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$"
)
"""A time of day and behind it an offset: with or without a blank, seconds, fractions, minutes of the offset.

No place on earth is more than 14 hours from Greenwich.
"""
NEAR = timedelta(seconds=1)
"""Adding 1/24 in a spreadsheet ends some milliseconds beside the hour."""


def full_hour(moment: datetime, near: timedelta) -> datetime | None:
    """The full hour within `near` of a moment; None where there is none."""
    hour = (moment + timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)
    return hour if abs(moment - hour) <= near else None


def parse_labels(text: pl.Expr, formats: tuple[str, ...] = FORMATS) -> pl.Expr:
    """Texts -> naive CST datetimes, null where it is none. `24:00` is the midnight that ends the day."""
    plain = text.str.strip_chars()
    offset = plain.str.extract(ZONED, 2)
    plain = pl.when(offset.is_null()).then(plain).otherwise(plain.str.extract(ZONED, 1).str.strip_chars_end())
    late = plain.str.contains(r"[T ]24:00(:00(\.0+)?)?$")
    plain = pl.when(late).then(plain.str.replace(r"24(:00(:00(\.0+)?)?)$", "00$1")).otherwise(plain)
    naive = pl.coalesce(*[_one(plain, f) for f in formats])
    local = pl.when(offset.is_null()).then(naive).otherwise(naive + pl.duration(hours=8) - _offset(offset))
    return local + pl.when(late).then(pl.duration(days=1)).otherwise(pl.duration())


def _offset(text: pl.Expr) -> pl.Expr:
    """`+08:00`, `-0330`, `+08` -> how far east of Greenwich; letters are Greenwich itself."""
    digits = text.str.replace_all(r"[^0-9]", "").str.pad_end(4, "0")
    hours, minutes = (digits.str.slice(at, 2).cast(pl.Int64, strict=False) for at in (0, 2))
    sign = pl.when(text.str.starts_with("-")).then(-1).otherwise(1)
    return pl.duration(minutes=sign * (hours * 60 + minutes))


def _one(text: pl.Expr, form: str) -> pl.Expr:
    if form == PACKED:
        text = pl.when(text.str.contains(PACKED_DIGITS)).then(text)
    # Polars wants minutes with hours, so hour-only forms get them.
    if form.endswith(("%H", "%H时")):
        return (text + ":00").str.to_datetime(form + ":%M", strict=False, time_unit="us")
    return text.str.to_datetime(form, strict=False, time_unit="us")


def label_column(frame: pl.DataFrame, column: str, formats: tuple[str, ...] = FORMATS) -> pl.Series:
    """The column as naive CST labels, null where the cell is no time; within a second of an hour it is that hour."""
    found = moments(frame, column, formats)
    hour = found.dt.round("1h")
    near = (found - hour).abs() <= NEAR
    return hour.zip_with(near.fill_null(value=False), found)


def moments(frame: pl.DataFrame, column: str, formats: tuple[str, ...] = FORMATS) -> pl.Series:
    """The column as naive CST datetimes, null where the cell is no time."""
    dtype = frame.schema[column]
    if dtype.is_integer():  # 2019100506
        frame, dtype = frame.with_columns(pl.col(column).cast(pl.String)), pl.String()
    if dtype == pl.String:
        # Hours repeat from station to station: each text is parsed once.
        raw = frame.select(pl.col(column).alias("text"))
        texts = raw.unique().with_columns(label=parse_labels(pl.col("text"), formats))
        return raw.join(texts, on="text", how="left", nulls_equal=True, maintain_order="left")["label"]
    if isinstance(dtype, pl.Datetime):
        cells = pl.col(column)
        if dtype.time_zone:
            cells = cells.dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
        return frame.select(cells.cast(NAIVE).alias("label"))["label"]
    return pl.Series("label", [None] * frame.height, dtype=NAIVE)


def check_labels(
    frame: pl.DataFrame, labels: pl.Series, column: str, file: str, faults: Mapping[str, Reason] = FAULTS
) -> tuple[pl.Series, tuple[Refusal, ...]]:
    """Which rows have a good label, and refusals for the others. faults: what is said of each kind."""
    label = pl.col("label")
    table = frame.select(ROW, raw=pl.col(column).cast(pl.String)).with_columns(label=labels)
    table = table.with_columns(
        fault=pl.when(label.is_null())
        .then(pl.lit("no_hour"))
        .when(label.dt.truncate("1h") != label)
        .then(pl.lit("no_full_hour"))
        .when(~(label - pl.duration(hours=1)).dt.year().is_between(*YEARS))
        .then(pl.lit("out_of_years"))
    )
    bad = table.filter(pl.col("fault").is_not_null()).select(ROW, "raw", "fault")
    refused = tuple(
        Refusal(file, row, column, raw or "", faults[fault]) for row, raw, fault in bad.iter_rows()
    )
    return table["fault"].is_null(), refused
