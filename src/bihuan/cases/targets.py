"""What a finding can be about: kinds of targets, each with what its register knows of them.

A scenario with a register of its own adds its kind to `KINDS` when its app is made ready.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bihuan.registry.models import Emitter, Organisation, Region, Site


@dataclass(frozen=True)
class Target:
    """What the registry knows of a target; `lon` and `lat` are None where it has no place."""

    name: str
    region: Region
    organisation: Organisation | None
    simulated: bool
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Kind:
    """`targets` gives those of some keys that are known; `page` is the name of the URL that shows one, if there is one."""

    targets: Callable[[Collection[str]], Mapping[str, Target]]
    page: str = ""


def _sites(keys: Collection[str]) -> dict[str, Target]:
    sites = Site.objects.filter(code__in=keys).select_related("region")
    return {s.code: Target(s.name, s.region, None, s.simulated, s.lon, s.lat) for s in sites}


def _emitters(keys: Collection[str]) -> dict[str, Target]:
    units = Emitter.objects.filter(code__in=keys).select_related("region", "organisation")
    return {e.code: Target(e.name, e.region, e.organisation, e.simulated, e.lon, e.lat) for e in units}


def _regions(keys: Collection[str]) -> dict[str, Target]:
    return {r.code: Target(r.name, r, None, False) for r in Region.objects.filter(code__in=keys)}


KINDS: dict[str, Kind] = {
    "site": Kind(_sites, "site"),
    "emitter": Kind(_emitters, "unit"),
    "region": Kind(_regions),
}


def targets_of(kind: str, keys: Collection[str]) -> Mapping[str, Target]:
    """The targets of a kind that the register knows, by their key; none of a kind whose scenario is no longer there."""
    return KINDS[kind].targets(keys) if kind in KINDS else {}
