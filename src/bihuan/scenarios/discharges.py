"""Where polluted water may reach a river: what a line of business tells of its outfalls, outlets and works to those who look for a source."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from bihuan.domain.water_suspects import Discharge
from bihuan.registry.models import Person

Hours = Callable[[Collection[str], datetime, datetime, datetime], pl.DataFrame]
"""`hours(codes, start, until, known)`: LOGGED of the discharges that have a logger, of whole hours in [start, until), as known at a moment."""


@dataclass(frozen=True)
class Discharges:
    """What a scenario tells: `given(at)`, those that are there at a moment; `seen(person)`, the codes that a person may see; `hours` where there are loggers.

    form: key of the form by which one is inspected on site; empty where there is none.
    """

    given: Callable[[datetime], Sequence[Discharge]]
    seen: Callable[[Person], Collection[str]]
    hours: Hours | None = None
    form: str = ""
