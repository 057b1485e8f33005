"""Which patrol saw how much of which reach: from the kit's tracks, kept beside them so that a look at a year costs one query.

Nothing is seen from a fast car or in a gap (`domain.patrol.coverage`), so driving past makes no metres here.
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db.models import Count, Max

from bihuan import clock
from bihuan.domain.patrol.coverage import cells, visits
from bihuan.domain.patrol.rules import Rules
from bihuan.domain.places.shapes import as_shape
from bihuan.domain.timeaxis import CST
from bihuan.kit.patrol import rules as patrol_rules
from bihuan.kit.patrol.judging import judged, steps_together
from bihuan.kit.patrol.models import Patrol
from bihuan.registry.changes import Batch
from bihuan.registry.rivers import Reach
from bihuan.scenarios.river_chiefs.models import Walk

WALKS = pl.Schema(
    {"person": pl.Int64(), "patrol": pl.String(), "day": pl.Date(), "reach": pl.String(), "metres": pl.Float64(), "effective": pl.Boolean()}
)  # fmt: skip
TOGETHER = 200
"""Patrols whose tracks are looked at in one go."""


def walks_since(since: datetime) -> pl.DataFrame:
    """WALKS of all patrols that began from a moment up to the clock; `day` is that of China on which one began."""
    begun = Patrol.objects.filter(said_start__gte=since, at__lte=clock.now()).order_by()
    rules = patrol_rules.in_force(clock.now().astimezone(CST).date())
    reaches = _drawn(rules)
    sent = begun.filter(batches__isnull=False).annotate(sent=Count("batches"))
    stale = [
        pk
        for pk, n, made in sent.values_list("pk", "sent", "river_walk__made_of")
        if made != f"{n} {reaches}"
    ]
    if stale:
        _make(stale, rules, reaches)
    seen = begun.filter(river_walk__isnull=False).exclude(river_walk__metres={})
    columns = ("person", "key", "said_start", "river_walk__metres", "result__effective")
    rows = [
        (person, key, start.astimezone(CST).date(), reach, metres, effective)
        for person, key, start, walked, effective in seen.values_list(*columns)
        for reach, metres in walked.items()
    ]
    return pl.DataFrame(rows, WALKS, orient="row")


def _drawn(rules: Rules) -> str:
    """What the register of reaches and the rules of patrols were when something was seen: another text after each change."""
    changed = Batch.objects.filter(kind=Reach._meta.label_lower).aggregate(last=Max("pk"))["last"]
    return f"{Reach.objects.count()}.{changed or 0}.{rules.cell_m:g}.{rules.buffer_m:g}"


def _make(stale: Sequence[int], rules: Rules, reaches: str) -> None:
    """Bring what some patrols saw up to date."""
    lines = dict(Reach.objects.exclude(geometry=None).values_list("pk", "geometry"))
    found = cells({code: as_shape(line) for code, line in lines.items() if line}, rules.cell_m)
    for first in range(0, len(stale), TOGETHER):
        some = Patrol.objects.filter(pk__in=stale[first : first + TOGETHER]).select_related("region")
        _keep(list(some.annotate(sent=Count("batches"))), found, rules, reaches)


def _keep(patrols: Sequence[Patrol], found: pl.DataFrame, rules: Rules, reaches: str) -> None:
    seen = visits(found, steps_together(map(judged, patrols)), rules.buffer_m)
    sizes = found.select("object", "cell", "weight")
    metres = seen.join(sizes, ["object", "cell"]).group_by("patrol", "object").agg(pl.col("weight").sum())
    by_patrol: dict[str, dict[str, float]] = {}
    for key, reach, weight in metres.sort("patrol", "object").iter_rows():
        by_patrol.setdefault(key, {})[reach] = round(weight * rules.cell_m, 1)
    for patrol in patrols:
        sent = getattr(patrol, "sent")  # noqa: B009 - annotated by the query
        said = {"made_of": f"{sent} {reaches}", "metres": by_patrol.get(patrol.key, {})}
        Walk.objects.update_or_create(patrol=patrol, defaults=said)
