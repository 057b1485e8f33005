"""Plant emissions (废气污染源): the tables that everything in this package takes and gives.

Concentrations are mg/m³ of dry gas at standard state (273.15 K, 101.325 kPa); `<item>_zs` is the concentration
converted (折算) to the outlet's reference oxygen. Times are the START of the minute, hour or day, as UTC instants, as in
HJ 212. `site` is the code of the outlet (排放口).
"""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from bihuan.domain.outlets.items import labels_of, units_of
from bihuan.domain.outlets.tables import Watched, empty
from bihuan.domain.timeaxis import INSTANT

FACTORS = Path(__file__).parent / "factors.csv"
"""Codes of HJ/T 212-2005 and HJ 212-2017 with the factor to the units of these tables."""
POLLUTANTS = ("pm", "so2", "nox")
CONVERTED = tuple(f"{p}_zs" for p in POLLUTANTS)
STATE = ("o2", "flow", "velocity", "temp", "pressure", "humidity", "load")
"""Oxygen [%, dry], flow [m³/h, dry, standard state], velocity [m/s], flue temperature [°C], static pressure [kPa
above the air's], humidity [%], load of the process [% of rated; null where the outlet has no such signal]."""
FLAGGED = (*POLLUTANTS, "o2", "flow")

LABELS, UNITS = labels_of((*POLLUTANTS, *STATE)), units_of((*POLLUTANTS, *STATE))

_MEASURED: dict[str, pl.DataType] = {name: pl.Float64() for name in (*POLLUTANTS, *CONVERTED, *STATE)}
_FLAGS: dict[str, pl.DataType] = {f"{name}_flag": pl.String() for name in FLAGGED}

MINUTES = pl.Schema({"site": pl.String(), "start": INSTANT, **_MEASURED, **_FLAGS, "received": INSTANT})
"""What the logger sent for each minute (or longer interval, see `interval` of the outlet), its last version; `<p>_zs` is
the logger's own conversion; `received` is when its first version came, if all versions were read."""

_AMOUNTS: dict[str, pl.DataType] = {**{f"{p}_kg": pl.Float64() for p in POLLUTANTS}, "volume": pl.Float64()}

LOGGED = pl.Schema(
    {"site": pl.String(), "start": INSTANT, **_MEASURED, **_FLAGS, **_AMOUNTS, "received": INSTANT}
)
"""Hours or days as the logger itself made them: means, `<p>_kg` its amounts (Cou) [kg], volume [m³]."""

HOURS = pl.Schema(
    {
        "site": pl.String(),
        "start": INSTANT,
        **_MEASURED,  # of valid minutes; `<p>_zs` by the platform's conversion
        **{f"n_{name}": pl.Int32() for name in FLAGGED},  # valid minutes
        **{f"valid_{name}": pl.Boolean() for name in FLAGGED},
        **{
            f"{name}_flag": pl.String() for name in FLAGGED
        },  # N, or what made the hour invalid (also Q: 失控)
        **{f"{p}_kg": pl.Float64() for p in POLLUTANTS},
        "mark": pl.String(),  # codes of the marks (标记) that cover any part of the hour, joined by commas, or null
    }
)
"""Hours that the platform makes of minutes; `<p>_zs` is null at an outlet without reference oxygen."""


@dataclass(frozen=True)
class Stacks(Watched):
    """Stacks as the checks look at them: minutes are MINUTES, hours HOURS."""

    logged_hours: pl.DataFrame = field(default_factory=lambda: empty(LOGGED))
    logged_days: pl.DataFrame = field(default_factory=lambda: empty(LOGGED))
