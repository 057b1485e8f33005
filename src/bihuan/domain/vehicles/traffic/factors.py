"""排放因子 of heavy trucks [g/km] by what drives them and their stage, in the version of a day (factors.csv, each with source and mark).

A vehicle of unknown fuel or stage, and one of a fuel that the table has no row for, has no factor: its emission is unknown and never 0.
"""

import csv
from datetime import date
from pathlib import Path

import polars as pl

from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.stages import ELECTRIC

_TABLE = Path(__file__).with_name("factors.csv")
POLLUTANTS = ("nox", "pm25", "pm10", "co", "hc", "co2")
TITLES = {"nox": "NOx", "pm25": "PM2.5", "pm10": "PM10", "co": "CO", "hc": "HC", "co2": "CO2"}
GRAMS = tuple(f"{p}_g_km" for p in POLLUTANTS)
FACTORS = pl.Schema({"group": pl.String(), "stage": pl.String()} | dict.fromkeys(GRAMS, pl.Float64()))


def _rows() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = _rows()


def factors_on(day: date) -> pl.DataFrame:
    """FACTORS in force on a day; of several versions of one the newest."""
    held = [r for r in ROWS if date.fromisoformat(r["since"]) <= day]
    newest = {(r["group"], r["stage"]): r for r in sorted(held, key=lambda r: r["since"])}
    rows = [(*key, *(float(r[p]) if r[p] else None for p in POLLUTANTS)) for key, r in newest.items()]
    return pl.DataFrame(rows, FACTORS, orient="row")


def with_factors(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Rows with `fuel` and `stage` -> the same with GRAMS [g/km], null where nobody knows."""
    group = pl.col("fuel").replace_strict(
        {n: f.group for n, f in FUELS.items()}, default=None, return_dtype=pl.String
    )
    electric = (pl.col("stage") == ELECTRIC) | (group == "electric")
    named = rows.with_columns(
        _group=pl.when(electric).then(pl.lit("electric")).otherwise(group), _stage=pl.when(electric).then(pl.lit(ELECTRIC)).otherwise("stage")
    )  # fmt: skip
    known = factors_on(day).rename({"group": "_group", "stage": "_stage"})
    return named.join(known, on=["_group", "_stage"], how="left", maintain_order="left").drop(
        "_group", "_stage"
    )
