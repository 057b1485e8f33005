"""The numbers of the manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import BadManifest, manifest_of


@dataclass(frozen=True)
class Settings:
    """Points [number, m], rounds [days, times], items by area, quarters with a round, satisfaction [%], closing [h, days]: see the manifest."""

    least_points: int
    least_metres: float
    most_metres: float
    least_times: int
    most_days: int
    round_days: int
    judged_items: Mapping[str, Sequence[str]]
    quarters: Sequence[int]
    satisfied: float
    normal_hours: int
    stands_days: int
    watch_days: int


@cache
def in_force() -> Settings:
    """What the manifest says. Raises BadManifest for quarters that are none."""
    manifest = manifest_of("black_waters")
    said = Settings(**{name: manifest.value(name) for name in Settings.__dataclass_fields__})
    if not said.quarters or not {1, 2, 3, 4}.issuperset(said.quarters):
        raise BadManifest("black_waters: quarters are some of 1, 2, 3, 4")
    return said
