"""What is said of gas and of sewage alike, and how they differ: pollutants, names, units, the table of the standard's codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bihuan.domain.emissions import tables as stacks
from bihuan.domain.sewage import tables as sewage
from bihuan.domain.sewage.rules import CODES

GAS, SEWAGE = "gas", "sewage"


@dataclass(frozen=True)
class Medium:
    """A kind of outlet. `spanned`: what an analyser with a range measures; `factors`: the standard's codes."""

    key: str
    pollutants: tuple[str, ...]
    spanned: tuple[str, ...]
    unit: str
    flow: str
    factors: Path


MEDIA = {
    GAS: Medium(GAS, stacks.POLLUTANTS, (*stacks.POLLUTANTS, "o2", "flow"), "mg/m³", "flow", stacks.FACTORS),
    SEWAGE: Medium(
        SEWAGE, sewage.POLLUTANTS, (*sewage.POLLUTANTS, "ph", "water_flow"), "mg/L", "water_flow", CODES
    ),
}  # fmt: skip
LABELS: Mapping[str, str] = {**stacks.LABELS, **sewage.LABELS}
UNITS: Mapping[str, str] = {**stacks.UNITS, **sewage.UNITS}
POLLUTANTS = tuple(p for medium in MEDIA.values() for p in medium.pollutants)
