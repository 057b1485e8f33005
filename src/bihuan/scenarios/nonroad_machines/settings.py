"""The figures of the manifest."""

from dataclasses import dataclass
from functools import cache

from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Settings:
    """label_form: the pattern of a label."""

    label_form: str


@cache
def in_force() -> Settings:
    """What the manifest says."""
    return Settings(str(manifest_of("nonroad_machines").value("label_form")))
