"""What is measured at outlets of each kind: names, units, pollutants, the codes of the standard. What a kind does: see `media`."""

from collections.abc import Mapping

from bihuan.domain.emissions import tables as stacks
from bihuan.domain.emissions.processes import processes
from bihuan.domain.outlets.items import LABELS, UNITS
from bihuan.domain.sewage import tables as sewage
from bihuan.domain.sewage.rules import CODES as SEWAGE_CODES

GAS, SEWAGE = "gas", "sewage"
POLLUTANTS_OF: Mapping[str, tuple[str, ...]] = {GAS: stacks.POLLUTANTS, SEWAGE: sewage.POLLUTANTS}
SPANNED: Mapping[str, tuple[str, ...]] = {
    GAS: (*stacks.POLLUTANTS, "o2", "flow"),
    SEWAGE: (*sewage.POLLUTANTS, "ph", "water_flow"),
}
"""Quantities whose analyser has a measuring range."""


def process_choices() -> list[tuple[str, str]]:
    """Processes of stacks and origins of sewage, by their keys, as people call them (Chinese)."""
    gas = processes().unique("process", keep="first", maintain_order=True).select("process", "label")
    return [*gas.iter_rows(), *sewage.SOURCES.items()]


CODES = {GAS: stacks.FACTORS, SEWAGE: SEWAGE_CODES}
"""Tables of the standard's codes."""
LOADED = frozenset({GAS})
"""Kinds whose loggers may send a load under a code of the maker's."""
POLLUTANTS = tuple(p for own in POLLUTANTS_OF.values() for p in own)

__all__ = [
    "CODES", "GAS", "LABELS", "LOADED", "POLLUTANTS", "POLLUTANTS_OF", "SEWAGE", "SPANNED", "UNITS", "process_choices",
]  # fmt: skip
