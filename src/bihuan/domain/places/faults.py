"""Why a place or a geometry cannot be taken, as a code with values; worded where it is shown (`kit/place_words.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """What is wrong. The values that each carries stand behind it."""

    NOT_AN_ANGLE = "not_an_angle"  # text
    WRONG_AXIS = "wrong_axis"  # text: says E or W where a latitude is asked, or N or S where a longitude is
    TOO_MANY_MINUTES = "too_many_minutes"  # text: minutes or seconds of 60 and more
    NO_PLACE_ON_EARTH = "no_place_on_earth"  # lon, lat
    SWAPPED = "swapped"  # lon, lat
    OUTSIDE_CHINA = "outside_china"  # lon, lat
    OUTSIDE_REGION = "outside_region"  # region, metres
    NO_GEOMETRY = "no_geometry"
    EMPTY_GEOMETRY = "empty_geometry"
    KIND_NOT_WANTED = "kind_not_wanted"  # kind, wanted
    NOT_FINITE = "not_finite"
    BEYOND_MENDING = "beyond_mending"  # detail


@dataclass(frozen=True)
class Fault:
    """One fault of a place or a geometry."""

    why: Why
    values: Mapping[str, str] = field(default_factory=dict)


class BadPlace(ValueError):
    """Raised where a place cannot be used; carries the fault."""

    def __init__(self, why: Why, **values: str) -> None:
        super().__init__(f"{why}: {values}")
        self.fault = Fault(why, values)
