"""The manifest of a scenario, read in one place. What nothing reads is refused, so an edit never goes unheard."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bihuan.domain.parameters import Declared
from bihuan.errors import BihuanError
from bihuan.scenarios import FOLDER

PARAMETERS = "parameters.csv"


class BadManifest(BihuanError):
    """A manifest says something that nothing reads, or lacks something."""


@dataclass(frozen=True)
class Threshold:
    """A number (or choice) by which the scenario judges, with its unit and where it comes from."""

    value: Any
    unit: str
    source: str


@dataclass(frozen=True)
class Manifest:
    """The numbers by which a scenario judges; `parameters`: by the key of a check, what is changed there."""

    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def value(self, threshold: str) -> Any:
        """The value of a threshold."""
        return self.thresholds[threshold].value


@cache
def manifest_of(scenario: str) -> Manifest:
    """The manifest of a scenario folder, empty where it carries none. Raises BadManifest."""
    path = FOLDER / scenario / "manifest.toml"
    text = path.read_text("utf-8") if path.exists() else ""
    return read_manifest(text, where=f"scenarios/{scenario}/manifest.toml")


def read_manifest(text: str, *, where: str) -> Manifest:
    """A manifest from its text. Raises BadManifest naming `where` and the key that is unknown or absent."""
    said = tomllib.loads(text)
    try:
        thresholds = {name: Threshold(**t) for name, t in said.pop("thresholds", {}).items()}
        return Manifest(**said, thresholds=thresholds)
    except TypeError as error:
        raise BadManifest(f"{where}: {error}") from error


@cache
def parameters_of(scenario: str) -> tuple[Declared, ...]:
    """What a scenario folder says of the parameters of its checks, empty where they have none. Raises BadManifest."""
    path = FOLDER / scenario / PARAMETERS
    text = path.read_text("utf-8") if path.exists() else ""
    return read_parameters(text, where=f"scenarios/{scenario}/{PARAMETERS}")


def read_parameters(text: str, *, where: str) -> tuple[Declared, ...]:
    """The rows of a table of parameters. Raises BadManifest naming `where` and the line that cannot be read."""
    rows = csv.DictReader(text.splitlines())
    found = []
    for number, row in enumerate(rows, 2):
        try:
            found.append(_declared(row))
        except (KeyError, TypeError, ValueError) as error:
            raise BadManifest(f"{where} line {number}: {error}") from error
    return tuple(found)


def _declared(row: Mapping[str, str]) -> Declared:
    """Raises KeyError, TypeError, ValueError."""
    made = Declared(
        row["check"],
        row["parameter"],
        row["title"],
        row["unit"],
        float(row["least"]),
        float(row["most"]),
        row["meaning"],
    )
    if not (made.title and made.meaning and made.least < made.most):
        raise ValueError(f"{made.name} needs a title, a meaning, and a range from least to most")
    return made
