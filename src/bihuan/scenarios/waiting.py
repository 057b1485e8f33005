"""What waits for a person's decision and is no case, for the top of the inbox. A scenario folder that carries `waiting.py` is asked.

It is read from the records at every look: a line is there as long as the person may decide it, and needs no reading.
"""

from dataclasses import dataclass
from datetime import datetime

from bihuan.registry.models import Person
from bihuan.scenarios import rooms


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
    return [line for room in rooms("waiting").values() for line in room.waiting(person, at)]
