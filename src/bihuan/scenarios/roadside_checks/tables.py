"""What the checks of this folder look at: one object with a table for each thing, as known at a moment."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.scenarios.roadside_checks.settings import Again

SMOKE = pl.Schema(
    {
        "number": pl.String(), "at": INSTANT, "place": pl.String(), "plate": pl.String(), "colour": pl.String(), "ringelmann": pl.Float64(),
    }
)  # fmt: skip
"""Captures that a person has confirmed."""
SEEN = pl.Schema({"site": pl.String(), "start": INSTANT, "plate": pl.String(), "colour": pl.String()})
"""Passages of gates: site is the gate."""


@dataclass(frozen=True)
class Road:
    """sensed: judged records of half a year. recent: those of the last days. days: of terminals (domain terminals.days); last: the newest minute of
    each, by VIN. seen: passages of gates in the last days. vehicles: the city's list (plate, colour, known_fuel, vin).
    """

    now: datetime
    sensed: pl.DataFrame
    recent: pl.DataFrame
    smoke: pl.DataFrame
    days: pl.DataFrame
    last: pl.DataFrame
    seen: pl.DataFrame
    vehicles: pl.DataFrame
    again: Again

    @property
    def keys(self) -> pl.DataFrame:
        """vin, key: how vehicles with a VIN are named as targets; a VIN of several plates names none."""
        named = self.vehicles.filter(pl.col("vin") != "").filter(pl.len().over("vin") == 1)
        return named.select("vin", key=pl.format("{} {}", "plate", "colour"))
