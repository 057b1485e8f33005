"""What the checks take, as of a moment: the bodies that count, their rounds, the quarter that was due."""

from datetime import datetime, timedelta

import polars as pl

from bihuan.registry.subjects import there_on
from bihuan.scenarios.black_waters.bodies import due_quarter
from bihuan.scenarios.black_waters.checks import BODIES, QUARTER, ROUNDS
from bihuan.scenarios.black_waters.models import ACCEPTED, Body, State
from bihuan.scenarios.black_waters.reading import day_of, judged


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """BODIES, ROUNDS, QUARTER."""
    found = list(Body.objects.filter(there_on(day_of(now))).order_by("pk"))
    rows = [_row(body) for body in found]
    rounds = judged(found, now, look_back).rounds.select(list(ROUNDS))
    quarter = pl.DataFrame([(*due_quarter(day_of(now)), now)], QUARTER, orient="row")
    return pl.DataFrame(rows, BODIES, orient="row"), rounds, quarter


def _row(body: Body) -> tuple[object, ...]:
    accepted = body.state in ACCEPTED
    return (
        body.pk,
        body.state != State.FOUND,
        body.since,
        body.accepted if accepted else None,
        None if accepted else body.due,
    )
