"""All checks of all scenarios, found in their folders, each with the parameters that are in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.cases.models import Level
from bihuan.cases.sensors import Sensing
from bihuan.domain.checks import Check
from bihuan.domain.parameters import Declared, Parameter, of_check
from bihuan.scenarios.contract import Scenario
from bihuan.scenarios.manifests import PARAMETERS, BadManifest, Manifest, manifest_of, parameters_of
from bihuan.scenarios.resolved import every_scenario


@dataclass(frozen=True)
class Entry:
    """A check of a scenario. `check.run` already applies `overrides`, the parameters that the manifest changes.

    parameters: by their names, as people read and set them, with the value in force.
    """

    folder: str
    scenario: Scenario
    check: Check
    overrides: Mapping[str, Any]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def severity_label(self) -> str:
        """The severity in Chinese."""
        return str(Level(self.check.severity).label)


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


@cache
def sensing() -> Mapping[str, Sensing]:
    """The checks that look at sensors, by their keys."""
    of_folder = {name: s.closing() for name, s in every_scenario().items() if s.closing is not None}
    return {
        e.check.key: Sensing(e.check, e.scenario.look_back, of_folder[e.folder])
        for e in every_check()
        if e.folder in of_folder
    }


def titles_of_checks() -> dict[str, str]:
    """The Chinese title of every check by its key."""
    return {e.check.key: e.check.title for e in every_check()}


def title_of_check(key: str) -> str:
    """The title of a check in the reader's language; what no check found was entered by people."""
    title = titles_of_checks().get(key)
    return _(title) if title else _("人工登记")


def _entries(folder: str) -> list[Entry]:
    scenario, manifest, declared = every_scenario()[folder], manifest_of(folder), parameters_of(folder)
    for fault in faults(folder, scenario, manifest, declared):
        raise BadManifest(fault)
    return [
        _entry(folder, scenario, c, manifest.parameters.get(c.key, {}), declared) for c in scenario.checks
    ]


def _entry(
    folder: str, scenario: Scenario, check: Check, given: Mapping[str, Any], declared: Sequence[Declared]
) -> Entry:
    return Entry(
        folder,
        scenario,
        in_force(check, given),
        given,
        of_check(declared, check.key, check.parameters, given),
    )


def faults(
    folder: str, scenario: Scenario, manifest: Manifest, declared: Sequence[Declared] = ()
) -> list[str]:
    """Why checks of a scenario could never run, or not as its manifest says, or not be set by people."""
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
    found += _unprovable(folder, scenario, known)
    for key, given in manifest.parameters.items():
        if key not in known:
            found.append(f"{folder}: manifest.toml sets parameters of {key}, which is no check of it")
        found += [f"{folder}: {key} has no parameter {p}" for p in given if p not in known.get(key, given)]
    return [*found, *_unsaid(folder, scenario, manifest, declared)]


def _unprovable(folder: str, scenario: Scenario, known: Mapping[str, Any]) -> Iterator[str]:
    """Hours of normal measurements that no round of the checks could see, and that are asked of a check that is none."""
    if scenario.closing is None:
        return
    closing = scenario.closing()
    for key, hours in {"": closing.normal_hours, **closing.of_check}.items():
        if key and key not in known:
            yield f"{folder}: it says how many hours are normal for {key}, which is no check of it"
        if not 0 < hours <= scenario.look_back_hours:
            yield (
                f"{folder}: {hours} normal hours{key and ' of '}{key} close a case, its checks look "
                f"{scenario.look_back_hours:g} hours back"
            )


def _unsaid(
    folder: str, scenario: Scenario, manifest: Manifest, declared: Sequence[Declared]
) -> Iterator[str]:
    """What `parameters.csv` says of a parameter that no check has, and values outside of their range."""
    used = {(c.key, name) for c in scenario.checks for name in c.parameters}
    for row in declared:
        if (row.check, row.name) not in used | {("", name) for _key, name in used}:
            yield f"{folder}: {PARAMETERS} names {row.name} of {row.check or 'all checks'}, which no check has"
    for check in scenario.checks:
        given = manifest.parameters.get(check.key, {})
        said = of_check(declared, check.key, check.parameters, given)
        for name, parameter in said.items():
            if not parameter.allows(parameter.value):
                yield f"{folder}: {name} of {check.key} is {parameter.value}, outside of its own range"


def in_force(check: Check, given: Mapping[str, Any]) -> Check:
    """The check with parameters of its own installation: whoever runs it runs it so."""
    if not given:
        return check

    @wraps(check.run)
    def run(*frames: Any, **more: Any) -> pl.DataFrame:
        return check.run(*frames, **{**given, **more})

    return replace(check, run=run)
