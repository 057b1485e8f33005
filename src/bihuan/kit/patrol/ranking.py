"""The league table of a span, from the patrols that a person may see."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.patrol.league import PATROLS, table
from bihuan.domain.timeaxis import CST, day_start
from bihuan.kit.patrol.covering import fresh_of
from bihuan.kit.patrol.declared import PatrolObjects
from bihuan.kit.patrol.judging import judged
from bihuan.kit.patrol.models import Patrol
from bihuan.kit.patrol.receiving import patrols_of
from bihuan.kit.patrol.rules import in_force
from bihuan.kit.patrol.stops import borne_out
from bihuan.registry.models import Person


def league(person: Person, offered: Iterable[PatrolObjects], since: date) -> list[dict[str, object]]:
    """The rows of the table of all patrols since a day (domain.patrol.league.table); `person` is the name."""
    rules = in_force(clock.now().astimezone(CST).date())
    fresh = fresh_of(offered, person, day_start(since), rules)
    patrols = (
        patrols_of(person)
        .filter(said_start__gte=day_start(since))
        .prefetch_related("stops__finding__cases__steps")
    )
    rows = [_row(patrol, fresh.get(patrol.key, 0.0)) for patrol in patrols]
    names = {str(p.person_id): str(p.person) for p in patrols}
    found = table(pl.DataFrame(rows, schema=PATROLS), rules).to_dicts()
    return [row | {"person": names[row["person"]]} for row in found]


def _row(patrol: Patrol, fresh: float) -> dict[str, object]:
    result = judged(patrol)
    finds = [stop.finding for stop in patrol.stops.all() if stop.finding is not None]
    return {
        "person": str(patrol.person_id), "patrol": patrol.key, "day": result.day, "effective": result.effective,
        "km": result.totals["metres"] / 1000, "fresh": fresh, "stops": borne_out(patrol), "found": len(finds),
        "confirmed": sum(_confirmed(find, patrol.person) for find in finds),
    }  # fmt: skip


def _confirmed(finding: Finding, finder: Person) -> bool:
    """Did somebody else confirm it: by a verdict, or by handing the case over that was made of it?"""
    if finding.status == Finding.Status.CONFIRMED:
        return finding.decided_by_id != finder.pk
    steps = [step for case in finding.cases.all() for step in case.steps.all()]
    return any(step.action == "dispatch" and step.actor_id != finder.pk for step in steps)
