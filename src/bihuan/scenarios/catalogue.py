"""All checks of all scenarios, found in their folders, each with the parameters that are in force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, wraps
from importlib import import_module
from typing import Any

import polars as pl

from bihuan.cases.models import Level
from bihuan.domain.checks import Check
from bihuan.scenarios import FOLDER, scenario_names
from bihuan.scenarios.manifests import BadManifest, Manifest, manifest_of

AMBIENT = "hours"
"""What a check looks at that takes the hours and sites of ambient air; all others need the `inputs.py` of their scenario."""


@dataclass(frozen=True)
class Entry:
    """A check of a scenario. `check.run` already applies `overrides`, the parameters that the manifest changes."""

    scenario: str
    manifest: Manifest
    check: Check
    overrides: Mapping[str, Any]

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
    """One entry per check, in the order of the folders. Raises BadManifest for a check that could never run as said."""
    return tuple(entry for name in scenario_names() for entry in _entries(name))


def checks_of(scenario: str) -> list[Check]:
    """The checks of one scenario as they are in force."""
    return [e.check for e in every_check() if e.scenario == scenario]


def check_of(key: str) -> Check:
    """The check with this key as it is in force. Raises KeyError."""
    return {e.check.key: e.check for e in every_check()}[key]


def titles_of_checks() -> dict[str, str]:
    """The Chinese title of every check by its key."""
    return {e.check.key: e.check.title for e in every_check()}


def has_inputs(scenario: str) -> bool:
    """Does the scenario prepare what its checks look at?"""
    return (FOLDER / scenario / "inputs.py").exists()


def _entries(scenario: str) -> list[Entry]:
    manifest = manifest_of(scenario)
    checks: tuple[Check, ...] = import_module(f"bihuan.scenarios.{scenario}.checks").CHECKS
    for fault in faults(scenario, manifest, checks, prepared=has_inputs(scenario)):
        raise BadManifest(fault)
    given = manifest.parameters
    return [
        Entry(scenario, manifest, in_force(c, given.get(c.key, {})), given.get(c.key, {})) for c in checks
    ]


def faults(scenario: str, manifest: Manifest, checks: tuple[Check, ...], *, prepared: bool) -> list[str]:
    """Why checks of a scenario could never run, or not as its manifest says. `prepared`: it has an `inputs.py`."""
    known = {c.key: c.parameters for c in checks}
    found = [
        f"{scenario}: {c.key} looks at {c.looks_at!r}, and there is no inputs.py that gives it"
        for c in checks
        if c.looks_at != AMBIENT and not prepared
    ]
    found += [
        f"{scenario}: {c.key} is explained by {cause}, which is no other check of it"
        for c in checks
        for cause in c.belonging.explained_by
        if cause not in known.keys() - {c.key}
    ]
    if checks and not manifest.look_back_hours:
        found.append(f"{scenario}: manifest.toml does not say look_back_hours, how far back the checks look")
    for key, given in manifest.parameters.items():
        if key not in known:
            found.append(f"{scenario}: manifest.toml sets parameters of {key}, which is no check of it")
        found += [f"{scenario}: {key} has no parameter {p}" for p in given if p not in known.get(key, given)]
    return found


def in_force(check: Check, given: Mapping[str, Any]) -> Check:
    """The check with parameters of its own installation: whoever runs it runs it so."""
    if not given:
        return check

    @wraps(check.run)
    def run(*frames: Any, **more: Any) -> pl.DataFrame:
        return check.run(*frames, **{**given, **more})

    return replace(check, run=run)
