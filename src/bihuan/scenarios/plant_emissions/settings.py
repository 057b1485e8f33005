"""The thresholds of the manifest by which hours and days are made."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bihuan.domain.emissions.conversion import AIR_O2


@dataclass(frozen=True)
class Settings:
    """Valid minutes of an hour, valid hours of a day, and the oxygen from which on gas is air [%]."""

    least_minutes: int
    least_hours: int
    most_o2: float


@cache
def in_force() -> Settings:
    """What the manifest says. Raises ValueError for a cap that the conversion cannot have."""
    said = tomllib.loads((Path(__file__).parent / "manifest.toml").read_text("utf-8"))["thresholds"]
    return of(said)


def of(said: dict[str, dict[str, float]]) -> Settings:
    """Thresholds as read. Raises ValueError for a cap that the conversion cannot have."""
    most_o2 = said["air_like_oxygen"]["value"]
    if not 0 < most_o2 < AIR_O2:
        raise ValueError(
            f"manifest.toml of plant_emissions: air_like_oxygen is {most_o2} %, it must lie below {AIR_O2:g} %"
        )
    return Settings(int(said["valid_hour"]["value"]), int(said["valid_day"]["value"]), most_o2)
