"""The thresholds of the manifest in their types."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """How many reports are taken in an hour or a day, how long contacts are kept."""

    sender_hour: int
    sender_day: int
    all_hour: int
    contacts: timedelta


@cache
def in_force() -> Settings:
    """What the manifest says."""
    said = manifest_of("citizens").value
    return Settings(
        sender_hour=said("sender_hour"),
        sender_day=said("sender_day"),
        all_hour=said("all_hour"),
        contacts=timedelta(days=said("contact_days")),
    )
