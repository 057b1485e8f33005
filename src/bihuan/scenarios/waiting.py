"""What waits for a person's decision and is no case, for the top of the inbox. A scenario folder that carries `waiting.py` is asked.

It is read from the records at every look: a line is there as long as the person may decide it, and needs no reading.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from bihuan.registry.models import Person
from bihuan.scenarios import FOLDER, scenario_names


@dataclass(frozen=True)
class Waiting:
    """One line: `what` is asked about which `subject`, `by` whom, why and since when; `url` opens where it is decided."""

    what: str
    subject: str
    by: str
    reason: str
    at: datetime
    url: str
    simulated: bool = False


def waiting_for(person: Person, at: datetime) -> list[Waiting]:
    """All that waits for a person at a moment, in all scenarios."""
    return [line for folder in _asked() for line in folder(person, at)]


def _asked() -> Iterator[Callable[[Person, datetime], list[Waiting]]]:
    for name in scenario_names():
        if (FOLDER / name / "waiting.py").exists():
            yield import_module(f"bihuan.scenarios.{name}.waiting").waiting
