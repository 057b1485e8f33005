"""What suspects are found from: the event at a section, discharges with what is known of each, what loggers and other sections said."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from bihuan.domain.timeaxis import INSTANT


@dataclass(frozen=True)
class Discharge:
    """A place from which polluted water may reach a river: an outfall, an outlet of a plant, a sewage works.

    kind: in words, as people read it. km: from the upper end of its reach, None where not known. pollutants: by code, the concentration
    that it usually has or may have [unit of the code], None where only the name is known; empty where nothing is known. flow: what it
    usually discharges [m³/s]. url opens it.
    """

    code: str
    name: str
    kind: str
    reach: str
    km: float | None
    pollutants: Mapping[str, float | None] = field(default_factory=dict)
    flow: float | None = None
    url: str = ""
    simulated: bool = False


@dataclass(frozen=True)
class Event:
    """What a section showed, at `km` of a reach. before: its last reading without it; start: the first with it; peak: the worst so far.

    excess: by code of every item that was measured, how far the worst reading lay above what is usual [unit of the code], 0 where it
    did not rise. flow: of the river at the section [m³/s], None where not known.
    """

    reach: str
    km: float
    before: datetime
    start: datetime
    peak: datetime
    excess: Mapping[str, float]
    flow: float | None = None


@dataclass(frozen=True)
class Weights:
    """By what evidence weighs; all ours, tried on invented spills (benchmarks/water_suspects.py).

    unsure: travel times may be wrong by this factor both ways (0.3: 1.3 times as long or as short). longest: what travels longer is no
    suspect [h]. front: the rise of a cloud takes at least this share of its travel time (0.11: Jobson 1996, USGS WRIR 96-4013). high: by how many
    spreads an hour of a logger must lie above its median; shown: share of spills that a logger in front of them shows. like: weight of a perfect
    fingerprint, unlike: of none in common. multiple: how many times what is usual a release commonly is: much less is no event, much more is hardly thinkable.
    fading: hours in which distance alone halves the weight, where no flow is known. clean: weight of what lies above a section that showed
    nothing, elsewhere: of what does not lie above one that did. unknown: weight of all that is not registered, as a share of the suspects.
    """

    unsure: float = 0.3
    longest: float = 120.0
    front: float = 0.11
    high: float = 3.0
    shown: float = 0.8
    like: float = 4.0
    unlike: float = 0.03
    multiple: float = 8.0
    fading: float = 36.0
    clean: float = 0.1
    elsewhere: float = 0.3
    unknown: float = 0.1


LOGGED = pl.Schema({"code": pl.String(), "item": pl.String(), "start": INSTANT, "value": pl.Float64()})
"""Hours of the loggers of discharges, by code of discharge and quantity; each once."""
WATCHED = pl.Schema(
    {
        "section": pl.String(),  # its name, as people read it
        "reach": pl.String(),
        "km": pl.Float64(),
        "start": INSTANT,
        "risen": pl.Boolean(),
    }
)
"""Readings of other sections, and whether an item of the event was beyond what is usual there."""


def placed_discharges(discharges: Sequence[Discharge]) -> pl.DataFrame:
    """A row for each discharge: code, name, kind, reach, km, flow, url, simulated, named (is anything known of its water?)."""
    rows = [
        (d.code, d.name, d.kind, d.reach, d.km, d.flow, d.url, d.simulated, bool(d.pollutants))
        for d in discharges
    ]
    schema = {
        "code": pl.String, "name": pl.String, "kind": pl.String, "reach": pl.String, "km": pl.Float64,
        "flow": pl.Float64, "url": pl.String, "simulated": pl.Boolean, "named": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def known_water(discharges: Sequence[Discharge]) -> pl.DataFrame:
    """A row for each discharge and pollutant: code, item, concentration (NaN and what is not positive is null)."""
    rows = [(d.code, item, _plain(value)) for d in discharges for item, value in d.pollutants.items()]
    schema = {"code": pl.String, "item": pl.String, "concentration": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plain(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and value > 0 else None
