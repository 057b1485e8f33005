"""Sewage outlets: the tables of this package. Limits, spans, marks, arrivals and the like are those of domain/outlets.

Times are the START of the minute, hour or day, as UTC instants. `site` is the code of the outlet (排放口).
"""

from dataclasses import dataclass, field

import polars as pl

from bihuan.domain.outlets.items import labels_of, units_of
from bihuan.domain.outlets.tables import LIMITS as OF_OUTLETS
from bihuan.domain.outlets.tables import Watched, empty
from bihuan.domain.timeaxis import INSTANT

POLLUTANTS = ("cod", "nh3n", "tp", "tn")
"""Measured by analysers that take a sample about once an hour: a minute's value is held from the last sample [mg/L]."""
CONTINUOUS = ("ph", "water_temp", "water_flow")
"""pH, temperature [°C] and flow [m³/h] are measured all the time."""
FLAGGED = (*POLLUTANTS, *CONTINUOUS)

LABELS, UNITS = labels_of(FLAGGED), units_of(FLAGGED)

SOURCES = {
    "municipal": "城镇污水处理厂", "coking_water": "焦化废水处理站", "chemical_water": "化工废水处理站",
    "mine_water": "矿井水处理站", "power_water": "电厂废水处理站", "other_water": "其他废水",
}  # fmt: skip
"""What the water comes from: `process` of the outlet."""

_MEASURED: dict[str, pl.DataType] = {name: pl.Float64() for name in FLAGGED}
_FLAGS: dict[str, pl.DataType] = {f"{name}_flag": pl.String() for name in FLAGGED}
_AMOUNTS: dict[str, pl.DataType] = {**{f"{p}_kg": pl.Float64() for p in POLLUTANTS}, "volume": pl.Float64()}

MINUTES = pl.Schema({"site": pl.String(), "start": INSTANT, **_MEASURED, **_FLAGS, "received": INSTANT})
"""What the logger sent for each minute (or longer interval), its last version."""

LOGGED = pl.Schema(
    {"site": pl.String(), "start": INSTANT, **_MEASURED, **_FLAGS, **_AMOUNTS, "received": INSTANT}
)
"""Hours or days as the logger itself made them: means, `<p>_kg` its amounts (Cou) [kg], volume [m³]."""

HOURS = pl.Schema(
    {
        "site": pl.String(),
        "start": INSTANT,
        **_MEASURED,  # of a pollutant: of the samples of the hour; of the others: mean of valid minutes
        **{f"n_{name}": pl.Int32() for name in FLAGGED},  # valid minutes
        **{f"valid_{name}": pl.Boolean() for name in FLAGGED},
        **_FLAGS,  # N, or what made the hour invalid (F: nothing flows; Q: 失控)
        **_AMOUNTS,  # null unless concentration and flow are valid
        "mark": pl.String(),  # codes of the marks (标记) that cover any part of the hour, joined by commas, or null
    }
)
"""Hours that the platform makes of minutes."""

LIMITS = pl.Schema({**OF_OUTLETS, "low": pl.Float64()})
"""Limits judge the DAY's mean [mg/L]; of pH `low` is the lower end and `limit` the upper one."""


@dataclass(frozen=True)
class Sewers(Watched):
    """Sewage outlets as the checks look at them: minutes are MINUTES, hours HOURS, limits LIMITS."""

    logged_hours: pl.DataFrame = field(default_factory=lambda: empty(LOGGED))
    logged_days: pl.DataFrame = field(default_factory=lambda: empty(LOGGED))
