"""Kinds of outlets and what each of them does: one entry here is all that a further medium costs the pages."""

from bihuan.scenarios.plant_emissions.items import GAS, SEWAGE
from bihuan.scenarios.plant_emissions.media.gas import Gas
from bihuan.scenarios.plant_emissions.media.sewage import Sewage
from bihuan.scenarios.plant_emissions.medium import Medium
from bihuan.scenarios.plant_emissions.models import Outlet

MEDIA: dict[str, Medium] = {GAS: Gas(), SEWAGE: Sewage()}


def medium_of(outlet: Outlet) -> Medium:
    """The medium of an outlet's kind."""
    return MEDIA[outlet.kind]


__all__ = ["MEDIA", "Medium", "medium_of"]
