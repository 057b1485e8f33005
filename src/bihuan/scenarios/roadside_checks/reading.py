"""Records as known at a moment, beside what the city's list of vehicles knows."""

from collections.abc import Collection
from datetime import datetime

import polars as pl

from bihuan.domain.vehicles.roadside.sensing import judged
from bihuan.registry.hours import archive
from bihuan.registry.models import Vehicle
from bihuan.scenarios.roadside_checks.settings import in_force

VEHICLES = pl.Schema(
    {
        "plate": pl.String(),
        "colour": pl.String(),
        "known_fuel": pl.String(),
        "vin": pl.String(),
        "stage": pl.String(),
    }
)


def vehicles_known() -> pl.DataFrame:
    """VEHICLES: all of the city's list."""
    rows = Vehicle.objects.order_by().values_list("plate", "colour", "fuel", "vin", "stage")
    return pl.DataFrame(list(rows), VEHICLES, orient="row")


def records_of(
    start: datetime, end: datetime, as_of: datetime, points: Collection[str] | None = None, plate: str = ""
) -> pl.DataFrame:
    """Judged remote sensing records in [start, end) of some points (None: all), with what the city's list knows: `known`, `vin`, `stage`.

    A vehicle is known by plate and colour; where a record names no colour, by the plate if only one vehicle has it.
    """
    rows = archive().roadside.sensed.current(start, end, points, as_of).filter(pl.col("start") < end)
    found = (rows.filter(pl.col("plate") == plate) if plate else rows).collect()
    return judged(beside_list(found, vehicles_known()), in_force().limits, in_force().power)


def beside_list(rows: pl.DataFrame, vehicles: pl.DataFrame) -> pl.DataFrame:
    """Records with the vehicle that they name: its colour where the record has none, `known_fuel`, `vin`, `known`."""
    alone = vehicles.filter(pl.len().over("plate") == 1).select("plate", only="colour")
    named = rows.join(alone, on="plate", how="left", maintain_order="left")
    colour = pl.when(pl.col("colour") == "").then(pl.col("only").fill_null("")).otherwise("colour")
    named = named.with_columns(colour=colour).drop("only")
    told = named.join(
        vehicles.with_columns(known=True), on=["plate", "colour"], how="left", maintain_order="left"
    )
    return told.with_columns(
        pl.col("known_fuel", "vin", "stage").fill_null(""), pl.col("known").fill_null(value=False)
    )


def minutes_of(
    start: datetime, end: datetime, as_of: datetime, vins: Collection[str] | None = None
) -> pl.DataFrame:
    """MINUTES of terminals in [start, end)."""
    rows = archive().roadside.terminals.current(start, end, vins, as_of)
    return rows.filter(pl.col("start") < end).collect()
