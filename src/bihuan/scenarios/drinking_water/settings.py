"""The figures of the manifest: weights and levels of the score, and how many items a source is measured for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import manifest_of

PARTS = ("quantity", "quality", "management")


@dataclass(frozen=True)
class Settings:
    """weights of PARTS, which make up 1; excellent, sufficient: points from which on; items: by kind of water."""

    weights: Mapping[str, float]
    excellent: float
    sufficient: float
    items_surface: int
    items_ground: int


@cache
def in_force() -> Settings:
    """What the manifest says. Raises ValueError where the weights do not make up the whole."""
    said = manifest_of("drinking_water").value
    weights = {part: float(said(f"weight_{part}")) for part in PARTS}
    if abs(sum(weights.values()) - 1) > 1e-9:
        raise ValueError(
            f"manifest.toml of drinking_water: the weights make {sum(weights.values()):g}, not 1"
        )
    return Settings(
        weights, float(said("excellent")), float(said("sufficient")), int(said("items_surface")), int(said("items_ground"))
    )  # fmt: skip
