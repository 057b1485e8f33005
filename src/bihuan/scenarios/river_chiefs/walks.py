"""Which patrol saw how much of which reach: from the kit's tracks, kept beside them so that a look at a year costs one query.

Nothing is seen from a fast car or in a gap (`domain.patrol.coverage`), so driving past makes no metres here.
"""

from collections.abc import Iterable
from datetime import datetime

import polars as pl
from django.db.models import Count

from bihuan import clock
from bihuan.domain.patrol.coverage import cells, visits
from bihuan.domain.patrol.rules import Rules
from bihuan.domain.places.shapes import as_shape
from bihuan.domain.timeaxis import CST
from bihuan.kit.patrol import rules as patrol_rules
from bihuan.kit.patrol.judging import judged, steps_together
from bihuan.kit.patrol.models import Patrol
from bihuan.registry.hashing import digest
from bihuan.registry.rivers import Reach
from bihuan.scenarios.river_chiefs.models import Walk

WALKS = pl.Schema(
    {"person": pl.Int64(), "patrol": pl.String(), "day": pl.Date(), "reach": pl.String(), "metres": pl.Float64(), "effective": pl.Boolean()}
)  # fmt: skip
TOGETHER = 200
"""Patrols whose tracks are looked at in one go."""


def walks_since(since: datetime) -> pl.DataFrame:
    """WALKS of all patrols that began from a moment up to the clock; `day` is that of China on which one began."""
    patrols = list(
        Patrol.objects.filter(said_start__gte=since, at__lte=clock.now())
        .select_related("result", "region", "river_walk")
        .annotate(sent=Count("batches"))
        .order_by("pk")
    )
    _make([p for p in patrols if p.sent])
    rows = [
        (p.person_id, p.key, p.said_start.astimezone(CST).date(), reach, metres, p.result.effective)
        for p in patrols
        if p.sent
        for reach, metres in p.river_walk.metres.items()
    ]
    return pl.DataFrame(rows, WALKS, orient="row")


def _make(patrols: list[Patrol]) -> None:
    """Bring what each patrol saw up to date, where more of it came or reaches, or the rules of patrols, have changed."""
    rules = patrol_rules.in_force(clock.now().astimezone(CST).date())
    lines = dict(Reach.objects.exclude(geometry=None).values_list("pk", "geometry"))
    reaches = digest([lines, rules.cell_m, rules.buffer_m])[:40]
    stale = [p for p in patrols if _made_of(p) != f"{_sent(p)} {reaches}"]
    if not stale:
        return
    found = cells({code: as_shape(line) for code, line in lines.items() if line}, rules.cell_m)
    for first in range(0, len(stale), TOGETHER):
        _keep(stale[first : first + TOGETHER], found, rules, reaches)


def _sent(patrol: Patrol) -> int:
    return int(getattr(patrol, "sent"))  # noqa: B009 - annotated by the query


def _made_of(patrol: Patrol) -> str:
    walk = Walk.objects.none() if not hasattr(patrol, "river_walk") else patrol.river_walk
    return walk.made_of if isinstance(walk, Walk) else ""


def _keep(patrols: Iterable[Patrol], found: pl.DataFrame, rules: Rules, reaches: str) -> None:
    some = list(patrols)
    results = {p.pk: judged(p) for p in some}
    seen = visits(found, steps_together(results.values()), rules.buffer_m)
    sizes = found.select("object", "cell", "weight")
    metres = seen.join(sizes, ["object", "cell"]).group_by("patrol", "object").agg(pl.col("weight").sum())
    by_patrol: dict[str, dict[str, float]] = {}
    for key, reach, weight in metres.sort("patrol", "object").iter_rows():
        by_patrol.setdefault(key, {})[reach] = round(weight * rules.cell_m, 1)
    for patrol in some:
        said = {"made_of": f"{_sent(patrol)} {reaches}", "metres": by_patrol.get(patrol.key, {})}
        patrol.river_walk, _new = Walk.objects.update_or_create(patrol=patrol, defaults=said)
        patrol.result = results[patrol.pk]
