"""What the checks take, as of a moment: scores of months that are over, what lies at segments, watering with its temperature, coverage."""

from datetime import date, datetime, timedelta

import polars as pl
import shapely

from bihuan.domain.places.lines import nearest_line
from bihuan.domain.places.shapes import as_shape
from bihuan.domain.road_dust.coverage import COVERED, covered
from bihuan.domain.road_dust.rules import rules_on
from bihuan.domain.road_dust.scores import SCORES, scores
from bihuan.domain.timeaxis import CST, day_start, next_month
from bihuan.registry.models import Emitter
from bihuan.registry.subjects import there_on
from bihuan.scenarios.road_dust.checks import NEAR, WATERED
from bihuan.scenarios.road_dust.models import Segment
from bihuan.scenarios.road_dust.reading import passes_of, weather_between, work_between
from bihuan.scenarios.road_dust.settings import in_force
from bihuan.scenarios.road_dust.view import plan_of

MONTHS = 3
RECENT = timedelta(days=3)
TRUCKS = "重型货车通道"


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, ...]:
    """SCORES, NEAR, WATERED of the last days, COVERED with its month."""
    today = now.astimezone(CST).date()
    segments = list(Segment.objects.filter(there_on(today)).order_by("code"))
    this = today.replace(day=1)
    months = [next_month(this, -n) for n in range(MONTHS, 0, -1)] if segments else []
    parts = [scores(passes_of(m, now), rules_on(m)) for m in months]
    return (
        pl.concat([pl.DataFrame(schema=SCORES), *parts]),
        near(segments),
        _watered(segments, now),
        _covered(segments, months[-1:], now),
    )


def near(segments: list[Segment]) -> pl.DataFrame:
    """NEAR: building sites within some metres of a segment, and trucks that are led over it."""
    metres = in_force().site_metres
    sites = list(Emitter.objects.filter(kind=Emitter.Kind.SITE, until=None).values_list("name", "lon", "lat"))
    boxes = {
        s.pk: shapely.box(*shapely.buffer(as_shape(s.geometry), metres / 80_000).bounds)
        for s in segments
        if s.geometry
    }
    rows = []
    for s in segments:
        box = boxes.get(s.pk)
        at = [
            name
            for name, lon, lat in sites
            if box is not None
            and box.intersects(shapely.Point(lon, lat))
            and nearest_line((lon, lat), {s.pk: s.geometry}, metres)
        ]
        why = [f"工地 {name}" for name in at] + ([TRUCKS] if s.truck_route else [])
        rows += [(s.pk, "、".join(why))] if why else []
    return pl.DataFrame(rows, NEAR, orient="row")


def _watered(segments: list[Segment], now: datetime) -> pl.DataFrame:
    work = work_between([s.pk for s in segments], now - RECENT, now, now)
    sites = {s.pk: s.weather_site for s in segments}
    hours = weather_between(set(sites.values()) - {""}, now - RECENT - timedelta(hours=1), now, now)
    table = work.with_columns(
        site=pl.col("segment").replace_strict(sites, default=None, return_dtype=pl.String),
        hour=pl.col("start").dt.truncate("1h"),
    )
    known = hours.select("site", "temp", hour=pl.col("start"))
    return table.join(known, on=["site", "hour"], how="left").select(list(WATERED)).cast(WATERED)


def _covered(segments: list[Segment], months: list[date], now: datetime) -> pl.DataFrame:
    shape = pl.DataFrame(schema={**COVERED, "month": pl.Date()})
    for month in months:
        begin, end = day_start(month), day_start(next_month(month))
        there = [s for s in segments if s.in_force(month)]
        plan = plan_of(there, (next_month(month) - month).days)
        found = covered(plan, work_between([s.pk for s in there], begin, end, now), rules_on(month))
        shape = pl.concat([shape, found.with_columns(month=pl.lit(month))])
    return shape
