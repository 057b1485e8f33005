"""The figures of the manifest."""

from dataclasses import dataclass
from functools import cache

from bihuan.domain.dust.flags import Thresholds
from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """flags: by what the flag of a site is told. capture: the share of the hours of a time that a monitor should bring."""

    flags: Thresholds
    capture: float


@cache
def in_force() -> Settings:
    """What the manifest says."""
    said = manifest_of("dust_sites").value
    return Settings(Thresholds(int(said("red_items")), int(said("red_days"))), float(said("capture")))
