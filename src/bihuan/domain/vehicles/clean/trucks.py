"""新能源替代: the trucks of a month by unit, what they carried and let out, and which to replace first.

Kilometres of a truck: visits x twice the mean distance of its unit's hauls (a setting of the unit); where that is not set they are not known, and so is what it let out.
"""

from datetime import date

import polars as pl

from bihuan.domain.vehicles.clean.share import may_be_new, new_energy
from bihuan.domain.vehicles.clean.tonnes import vehicles
from bihuan.domain.vehicles.traffic.factors import GRAMS, POLLUTANTS, with_factors

TRUCKS = pl.Schema(
    {
        "unit": pl.String(), "plate": pl.String(), "colour": pl.String(), "fuel": pl.String(), "stage": pl.String(), "cargo": pl.String(),
        "visits": pl.Int64(), "tonnes": pl.Float64(), "unweighed": pl.Int64(),
    }
)  # fmt: skip
"""unweighed: visits of which no weight is known; tonnes: of the others, null where no weight at all is known."""
KILOGRAMS = tuple(f"{p}_kg" for p in POLLUTANTS)


def trucks_of(ways: pl.DataFrame) -> pl.DataFrame:
    """WAYS of a month -> TRUCKS: vehicles with a plate, without light ones that were never weighed. Of one that was told in several ways the oftenest stands."""
    return (
        vehicles(ways)
        .with_columns(tonnes=pl.when(pl.col("unweighed") < pl.col("visits")).then(pl.col("kg") / 1000))
        .select(TRUCKS.names())
        .cast(TRUCKS)
    )


def to_replace(trucks: pl.DataFrame, haul_km: pl.DataFrame, day: date) -> pl.DataFrame:
    """TRUCKS known to burn a fuel with `km` and KILOGRAMS of the month (null: not known), those first whose replacing saves most NOx; then those of unknown distance by visits.

    haul_km: unit, haul [km], the mean way of one haul, one direction.
    """
    burning = trucks.filter(~new_energy() & ~may_be_new()).join(
        haul_km, on="unit", how="left", maintain_order="left"
    )
    driven = with_factors(burning.with_columns(km=pl.col("visits") * 2 * pl.col("haul")), day)
    emitted = [(pl.col(g) * pl.col("km") / 1000).alias(k) for g, k in zip(GRAMS, KILOGRAMS, strict=True)]
    return driven.with_columns(emitted).drop(*GRAMS, "haul").sort(
        "nox_kg", "visits", "unit", "plate", descending=[True, True, False, False], nulls_last=True
    )  # fmt: skip


def enough(trucks: pl.DataFrame, tonnes: float, *, six_counts: bool) -> pl.DataFrame | None:
    """The fewest TRUCKS not known as clean whose replacing moves so many tonnes [t] to new energy; None where all of them do not. Unweighed visits move nothing that is known."""
    six = (pl.col("stage") == "6").fill_null(value=False) if six_counts else pl.lit(value=False)
    ranked = trucks.filter(~new_energy() & ~may_be_new() & ~six, pl.col("tonnes") > 0).sort(
        "tonnes", "plate", descending=[True, False]
    )
    before = pl.col("tonnes").cum_sum() - pl.col("tonnes")
    chosen = ranked.filter(before < tonnes)
    return chosen if float(chosen["tonnes"].sum()) >= tonnes else None
