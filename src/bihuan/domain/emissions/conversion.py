"""From what analysers read to what the law compares: standard state, dry gas, reference oxygen; flow and amounts.

Standard state is 273.15 K and 101.325 kPa (ambient air has 298.15 K). Every function takes plain numbers or Polars
expressions; nothing is rounded. Source of the formulas: HJ 75-2017 and HJ 76-2017 annexes (clauses not checked).
"""

from typing import TypeVar

import polars as pl

STANDARD_KPA = 101.325
KELVIN = 273.0
"""0 °C as the standard's flow formula prints it."""
AIR_O2 = 21.0
"""Oxygen of air [%], as the conversion formula has it."""
MOST_O2 = 20.5

Number = TypeVar("Number", float, pl.Expr)


def to_reference_oxygen(
    c: pl.Expr,
    o2: pl.Expr,
    ref_o2: pl.Expr | float,
    *,
    most_o2: float = MOST_O2,
    measured_below: pl.Expr | None = None,
) -> pl.Expr:
    """A dry concentration [mg/m³] converted (折算) to the reference oxygen [%]: C x (21 - ref) / (21 - O2).

    Null where the oxygen is not below `most_o2` [%]: near 21 % the formula explodes, such gas is air. Where O2 is below
    the reference the formula lowers the value: so do the standards of boilers and kilns, whose formula has no
    condition; where `measured_below` is true (processes.measured_below) the measured value itself counts there. At the
    reference both are the same. Source of the formula: GB 13223-2011; of the cap: practice, HJ 76 (unsure, clause not
    checked).
    """
    ref = pl.lit(ref_o2) if isinstance(ref_o2, float) else ref_o2
    converted = c * (AIR_O2 - ref) / (AIR_O2 - o2)
    if measured_below is not None:
        converted = pl.when(measured_below & (o2 < ref)).then(c).otherwise(converted)
    return pl.when(o2 < most_o2).then(converted)


def standard_dry_flow(
    velocity: Number,
    area: Number,
    temp: Number,
    pressure: Number,
    humidity: Number,
    air_kpa: Number,
) -> Number:
    """Flow of dry gas at standard state [m³/h].

    velocity [m/s], duct area [m²], flue temperature [°C], static pressure [kPa above the air's], humidity [%], pressure of
    the air [kPa]: Qsn = 3600 F V x 273/(273+t) x (Ba+Ps)/101.325 x (1 - Xsw).
    """
    wet = velocity * area * 3600
    return wet * KELVIN / (temp + KELVIN) * (air_kpa + pressure) / STANDARD_KPA * (1 - humidity / 100)


def kg_per_hour(c: Number, flow: Number) -> Number:
    """Rate of emission [kg/h] = MEASURED dry concentration [mg/m³], never the converted one, x flow [m³/h] x 1e-6."""
    return c * flow * 1e-6
