"""All checks of all scenarios, found in their folders, each with the parameters that are in force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, wraps
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.cases.models import Level
from bihuan.domain.checks import Check
from bihuan.scenarios.contract import Scenario
from bihuan.scenarios.manifests import BadManifest, Manifest, manifest_of
from bihuan.scenarios.resolved import every_scenario


@dataclass(frozen=True)
class Entry:
    """A check of a scenario. `check.run` already applies `overrides`, the parameters that the manifest changes."""

    folder: str
    scenario: Scenario
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
    return tuple(entry for name in every_scenario() for entry in _entries(name))


def checks_of(folder: str) -> list[Check]:
    """The checks of one scenario as they are in force."""
    return [e.check for e in every_check() if e.folder == folder]


def check_of(key: str) -> Check:
    """The check with this key as it is in force. Raises KeyError."""
    return {e.check.key: e.check for e in every_check()}[key]


def titles_of_checks() -> dict[str, str]:
    """The Chinese title of every check by its key."""
    return {e.check.key: e.check.title for e in every_check()}


def title_of_check(key: str) -> str:
    """The title of a check in the reader's language; what no check found was entered by people."""
    title = titles_of_checks().get(key)
    return _(title) if title else _("人工登记")


def _entries(folder: str) -> list[Entry]:
    scenario, manifest = every_scenario()[folder], manifest_of(folder)
    for fault in faults(folder, scenario, manifest):
        raise BadManifest(fault)
    given = manifest.parameters
    return [
        Entry(folder, scenario, in_force(c, given.get(c.key, {})), given.get(c.key, {}))
        for c in scenario.checks
    ]


def faults(folder: str, scenario: Scenario, manifest: Manifest) -> list[str]:
    """Why checks of a scenario could never run, or not as its manifest says."""
    known, found = {c.key: c.parameters for c in scenario.checks}, []
    if scenario.checks and scenario.inputs is None:
        found.append(f"{folder}: it has checks, and no inputs that give what they look at")
    if scenario.checks and not scenario.look_back:
        found.append(f"{folder}: it does not say look_back, how far back its checks look")
    found += [
        f"{folder}: {c.key} is explained by {cause}, which is no other check of it"
        for c in scenario.checks
        for cause in c.belonging.explained_by
        if cause not in known.keys() - {c.key}
    ]
    for key, given in manifest.parameters.items():
        if key not in known:
            found.append(f"{folder}: manifest.toml sets parameters of {key}, which is no check of it")
        found += [f"{folder}: {key} has no parameter {p}" for p in given if p not in known.get(key, given)]
    return found


def in_force(check: Check, given: Mapping[str, Any]) -> Check:
    """The check with parameters of its own installation: whoever runs it runs it so."""
    if not given:
        return check

    @wraps(check.run)
    def run(*frames: Any, **more: Any) -> pl.DataFrame:
        return check.run(*frames, **{**given, **more})

    return replace(check, run=run)
