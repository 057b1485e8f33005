"""The figures of the manifest."""

from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """window_hours: length of a suggested window [h]. least_kg: of NOx a day [kg]. look_back_days: [d]. tones: from so many kg of NOx per km and day on."""

    window_hours: int
    least_kg: float
    look_back_days: int
    tones: tuple[tuple[str, float], ...]


@cache
def in_force() -> Settings:
    """What the manifest says."""
    said = manifest_of("vehicles_on_roads").value
    tones = (("bad", said("tone_bad")), ("warn", said("tone_warn")), ("accent", said("tone_accent")))
    return Settings(said("window_hours"), float(said("least_kg")), said("look_back_days"), tones)
