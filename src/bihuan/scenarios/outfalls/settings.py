"""The figures of the manifest."""

from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """duplicate_metres: up to which two outfalls may be one [m]; complaints: the telephone on the sign."""

    duplicate_metres: float
    complaints: str


@cache
def in_force() -> Settings:
    """What the manifest says."""
    said = manifest_of("outfalls").value
    return Settings(float(said("duplicate_metres")), str(said("complaints")))
