"""The threshold of the manifest by which hours are made; what the law says is in the rules of each medium."""

from dataclasses import dataclass
from functools import cache

from bihuan.domain.emissions.conversion import AIR_O2
from bihuan.scenarios.manifests import Manifest, manifest_of


@dataclass(frozen=True)
class Settings:
    """The oxygen from which on gas is air [%]."""

    most_o2: float


@cache
def in_force() -> Settings:
    """What the manifest says. Raises ValueError for a cap that the conversion cannot have."""
    return of(manifest_of("plant_emissions"))


def of(manifest: Manifest) -> Settings:
    """Thresholds as read. Raises ValueError for a cap that the conversion cannot have."""
    most_o2 = manifest.value("air_like_oxygen")
    if not 0 < most_o2 < AIR_O2:
        raise ValueError(
            f"manifest.toml of plant_emissions: air_like_oxygen is {most_o2} %, it must lie below {AIR_O2:g} %"
        )
    return Settings(most_o2)
