"""The figures of the manifest."""

from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """site_metres: from a building site to a segment, up to which its exit may be why the segment is dirty [m]."""

    site_metres: float


@cache
def in_force() -> Settings:
    """What the manifest says."""
    return Settings(float(manifest_of("road_dust").value("site_metres")))
