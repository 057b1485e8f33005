"""The manifest of a scenario, read in one place. What nothing reads is refused, so an edit never goes unheard."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bihuan.errors import BihuanError
from bihuan.scenarios import FOLDER


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
