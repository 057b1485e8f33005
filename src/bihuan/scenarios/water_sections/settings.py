"""The figures of the manifest beside those of closing."""

from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """visit_days: after how many days from today on a suspect is to have been looked at on site. moved_metres: by how much a section may be moved and stay the same point [m]."""

    visit_days: int
    moved_metres: float


@cache
def in_force() -> Settings:
    """What the manifest says."""
    said = manifest_of("water_sections").value
    return Settings(int(said("visit_days")), float(said("moved_metres")))
