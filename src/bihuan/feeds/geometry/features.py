"""What a file of geometry gives: features, what was refused or mended, and why a whole file cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bihuan.domain.places.faults import Fault

MOST = 200_000
"""Features of one file; a register of a city has a tenth of that."""


class WhyFile(StrEnum):
    """Why a file cannot be read as geometry. The values that each carries stand behind it."""

    NOT_KNOWN = "not_known"  # format
    DAMAGED = "damaged"  # detail
    EMPTY = "empty"
    SEVERAL_LAYERS = "several_layers"  # layers, names (all of them, as JSON)
    NO_SUCH_LAYER = "no_such_layer"  # layer, layers
    NO_SHAPEFILE = "no_shapefile"
    PART_MISSING = "part_missing"  # part
    NO_SYSTEM = "no_system"
    SYSTEM_NOT_CONVERTED = "system_not_converted"  # system
    SYSTEM_NOT_UNDERSTOOD = "system_not_understood"  # system
    TOO_MANY = "too_many"  # count, most
    TOO_LARGE = "too_large"  # most
    ENCRYPTED = "encrypted"


class Note(StrEnum):
    """What was done with a file that its sender should know."""

    ENCODING = "encoding"  # encoding
    TAKEN_AS_WGS84 = "taken_as_wgs84"
    CONVERTED = "converted"  # system
    CONVERTED_ROUGHLY = "converted_roughly"  # system, metres
    MENDED = "mended"  # feature, detail
    LAYERS_JOINED = "layers_joined"  # count
    DOUBTFUL_NUMBERS = "doubtful_numbers"  # count


@dataclass(frozen=True)
class Told:
    """A note with its values."""

    what: Note
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A feature that was not taken, by its number in the file (from 1)."""

    feature: int
    fault: Fault


@dataclass(frozen=True)
class Features:
    """`features` are GeoJSON mappings, WGS-84, valid; `numbers` their numbers in the file (from 1).

    layers: names of those that a file has of which several were joined.
    """

    features: list[dict[str, Any]]
    numbers: list[int]
    refused: list[Refused] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)


class BadFile(ValueError):
    """The whole file cannot be read; says why as a code with values."""

    def __init__(self, why: WhyFile, **values: str) -> None:
        super().__init__(f"{why}: {values}")
        self.why, self.values = why, values
