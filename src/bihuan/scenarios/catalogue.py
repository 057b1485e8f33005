"""All checks of all scenarios, found in their folders."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from bihuan.cases.models import Level
from bihuan.domain.checks import Check
from bihuan.scenarios import FOLDER, scenario_names


@dataclass(frozen=True)
class Entry:
    """A check, its scenario, and the parameters that the scenario's manifest overrides."""

    scenario: str
    title: str
    check: Check
    overrides: dict[str, Any]
    look_back_hours: int

    @property
    def severity_label(self) -> str:
        """The severity in Chinese."""
        return str(Level(self.check.severity).label)

    @property
    def parameters(self) -> list[tuple[str, Any, bool]]:
        """(name, value in force, is it overridden)."""
        return [(k, self.overrides.get(k, v), k in self.overrides) for k, v in self.check.parameters.items()]


@cache
def every_check() -> tuple[Entry, ...]:
    """One entry per check, in the order of the folders."""
    entries = []
    for name in scenario_names():
        manifest = tomllib.loads((FOLDER / name / "manifest.toml").read_text("utf-8"))
        checks = import_module(f"bihuan.scenarios.{name}.checks").CHECKS
        parameters = manifest.get("parameters", {})
        back = int(manifest["look_back_hours"])
        entries += [Entry(name, manifest["title"], c, parameters.get(c.key, {}), back) for c in checks]
    return tuple(entries)
