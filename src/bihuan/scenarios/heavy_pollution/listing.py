"""Which measures are listed for an advice: the reduction list ranked, what was decided before carried over."""

from collections.abc import Iterator
from datetime import datetime

import polars as pl
from django.db.models import Max, Q, QuerySet

from bihuan.cases.transitions import UNFINISHED, State
from bihuan.domain.control.reduction import GRADES, LIST_COLUMNS, POLLUTANTS
from bihuan.domain.control.suggestions import Need, Place, suggest
from bihuan.domain.control.warning import NAMES
from bihuan.registry.log import enter
from bihuan.registry.models import Emitter, Measure, Region
from bihuan.scenarios.heavy_pollution.in_force import this_warning
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion

UNGRADED = "未评级"
# In the order of LIST_COLUMNS.
FIELDS = (
    *[
        f"emitter__{f}"
        for f in ("code", "name", "kind", "region__name", "lon", "lat", "industry", "grade", "guaranteed")
    ],
    *("level", "text", "pollutant", "kg_per_day", "basis"),
)
Status = Suggestion.Status


def follow_level(advice: Advice, level: str) -> int:
    """Suggest the measures of the level that people put in force; what was decided at this level stands."""
    _list(advice, level, f"已启动{NAMES[level]}预警，按{NAMES[level]}级清单执行。")
    return list_measures(advice, Need(level, False, "particles", advice.need), Place(**advice.worst))


def list_nothing(advice: Advice, why: str) -> None:
    """Suggest nothing any more: the warning was lifted."""
    _list(advice, "", why)


def _list(advice: Advice, level: str, need: str) -> None:
    advice.suggestions.filter(status=Status.OPEN).update(status=Status.EXPIRED)
    advice.listed_level, advice.need = level, need
    advice.save(update_fields=["listed_level", "need"])


def list_measures(advice: Advice, need: Need, worst: Place) -> int:
    """Suggest what a need asks for, of every unit that has no decision on it in this advice; returns how many rows are new."""
    units = {u.code: u for u in _units(advice.region)}
    ranked = suggest(reduction_list(advice.region), need, worst)
    rows = [_suggestion(advice, group, units) for group in _by_unit(ranked)]
    for rank, row in enumerate(rows, 1):
        row.rank = rank
    live = advice.suggestions.filter(level=need.level).exclude(status__in=Suggestion.GONE)
    decided = set(live.values_list("emitter", flat=True))
    rows = [row for row in rows if row.emitter_id not in decided]
    _carry_over(rows, advice)
    made = Suggestion.objects.bulk_create(rows)
    for row in made:
        if row.covered:  # what was decided before is decided here too
            enter(row)
    return len(made)


def reopen(advice: Advice) -> None:
    """What a later run let expire is open again: of each unit the row that was made last."""
    mine = advice.suggestions.filter(level=advice.listed_level)
    live = mine.exclude(status__in=Suggestion.GONE).values("emitter")
    newest = mine.filter(status=Status.EXPIRED).exclude(emitter__in=live)
    back = newest.values("emitter").annotate(last=Max("pk")).values("last")
    Suggestion.objects.filter(pk__in=list(back.values_list("last", flat=True))).update(status=Status.OPEN)


def _units(region: Region) -> Iterator[Emitter]:
    inside = Q(region__code__startswith=region.prefix)
    yield from Emitter.objects.filter(inside).select_related("region", "organisation")


def reduction_list(region: Region) -> pl.DataFrame:
    """The registry's reduction list of a region as `domain.control` takes it; an unknown grade counts as 未评级."""
    measures = Measure.objects.filter(
        emitter__region__code__startswith=region.prefix, pollutant__in=POLLUTANTS
    )
    rows = measures.order_by("emitter_id", "level", "pollutant").values_list(*FIELDS)
    grade = pl.when(pl.col("grade").is_in(GRADES)).then("grade").otherwise(pl.lit(UNGRADED))
    return pl.DataFrame(list(rows), schema=LIST_COLUMNS, orient="row").with_columns(grade=grade)


def _by_unit(ranked: pl.DataFrame) -> list[pl.DataFrame]:
    """One frame per unit (its best row first), units by the sum of their scores: a unit gets one instruction."""
    total = pl.col("score").sum().over("unit")
    order = ranked.with_columns(total=total).sort("total", "unit", "rank", descending=[True, False, False])
    return order.partition_by("unit", maintain_order=True)


def _suggestion(advice: Advice, rows: pl.DataFrame, units: dict[str, Emitter]) -> Suggestion:
    best = rows.row(0, named=True)
    unit = units[best["unit"]]
    kept = ("upwind", "distance_km", "grade", "score")
    return Suggestion(
        advice=advice,
        issued=advice.issued,
        region=unit.region,
        emitter=unit,
        level=best["level"],
        pollutant=best["pollutant"],
        text=best["measure"],
        kg_per_day=best["kg_per_day"],
        kg=dict(zip(rows["pollutant"], rows["kg_per_day"], strict=True)),
        share=best["share"],
        why=best["why"],
        why_data={k: best[k] for k in kept},
        basis=best["basis"],
        simulated=unit.simulated,
    )


def standing(region: Region, at: datetime) -> QuerySet[Suggestion]:
    """What was accepted and stands at a moment, oldest first: its case runs, or was verified within the warning in force."""
    stands = Q(case__state__in=UNFINISHED)
    warning = this_warning(region, at)
    if warning:
        stands |= Q(case__state=State.CLOSED, decided_at__gte=warning[-1].at)
    return Suggestion.objects.filter(stands).exclude(status__in=Suggestion.GONE).order_by("issued", "pk")


CARRIED = ("case_id", "changed_text", "changed_kg", "decided_by_id", "decided_at")


def _carry_over(rows: list[Suggestion], advice: Advice) -> None:
    """Remember what was accepted before: a unit whose measure of the same level runs (or was verified in this warning).

    The row takes over the case and how the measure was changed, so that its amount stays the accepted one.
    """
    before = standing(advice.region, advice.made_at).filter(emitter__in=[r.emitter_id for r in rows])
    known = {(s.emitter_id, s.level): s for s in before}
    for row in rows:
        taken = known.get((row.emitter_id, row.level))
        if taken is None:
            continue
        row.status = Status.ONGOING
        for name in CARRIED:
            setattr(row, name, getattr(taken, name))
        if row.changed_kg is not None:
            row.changed_kg = min(row.changed_kg, row.kg_per_day)
