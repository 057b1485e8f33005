"""Plant emissions (废气污染源): the tables that everything in this package takes and gives.

Concentrations are mg/m³ of dry gas at standard state (273.15 K, 101.325 kPa); `<item>_zs` is the concentration
converted (折算) to the outlet's reference oxygen. Times are the START of the minute, hour or day, as UTC instants, as in
HJ 212. `site` is the code of the outlet (排放口).
"""

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from bihuan.domain.outages import OUTAGES
from bihuan.domain.timeaxis import INSTANT

POLLUTANTS = ("pm", "so2", "nox")
CONVERTED = tuple(f"{p}_zs" for p in POLLUTANTS)
STATE = ("o2", "flow", "velocity", "temp", "pressure", "humidity", "load")
"""Oxygen [%, dry], flow [m³/h, dry, standard state], velocity [m/s], flue temperature [°C], static pressure [kPa
above the air's], humidity [%], load of the process [% of rated; null where the outlet has no such signal]."""
FLAGGED = (*POLLUTANTS, "o2", "flow")
FLAGS = ("N", "F", "D", "C", "M", "T", "S", "B")
"""Marks of a value (HJ 212): normal, source stopped, fault, calibration, maintenance, over range, by hand, no contact.

A value without a mark (null; loggers of 2005 often send none) counts as normal."""

LABELS = {
    "pm": "颗粒物", "so2": "二氧化硫", "nox": "氮氧化物",
    "o2": "含氧量", "flow": "标干流量", "velocity": "烟气流速", "temp": "烟气温度", "pressure": "烟气静压",
    "humidity": "烟气湿度", "load": "生产负荷",
}  # fmt: skip
UNITS = {
    "pm": "mg/m³", "so2": "mg/m³", "nox": "mg/m³",
    "o2": "%", "flow": "m³/h", "velocity": "m/s", "temp": "°C", "pressure": "kPa", "humidity": "%", "load": "%",
}  # fmt: skip

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

OUTLETS = pl.Schema(
    {
        "site": pl.String(),
        "name": pl.String(),
        "enterprise": pl.String(),
        "process": pl.String(),  # key of the reference oxygen table
        "ref_o2": pl.Float64(),  # %; null: not converted
        "rated_flow": pl.Float64(),  # m³/h, dry, standard state, at full load; null: not known
        "duct_area": pl.Float64(),  # m²
        "interval": pl.Int32(),  # minutes that a record of `minutes` stands for
    }
)

LIMITS = pl.Schema(
    {
        "site": pl.String(),
        "item": pl.String(),
        "limit": pl.Float64(),  # mg/m³, converted where the outlet has a reference oxygen
        "period": pl.String(),  # hour or day: which mean it judges
        "ultra_low": pl.Boolean(),
        "valid_from": pl.Date(),
        "valid_until": pl.Date(),  # exclusive; null: still in force
        "basis": pl.String(),
    }
)

SPANS = pl.Schema({"site": pl.String(), "item": pl.String(), "low": pl.Float64(), "high": pl.Float64()})
"""Measuring range (量程) set in the analyser, in the unit of the quantity."""

MARKS = pl.Schema(
    {
        "site": pl.String(),
        "kind": pl.String(),  # condition (工况) or device (设备)
        "code": pl.String(),
        "start": INSTANT,
        "until": INSTANT,  # exclusive
        "reason": pl.String(),
        "who": pl.String(),
        "at": INSTANT,  # when it was set
    }
)

UNCONTROLLED = pl.Schema({"site": pl.String(), "item": pl.String(), "start": INSTANT, "until": INSTANT})
"""Periods in which an analyser was out of control (失控): from the last passed quality check to the next passed one,
exclusive."""

PARAMETERS = pl.Schema(
    {"site": pl.String(), "at": INSTANT, "item": pl.String(), "name": pl.String(), "value": pl.Float64()}
)
"""Parameters of the analyser as it reported them (slope, intercept, velocity coefficient, span ...), each report a row."""

LOGS = pl.Schema({"site": pl.String(), "at": INSTANT, "text": pl.String()})
"""What the site wrote into its log (i11001)."""

CORRECTIONS = pl.Schema(
    {
        "site": pl.String(),
        "period": pl.String(),  # minute, hour, day
        "start": INSTANT,
        "item": pl.String(),  # a pollutant, its `<p>_zs` or `<p>_kg`, or a state
        "first": pl.Float64(),
        "last": pl.Float64(),
        "first_received": INSTANT,
        "last_received": INSTANT,
    }
)
"""Values that were sent again with another number."""

ARRIVALS = pl.Schema(
    {
        "site": pl.String(),
        "start": INSTANT,  # hour of receipt
        "packets": pl.Int32(),
        "behind": pl.Float64(),  # median of (receipt - DataTime of real-time packets) [s]; negative: its clock is ahead
    }
)


def empty(schema: pl.Schema) -> pl.DataFrame:
    """A table without rows."""
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class Stacks:
    """What the checks look at: some days of some outlets, as it was known at `as_of`."""

    as_of: datetime
    outlets: pl.DataFrame
    minutes: pl.DataFrame
    hours: pl.DataFrame
    limits: pl.DataFrame = field(default_factory=lambda: empty(LIMITS))
    spans: pl.DataFrame = field(default_factory=lambda: empty(SPANS))
    logged_hours: pl.DataFrame = field(default_factory=lambda: empty(LOGGED))
    logged_days: pl.DataFrame = field(default_factory=lambda: empty(LOGGED))
    marks: pl.DataFrame = field(default_factory=lambda: empty(MARKS))
    parameters: pl.DataFrame = field(default_factory=lambda: empty(PARAMETERS))
    logs: pl.DataFrame = field(default_factory=lambda: empty(LOGS))
    corrections: pl.DataFrame = field(default_factory=lambda: empty(CORRECTIONS))
    arrivals: pl.DataFrame = field(default_factory=lambda: empty(ARRIVALS))
    uncontrolled: pl.DataFrame = field(default_factory=lambda: empty(UNCONTROLLED))
    outages: pl.DataFrame = field(default_factory=lambda: empty(OUTAGES))
    """When nothing could be received here; no outlet answers for it."""
