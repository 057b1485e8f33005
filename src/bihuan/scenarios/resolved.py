"""All lines of business, read once from their folders; two that claim the same name are refused."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module

from bihuan.cases.models import Finding
from bihuan.cases.targets import OWN, Kind
from bihuan.errors import BihuanError
from bihuan.kit.inspection.declared import Form
from bihuan.kit.patrol.declared import PatrolObjects
from bihuan.kit.registers.declared import Registers
from bihuan.kit.registers.targets import kind_of
from bihuan.registry.models import Measure, Person, Region
from bihuan.scenarios import scenario_names
from bihuan.scenarios.contract import Banner, Beside, DataAge, OrderSpan, RunningOrder, Scenario, Waiting

LEVELS = tuple(Measure.Level.values)
MOMENT = timedelta(microseconds=1)
"""Of warnings, the severest last."""


class BadScenario(BihuanError):
    """A scenario folder does not keep the contract, or claims what another has."""


@cache
def every_scenario() -> Mapping[str, Scenario]:
    """Every scenario by its folder's name. Raises BadScenario."""
    found = {name: _read(name) for name in scenario_names()}
    for what, names in _claims(found).items():
        for name, times in Counter(names).items():
            if times > 1:
                raise BadScenario(f"{what} {name!r} is claimed by {times} scenarios; each must be of one")
    return found


def _read(name: str) -> Scenario:
    scenario = getattr(import_module(f"bihuan.scenarios.{name}.scenario"), "SCENARIO", None)
    if not isinstance(scenario, Scenario):
        raise BadScenario(f"scenarios/{name}/scenario.py does not say SCENARIO = Scenario(...)")
    return scenario


def _claims(found: Mapping[str, Scenario]) -> dict[str, Iterable[str]]:
    every = found.values()
    return {
        "the title": [s.title for s in every],
        "the check": [c.key for s in every for c in s.checks],
        "the kind of target": [k for s in every for k in s.kinds],
        "the layer": [layer.key for s in every for layer in s.layers],
        "the kind of patrolled things": [p.key for s in every for p in s.patrols],
        "the form": [f.key for s in every for f in s.forms],
        "the job": [j.name for s in every for j in s.jobs],
        "the page": [p.name or str(p.pattern) for s in every for p in s.root_pages],
        "the address": [str(p.pattern) for s in every for p in s.root_pages],
    }


@cache
def every_patrolled() -> Mapping[str, PatrolObjects]:
    """What is patrolled, of all scenarios, by its key."""
    return {objects.key: objects for s in every_scenario().values() for objects in s.patrols}


@cache
def every_form() -> Mapping[str, Form]:
    """The inspection forms of all scenarios by their key."""
    return {form.key: form for s in every_scenario().values() for form in s.forms}


@cache
def every_register() -> Registers:
    """The registers of all scenarios by their kind. Raises BadRegister."""
    return Registers(r for s in every_scenario().values() for r in s.registers)


def kinds() -> dict[str, Kind]:
    """What findings of scenarios can be about, by `target_kind`: what they give themselves, and what their registers hold."""
    given = {key: kind for s in every_scenario().values() for key, kind in s.kinds.items()}
    held = {
        r.target: r
        for r in every_register().values()
        if r.target and r.target not in (OWN.keys() | given.keys())
    }
    return given | {key: kind_of(register) for key, register in held.items()}


def beside(finding: Finding) -> Beside | None:
    """What the line of business of a finding's check tells besides of it."""
    asked = (s.beside.get(finding.check_key) for s in every_scenario().values())
    return next((found for found in asked if found is not None), None)


def banners_for(person: Person, at: datetime) -> list[Banner]:
    """All banners that concern a person at a moment."""
    asked = [s.banners for s in every_scenario().values() if s.banners is not None]
    return [banner for banners in asked for banner in banners(person, at)]


def newest_data(at: datetime) -> DataAge | None:
    """How old the newest measurement of all lines of business is at a moment; None where none has any."""
    asked = [s.newest_data for s in every_scenario().values() if s.newest_data is not None]
    found = [age for age in (newest(at) for newest in asked) if age is not None]
    return max(found, key=lambda age: age.start, default=None)


def listed_objects(codes: Collection[str]) -> list[tuple[str, str, str]]:
    """What belongs to units of the reduction list, of all lines of business: code of the unit, target_kind, target."""
    asked = [s.listed_objects for s in every_scenario().values() if s.listed_objects is not None]
    return [found for of in asked for found in of(codes)]


def orders(region: Region, since: datetime, until: datetime) -> list[OrderSpan]:
    """Which warnings ran in a region within a span, by the records of all lines of business, in order of time."""
    asked = [s.orders for s in every_scenario().values() if s.orders is not None]
    return sorted((span for of in asked for span in of(region, since, until)), key=lambda span: span.begin)


def running_order(region: Region, at: datetime) -> RunningOrder | None:
    """The severest warning that runs in a region at a moment."""
    found = [span.order for span in orders(region, at, at + MOMENT)]
    return max(found, key=lambda order: LEVELS.index(order.level), default=None)


def waiting_for(person: Person, at: datetime) -> list[Waiting]:
    """All that waits for a person's decision at a moment and is no case, in all scenarios."""
    asked = [s.waiting for s in every_scenario().values() if s.waiting is not None]
    return [line for waiting in asked for line in waiting(person, at)]
