"""The figures of the manifest beside those of closing."""

from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """visit_days: after how many days from today on a suspect is to have been looked at on site."""

    visit_days: int


@cache
def in_force() -> Settings:
    """What the manifest says."""
    return Settings(int(manifest_of("water_sections").value("visit_days")))
