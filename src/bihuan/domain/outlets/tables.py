"""Tables of outlets that are the same for every medium. `site` is the code of the outlet (排放口).

Times are the START of the minute, hour or day, as UTC instants, as in HJ 212. Minutes, hours, days and what loggers made
of them have columns of their own in each medium.
"""

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from bihuan.domain.outages import OUTAGES
from bihuan.domain.timeaxis import INSTANT

FLAGS = ("N", "F", "D", "C", "M", "T", "S", "B")
"""Marks of a value (HJ 212): normal, source stopped, fault, calibration, maintenance, over range, by hand, no contact.

A value without a mark (null; loggers of 2005 often send none) counts as normal."""


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
class Watched:
    """What the checks look at: some days of some outlets, as it was known at `as_of`."""

    as_of: datetime
    outlets: pl.DataFrame
    minutes: pl.DataFrame
    hours: pl.DataFrame
    limits: pl.DataFrame = field(default_factory=lambda: empty(LIMITS))
    spans: pl.DataFrame = field(default_factory=lambda: empty(SPANS))
    logged_hours: pl.DataFrame = field(default_factory=pl.DataFrame)
    logged_days: pl.DataFrame = field(default_factory=pl.DataFrame)
    marks: pl.DataFrame = field(default_factory=lambda: empty(MARKS))
    parameters: pl.DataFrame = field(default_factory=lambda: empty(PARAMETERS))
    logs: pl.DataFrame = field(default_factory=lambda: empty(LOGS))
    corrections: pl.DataFrame = field(default_factory=lambda: empty(CORRECTIONS))
    arrivals: pl.DataFrame = field(default_factory=lambda: empty(ARRIVALS))
    uncontrolled: pl.DataFrame = field(default_factory=lambda: empty(UNCONTROLLED))
    outages: pl.DataFrame = field(default_factory=lambda: empty(OUTAGES))
    """When nothing could be received here; no outlet answers for it."""
