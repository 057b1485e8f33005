"""When a case about a body may be closed: a relapse not before the next whole round that is good, which then stands for a time.

Rounds are a laboratory's and months apart. Said in hours as closing wants it: a good round speaks for every hour from its end, until
something black is measured again or it is too old. What the register says (a target date), and that a round came at all, is known at
every hour.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

import polars as pl

from bihuan.cases.sensors import MEASURED, Closing, Place
from bihuan.domain.checks import Check
from bihuan.domain.timeaxis import HOUR, INSTANT
from bihuan.scenarios.black_waters.checks import relapse
from bihuan.scenarios.black_waters.models import Body
from bihuan.scenarios.black_waters.reading import BACK, judged
from bihuan.scenarios.black_waters.settings import in_force as settings


@cache
def in_force() -> Closing:
    """What the manifest says of closing."""
    return Closing(measured, settings().normal_hours, settings().watch_days)


def measured(check: Check, places: Collection[Place], start: datetime, until: datetime) -> pl.DataFrame:
    """MEASURED of bodies: for a relapse the hours for which a good round speaks, for all else every hour."""
    asked = pl.DataFrame([(target, item) for _kind, target, item in places], {"target": pl.String, "item": pl.String}, orient="row")  # fmt: skip
    first = start.replace(minute=0, second=0, microsecond=0)
    first = first if first == start else first + HOUR
    hours = pl.select(start=pl.datetime_range(first, until - HOUR, "1h", time_unit="us").cast(INSTANT))
    every = asked.unique().join(hours, how="cross")
    if check.key == relapse.key:
        spans = good_spans(asked["target"].unique().to_list(), until)
        every = every.join(spans, on="target").filter(
            pl.col("start").is_between("begin", "end", closed="left")
        )
    return every.select(list(MEASURED)).cast(MEASURED)


def good_spans(codes: Collection[str], as_of: datetime) -> pl.DataFrame:
    """target, begin, end: for which time the newest whole round of a body speaks, of those where it is good."""
    found = judged(
        list(Body.objects.filter(pk__in=codes)), as_of, BACK + timedelta(days=settings().stands_days)
    ).rounds
    newest = found.filter("whole").group_by("body").agg(pl.all().last())
    good = newest.filter(pl.col("grade") == 0)
    later = found.filter(pl.col("grade") > 0).join(good.select("body", done="until"), on="body")
    black = later.filter(pl.col("round") > pl.col("done")).group_by("body").agg(again=pl.col("round").min())
    ends = pl.min_horizontal("again", pl.col("until").dt.offset_by(f"{settings().stands_days}d"))
    return good.join(black, on="body", how="left").select(
        target="body", begin=_midnight(pl.col("until").dt.offset_by("1d")), end=_midnight(ends)
    )


def _midnight(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Datetime("us")).dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC")
