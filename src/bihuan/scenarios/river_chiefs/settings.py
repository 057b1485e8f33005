"""The numbers of the manifest."""

from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """least_metres: how much of a reach a patrol has to see to count for it [m]; share: of a reach that is shorter."""

    least_metres: float
    share: float


@cache
def in_force() -> Settings:
    """What the manifest says."""
    said = manifest_of("river_chiefs").value
    return Settings(float(said("least_metres")), float(said("share")))
