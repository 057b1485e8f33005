"""What a finding can be about: kinds of targets, each with what its register knows of them.

The register has its own; the lines of business give theirs (`more_kinds`), also in place of the register's.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bihuan.registry.models import Emitter, Organisation, Region, Site


@dataclass(frozen=True)
class Target:
    """What the registry knows of a target; `lon` and `lat` are None where it has no place.

    vendor: who runs its logger, where that tells it from others.
    """

    name: str
    region: Region
    organisation: Organisation | None
    simulated: bool
    lon: float | None = None
    lat: float | None = None
    vendor: Organisation | None = None


@dataclass(frozen=True)
class Kind:
    """`targets` gives those of some keys that are known; `page` is the name of the URL that shows one, if there is one.

    args: what stands before the key among the arguments of that URL. chart(key, item, until): the address of a chart
    of one around a moment, if there is one.
    """

    targets: Callable[[Collection[str]], Mapping[str, Target]]
    page: str = ""
    args: tuple[str, ...] = ()
    chart: Callable[[str, str, datetime], str] | None = None


def _sites(keys: Collection[str]) -> dict[str, Target]:
    sites = Site.objects.filter(code__in=keys).select_related("region")
    return {s.code: Target(s.name, s.region, None, s.simulated, s.lon, s.lat) for s in sites}


def _emitters(keys: Collection[str]) -> dict[str, Target]:
    units = Emitter.objects.filter(code__in=keys).select_related("region", "organisation")
    return {e.code: Target(e.name, e.region, e.organisation, e.simulated, e.lon, e.lat) for e in units}


def _regions(keys: Collection[str]) -> dict[str, Target]:
    return {r.code: Target(r.name, r, None, False) for r in Region.objects.filter(code__in=keys)}


OWN: Mapping[str, Kind] = {
    "site": Kind(_sites),
    "emitter": Kind(_emitters, "unit"),
    "region": Kind(_regions),
}
_more: list[Callable[[], Mapping[str, Kind]]] = []


def more_kinds(kinds: Callable[[], Mapping[str, Kind]]) -> None:
    """Let findings be about further kinds; they are asked for when a finding is looked at, not before."""
    _more.append(kinds)


def kind_of(target_kind: str) -> Kind | None:
    """A kind of targets by its key; None of one whose scenario is no longer there."""
    every = (*(kinds() for kinds in _more), OWN)
    return next((kinds[target_kind] for kinds in every if target_kind in kinds), None)


def targets_of(target_kind: str, keys: Collection[str]) -> Mapping[str, Target]:
    """The targets of a kind that the register knows, by their key; none of a kind whose scenario is no longer there."""
    kind = kind_of(target_kind)
    return kind.targets(keys) if kind else {}
