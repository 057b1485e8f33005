"""Fields of a global model at points -> hourly rows; what GRIB2 and NetCDF have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from bihuan.domain.quantities import BY_ANY_NAME, Quantity
from bihuan.domain.timeaxis import INSTANT
from bihuan.feeds.lines import ROW
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.values import OUTSIDE, numbers
from bihuan.feeds.weather.rows import direction, finished, first_of, hourly, speed, with_dew_point
from bihuan.reasons import Reason

SAMPLES: dict[str, pl.DataType] = {
    ROW: pl.UInt32(),
    "site": pl.String(),
    "issued": INSTANT,
    "valid": INSTANT,
    "since": INSTANT,
    "name": pl.String(),
    "field": pl.String(),
    "value": pl.Float64(),
}
"""One value of a field at a point: `name` temp dewp humidity pres u v rain; `field` = its name in the file; `since` = begin of a sum (rain)."""

UNITS = {
    "K": (1.0, -273.15), "C": (1.0, 0.0), "degC": (1.0, 0.0), "%": (1.0, 0.0), "Pa": (0.01, 0.0), "hPa": (1.0, 0.0),
    "m s**-1": (1.0, 0.0), "m s-1": (1.0, 0.0), "m/s": (1.0, 0.0), "m": (1000.0, 0.0), "mm": (1.0, 0.0),
    "kg m**-2": (1.0, 0.0), "kg m-2": (1.0, 0.0),
}  # fmt: skip
OF = {
    "temp": ("K", "C", "degC"), "dewp": ("K", "C", "degC"), "humidity": ("%",), "pres": ("Pa", "hPa"),
    "u": ("m s**-1", "m s-1", "m/s"), "v": ("m s**-1", "m s-1", "m/s"), "rain": ("m", "mm", "kg m**-2", "kg m-2"),
}  # fmt: skip

NO_FULL_HOUR = Reason("grid_no_full_hour")


def _faults(quantity: Quantity) -> Mapping[str, Reason]:
    """What can be wrong with a value of a grid, which nobody mends by hand."""
    return {
        "not_finite": Reason("grid_not_finite"),
        "code_for_missing": Reason("grid_code_for_missing"),
        "negative": Reason("grid_negative"),
        OUTSIDE: Reason("grid_outside", low=quantity.low, high=quantity.high, unit=quantity.unit),
    }


def missing_library(name: str, file: str) -> Unreadable:
    """The optional libraries are not there: say how to get them."""
    return Unreadable(Reason("missing_library", file=file, library=name))


def converted(file: str, row: int, field: str, name: str, unit: str) -> tuple[float, float] | Refusal:
    """(factor, offset) to the inside unit, or a refusal that names the field."""
    if unit not in OF[name]:
        return Refusal(file, row, field, unit, Reason("unit_of_field", unit=OF[name][0]))
    return UNITS[unit]


def assembled(
    file: str,
    samples: Sequence[dict[str, Any]],
    source: str,
    refused: Sequence[Refusal],
    ignored: Sequence[str],
    notes: Sequence[Reason],
    in_file: int,
) -> Reading:
    """Samples in inside units -> a reading of hours. Raises Unreadable without any."""
    if not samples:
        seen = Reason("it_has", names=some_names(ignored, 8)) if ignored else ""
        raise Unreadable(Reason("grid_without_fields", file=file, seen=seen, first=first_of(refused)))
    table, outside = _checked(file, pl.DataFrame(samples, schema=SAMPLES))
    key = ["site", "issued", "valid"]
    wide = table.select(key).unique()
    for (name,), part in table.group_by("name", maintain_order=True):
        values = part.unique(key, keep="last", maintain_order=True).select(
            *key, pl.col("value").alias(str(name))
        )
        wide = wide.join(values, on=key, how="left")
    rows = wide.with_columns(source=pl.lit(source), start=pl.col("valid") - pl.duration(hours=1)).drop(
        "valid"
    )
    hours = hourly(rows)
    longer = [] if hours.height == rows.height else [Reason("filled_to_hours")]
    return finished(
        file,
        _derived(hours),
        [*refused, *outside],
        ignored=ignored,
        notes=[*notes, *longer],
        in_file=in_file,
    )


def _checked(file: str, samples: pl.DataFrame) -> tuple[pl.DataFrame, list[Refusal]]:
    """Samples with sums of rain as mm per hour, and without what no instrument says: refused once by its row."""
    parts, refused = [], list[Refusal]()
    for (name,), part in samples.group_by("name", maintain_order=True):
        part = _rain(part) if name == "rain" else part
        limit = {"u": "wspm", "v": "wspm"}.get(str(name), str(name))
        if limit in BY_ANY_NAME:
            size = part.with_columns(
                pl.col("value").abs().alias(limit) if limit == "wspm" else pl.col("value").alias(limit)
            )
            column = numbers(size, limit, limit, file, of=_faults)
            fields = dict(part.select(ROW, "field").iter_rows())
            faults = [replace(r, column=fields[r.row]) for r in column.refused]
            refused += {(r.row, r.why): r for r in faults}.values()
            part = part.with_columns(value=pl.when(~column.values.is_nan()).then("value"))
        parts.append(part)
    return pl.concat(parts), refused


def _rain(rain: pl.DataFrame) -> pl.DataFrame:
    """Sums since `since` -> mm per hour since the step before; a packed sum that falls a little is no rain."""
    run = ["site", "issued", "since"]
    ordered = rain.unique([*run, "valid"], keep="last", maintain_order=True).sort(*run, "valid")
    before = pl.col("value").shift(1).over(run).fill_null(0.0)
    begin = pl.col("valid").shift(1).over(run).fill_null(pl.col("since"))
    length = (pl.col("valid") - begin) / pl.duration(hours=1)
    return ordered.with_columns(value=pl.when(length > 0).then((pl.col("value") - before).clip(0) / length))


def _derived(hours: pl.DataFrame) -> pl.DataFrame:
    have = set(hours.columns)
    if {"u", "v"} <= have:
        wind = [
            speed(pl.col("u"), pl.col("v")).alias("wspm"),
            direction(pl.col("u"), pl.col("v")).alias("wd"),
        ]
        hours = hours.with_columns(wind)
    return with_dew_point(hours).drop("u", "v", strict=False)
