"""The figures of the manifest."""

from functools import cache

from bihuan.domain.dust.flags import Thresholds
from bihuan.scenarios.manifests import manifest_of


@cache
def thresholds() -> Thresholds:
    """By what the flag of a site is told."""
    said = manifest_of("dust_sites").value
    return Thresholds(int(said("red_items")), int(said("red_days")))


@cache
def capture() -> float:
    """The share of the hours of a time that a monitor should bring."""
    return float(manifest_of("dust_sites").value("capture"))
