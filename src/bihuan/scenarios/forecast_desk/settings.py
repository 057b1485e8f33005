"""The thresholds of the manifest, and who may do what by them."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from bihuan.registry.access import may
from bihuan.registry.models import Person, Region
from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """Posts that may make and approve; how long a bulletin is shown; how far it and the search for analogues reach."""

    makers: tuple[str, ...]
    approvers: tuple[str, ...]
    valid: timedelta
    most_days: int
    analogues: timedelta

    @property
    def desk(self) -> tuple[str, ...]:
        """The posts that see what is not published yet."""
        return tuple(dict.fromkeys(self.makers + self.approvers))


@cache
def in_force() -> Settings:
    """What the manifest says."""
    said = manifest_of("forecast_desk").value
    return Settings(
        makers=tuple(said("makers")),
        approvers=tuple(said("approvers")),
        valid=timedelta(hours=said("valid_hours")),
        most_days=said("most_days"),
        analogues=timedelta(days=said("analogue_days")),
    )


def may_make(person: Person, region: Region) -> bool:
    """May this person propose a bulletin for a region, and publish one that was approved?"""
    return may(person, *in_force().makers, region=region)


def may_approve(person: Person, region: Region) -> bool:
    """May this person approve, send back and withdraw bulletins of a region (of others)?"""
    return may(person, *in_force().approvers, region=region)
