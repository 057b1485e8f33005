"""What a patrol came to, from all that was sent of it: made anew whenever more came."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from bihuan import clock
from bihuan.domain.patrol import batches, gpx
from bihuan.domain.patrol.batches import BadBatch
from bihuan.domain.patrol.effective import Condition, counts, judge
from bihuan.domain.patrol.rules import Rules
from bihuan.domain.patrol.track import POINTS, STEPS, ordered, steps, totals
from bihuan.domain.places.shapes import as_shape
from bihuan.domain.timeaxis import CST
from bihuan.kit.patrol.models import Batch, Patrol, Result
from bihuan.kit.patrol.rules import in_force
from bihuan.reasons import Reason
from bihuan.registry.models import Region


@dataclass(frozen=True)
class Sent:
    """All that came of a patrol, as far as it can be read. refused: (batch, number of the point or None, why)."""

    points: pl.DataFrame
    refused: tuple[tuple[int, int | None, Reason], ...]
    clock_off: float | None


def rules_of(patrol: Patrol) -> Rules:
    """The rules of the day of a patrol."""
    return in_force(patrol.said_start.astimezone(CST).date())


def sent_of(rows: Iterable[Batch]) -> Sent:
    """Everything that was sent in some batches, read anew."""
    frames, offs = [pl.DataFrame(schema=POINTS)], []
    refused: list[tuple[int, int | None, Reason]] = []
    for row in rows:
        try:
            if row.kind == Batch.Kind.GPX:
                frames.append(gpx.read(row.raw.encode(), row.received))
                continue
            batch = batches.read(row.raw.encode(), row.received, row.patrol.key)
        except BadBatch as error:
            refused.append((row.pk, None, error.why))
            continue
        frames.append(batch.points)
        refused += [(row.pk, each.seq, each.why) for each in batch.refused]
        if (off := _clock_off(batch, row.received)) is not None:
            offs.append(off)
    return Sent(pl.concat(frames), tuple(refused), max(offs, key=abs, default=None))


def _clock_off(batch: batches.Batch, received: datetime) -> float | None:
    """Seconds by which the phone is fast: by when it says it sent, else by a point of the time to come; None where neither says."""
    last = batch.sent or batch.points["at"].max()
    if not isinstance(last, datetime):
        return None
    off = (last - received).total_seconds()
    return off if batch.sent is not None or off > 0 else None


def points_of(patrol: Patrol) -> pl.DataFrame:
    """The points of a patrol as they came (domain.patrol.track.POINTS)."""
    return sent_of(patrol.batches.select_related("patrol")).points


def judged(patrol: Patrol) -> Result:
    """What the patrol came to, of all that has come by now and by the rules of its day."""
    rules = asdict(rules_of(patrol))
    known = Result.objects.filter(patrol=patrol).first()
    if known is not None and known.batches == patrol.batches.count() and known.rules == rules:
        return known
    return judge_anew(patrol)


def judge_anew(patrol: Patrol) -> Result:
    """Judge a patrol and keep what it came to in place of what was known."""
    rows, rules = list(patrol.batches.select_related("patrol")), rules_of(patrol)
    sent = sent_of(rows)
    made, once = steps(sent.points, rules), ordered(sent.points)
    conditions = judge(made, rules, grid_of(patrol.region))
    said: dict[str, Any] = {
        "made": clock.now(), "batches": len(rows), "rules": asdict(rules), "day": patrol.said_start.astimezone(CST).date(),
        "first": once["at"].min(), "last": once["at"].max(), "totals": asdict(totals(sent.points, made, rules)),
        "conditions": [asdict(c) for c in conditions], "effective": counts(conditions),
        "refused": [[batch, seq, *why.plain] for batch, seq, why in sent.refused],
        "clock_off": sent.clock_off, "steps": _kept(made),
    }  # fmt: skip
    return Result.objects.update_or_create(patrol=patrol, defaults=said)[0]


def conditions_of(result: Result) -> list[Condition]:
    """The conditions as they were judged."""
    return [Condition(**kept) for kept in result.conditions]


def _kept(made: pl.DataFrame) -> dict[str, list[Any]]:
    """Steps as JSON: places to a decimetre, times as milliseconds."""
    return made.with_columns(
        pl.col("start", "until").dt.epoch("ms"),
        pl.col("lon", "lat", "to_lon", "to_lat").round(6),
        pl.col("metres", "seconds", "kmh", "accuracy_m").round(2),
    ).to_dict(as_series=False)


def steps_of(result: Result) -> pl.DataFrame:
    """The steps of a result again (STEPS)."""
    frame = pl.DataFrame(result.steps, schema_overrides={"start": pl.Int64, "until": pl.Int64})
    times = [pl.from_epoch(name, "ms").dt.replace_time_zone("UTC").alias(name) for name in ("start", "until")]
    return frame.with_columns(times).cast(STEPS).select(STEPS.names())


def steps_together(results: Iterable[Result]) -> pl.DataFrame:
    """The steps of several patrols, with `patrol`: the number of each."""
    empty = pl.DataFrame(schema=STEPS).with_columns(patrol=pl.lit("", pl.String))
    return pl.concat([empty, *(steps_of(r).with_columns(patrol=pl.lit(r.patrol.key)) for r in results)])


def grid_of(region: Region) -> BaseGeometry | None:
    """The boundary of the region, or of the smallest one around it that has one; None where none has."""
    around: Region | None = region
    while around is not None and not around.geometry:
        around = around.parent
    return None if around is None else shapely.make_valid(as_shape(around.geometry))
