"""The common shape of forecast weather, and what all readers do: humidity, wind, hours between steps, old hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import asin, cos, radians, sin, sqrt

import polars as pl

from bihuan.domain.quantities import BY_NAME, WEATHER_NAMES
from bihuan.domain.timeaxis import INSTANT
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.values import numbers
from bihuan.reasons import Reason

KEY = ["source", "site", "issued", "start"]
SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),
    "site": pl.String(),
    "issued": INSTANT,
    "start": INSTANT,
    **{name: pl.Float64() for name in WEATHER_NAMES},
}
NEAR_KM = 50.0
LONGEST_STEP = 6
UNDATED = Reason("issue_not_said")


@dataclass(frozen=True)
class Point:
    """A place for which weather is wanted: a site's code and where it lies (degrees, WGS 84 or GCJ-02 alike)."""

    code: str
    lon: float
    lat: float


def distance_km(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Great-circle distance on a sphere of 6371 km."""
    a, b = radians(lat_a), radians(lat_b)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))


def dew_point(temp: pl.Expr, humidity: pl.Expr) -> pl.Expr:
    """Dew point in °C from temperature (°C) and relative humidity (%).

    Magnus form with 17.62 and 243.12 °C (WMO-No. 8, Guide to Instruments, annex 4.B; over water). Humidity is held
    to 1..100 %.
    """
    gamma = (humidity.clip(1, 100) / 100).log() + 17.62 * temp / (243.12 + temp)
    return 243.12 * gamma / (17.62 - gamma)


def with_dew_point(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the dew point of temperature and humidity where none is delivered; without the humidity."""
    if "dewp" not in rows.columns and {"temp", "humidity"} <= set(rows.columns):
        limits = BY_NAME["dewp"]
        found = dew_point(pl.col("temp"), pl.col("humidity"))
        rows = rows.with_columns(dewp=pl.when(found.is_between(limits.low, limits.high)).then(found))
    return rows.drop("humidity", strict=False)


def speed(u: pl.Expr, v: pl.Expr) -> pl.Expr:
    """Wind speed from components towards east and north."""
    return (u**2 + v**2).sqrt()


def direction(u: pl.Expr, v: pl.Expr) -> pl.Expr:
    """Degrees from which the wind comes (0..360), null in a calm."""
    from_ = (pl.arctan2(-u, -v).degrees() + 360) % 360
    return pl.when(speed(u, v) > 0).then(from_)


def checked(
    file: str, rows: pl.DataFrame, labels: Mapping[str, str]
) -> tuple[pl.DataFrame, tuple[Refusal, ...]]:
    """Quantities within what an instrument can say; a value that is not is refused and becomes null.

    labels: inside name -> what the file calls it, for the refusals.
    """
    names = [n for n in (*WEATHER_NAMES, "humidity") if n in rows.columns]
    columns = {n: numbers(rows, n, n, file) for n in names}
    refused = tuple(
        replace(r, column=labels.get(r.column, r.column)) for c in columns.values() for r in c.refused
    )
    clean = [c.values.fill_nan(None).alias(n) for n, c in columns.items()]
    return rows.with_columns(clean), refused


def first_of(refused: Sequence[Refusal]) -> Reason | str:
    """Why the first field was refused, for behind a sentence; nothing where none was."""
    return Reason("and_field", field=refused[0].column, cause=refused[0].why) if refused else ""


def finished(
    file: str,
    rows: pl.DataFrame,
    refused: Sequence[Refusal],
    *,
    ignored: Sequence[str] = (),
    notes: Sequence[Reason] = (),
    in_file: int,
) -> Reading:
    """Rows in the common shape, each key once (the last one), none from before its issue. Raises Unreadable for none."""
    known = [n for n in WEATHER_NAMES if n in rows.columns]
    late = rows.filter(pl.col("start") + pl.duration(hours=1) > pl.col("issued"))
    said = late.filter(~pl.all_horizontal(pl.col(known).is_null()))
    old = rows.height - late.height
    more = [Reason("rows_before_issue", count=old)] if old else []
    if said.is_empty() and not refused:
        raise Unreadable(Reason("nothing_after_issue", file=file))
    absent = [pl.lit(None, pl.Float64).alias(n) for n in WEATHER_NAMES if n not in known]
    shaped = said.with_columns(absent).unique(KEY, keep="last", maintain_order=True)
    return Reading(
        shaped.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).sort(KEY),
        tuple(refused),
        tuple(ignored),
        (*notes, *more),
        in_file,
    )


def hourly(rows: pl.DataFrame, *, longest: int = LONGEST_STEP) -> pl.DataFrame:
    """Steps of up to `longest` hours filled to hours: straight between them, wind by its components, rain evenly.

    rows: source, site, issued, start, u, v and scalars, `rain` as mm per hour of the step that ends there. A longer
    step stays a gap.
    """
    group = ["source", "site", "issued"]
    ordered = rows.sort(KEY)
    step = pl.col("start").diff().over(group).dt.total_hours()
    ordered = ordered.with_columns(_step=step.fill_null(1).cast(pl.Int64))
    back = pl.int_ranges(0, pl.when(pl.col("_step") <= longest).then("_step").otherwise(1))
    wide = ordered.with_columns(_back=back).explode("_back")
    share = pl.col("_back") / pl.col("_step")
    names = [c for c in rows.columns if c not in (*KEY, ROW, "rain")]
    before = [pl.col(n).shift(1).over(group).alias(f"_{n}") for n in names]
    known = ordered.with_columns(before).select(*KEY, *(f"_{n}" for n in names))
    wide = wide.join(known, on=KEY, how="left")
    inner = pl.col("_back") > 0
    values = [
        pl.when(inner).then(pl.col(n) * (1 - share) + pl.col(f"_{n}") * share).otherwise(pl.col(n)).alias(n)
        for n in names
    ]
    return wide.with_columns(*values, start=pl.col("start") - pl.duration(hours=pl.col("_back"))).select(
        rows.columns
    )
