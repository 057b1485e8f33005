"""Runs, work and weather out of the archive, and the passes of a month, which are kept in a file as long as nothing they were made of changes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from bihuan.archive.derived import DERIVED, all_known, kept, names, touching
from bihuan.archive.observations import Asked
from bihuan.domain.flags import measured
from bihuan.domain.road_dust.coverage import METHODS, WORK
from bihuan.domain.road_dust.matching import matched, net_of
from bihuan.domain.road_dust.passes import PASSES, POINTS, passes
from bihuan.domain.road_dust.rules import Rules, rules_on
from bihuan.domain.road_dust.weather import HOURS, STATES, humidity, states
from bihuan.domain.timeaxis import day_start, next_month
from bihuan.feeds.long.road_runs import LAT, LON, PM10, SPEED
from bihuan.feeds.long.road_works import AREA
from bihuan.feeds.long.road_works import SPEED as WORK_SPEED
from bihuan.registry.dust_periods import Dusty, dust_between
from bihuan.registry.hours import archive
from bihuan.scenarios.road_dust.models import Segment

KEPT = DERIVED / "road_passes"
METHOD = 1
"""Raised when passes are made in another way than before."""
COLUMN_OF = {LON: "lon", LAT: "lat", SPEED: "speed", PM10: "pm10"}
WEATHER_OF = {"a01002": "humidity", "a01007": "wind", "rainfall": "rain", "a01001": "temp"}
DAY = timedelta(days=1)


def passes_of(month: date, known: datetime) -> pl.DataFrame:
    """PASSES of a month on all segments, as known at a moment."""
    segments = list(Segment.objects.order_by("code"))
    begin, end = day_start(month), day_start(next_month(month))
    rules = rules_on(month)
    sand = dust_between(begin, end)

    def make() -> pl.DataFrame:
        return _passes(segments, sand, begin, end, known, rules)

    made_of = _made_of(month, known, segments, sand, rules)
    return make() if made_of is None else kept(archive().root / KEPT, f"{month:%Y-%m}", made_of, make)


Sand = Sequence[Dusty]


def _made_of(
    month: date, known: datetime, segments: Sequence[Segment], sand: Sand, rules: Rules
) -> object | None:
    """All that the passes of a month that is over depend on; None while it runs or when the archive holds later news of it than `known`."""
    begin, end = day_start(month), day_start(next_month(month))
    tables = (archive().observations.parts, archive().ambient.parts)
    parts = [p for t in tables for p in touching(t.listed(), begin - DAY, end)]
    if end > known or not all_known(parts, known):
        return None
    about = [(s.pk, s.geometry, s.weather_site, s.region_id) for s in segments]
    return METHOD, names(parts), about, sand, rules


def _passes(
    segments: Sequence[Segment], sand: Sand, begin: datetime, end: datetime, known: datetime, rules: Rules
) -> pl.DataFrame:
    """Points of runs, put on segments that are there, with the weather of their hour."""
    points = points_between(begin, end, known)
    if points.is_empty() or not segments:
        return pl.DataFrame(schema=PASSES)
    net = net_of({s.pk: s.geometry for s in segments if s.geometry})
    number, _far = matched(net, points["lon"].to_numpy(), points["lat"].to_numpy(), rules.within)
    keys = pl.Series("segment", np.array([*net.keys, None], dtype=object)[number], dtype=pl.String)
    on_net = points.with_columns(keys).filter(pl.col("segment").is_not_null())
    return passes(_with_weather(on_net, segments, sand, begin, end, known, rules), rules)


def _with_weather(
    points: pl.DataFrame,
    segments: Sequence[Segment],
    sand: Sand,
    begin: datetime,
    end: datetime,
    known: datetime,
    rules: Rules,
) -> pl.DataFrame:
    """With `weather`: the state of the hour at the station of the segment."""
    hours = weather_between({s.weather_site for s in segments} - {""}, begin - DAY, end, known)
    about = pl.DataFrame(
        [(s.pk, s.weather_site, s.region_id) for s in segments], ["segment", "site", "region"], orient="row"
    )
    table = points.join(about, on="segment", how="left").with_columns(hour=pl.col("start").dt.truncate("1h"))
    parts = [pl.DataFrame(schema={**STATES, "region": pl.String()})]
    for region in about["region"].unique().to_list():
        dusty = [(period.since, period.until) for period in sand if region.startswith(period.place)]
        parts.append(states(hours, dusty, rules).with_columns(region=pl.lit(region)))
    known_states = pl.concat(parts).rename({"start": "hour"})
    return table.join(known_states, on=["site", "region", "hour"], how="left")


def points_between(begin: datetime, end: datetime, known: datetime) -> pl.DataFrame:
    """POINTS of all runs in [begin, end)."""
    asked = Asked(None, list(COLUMN_OF), ["realtime"], begin, end, known)
    rows = archive().observations.read(asked, ("site", "quantity", "start", "value")).collect()
    moving = rows.filter(pl.col("quantity") == LON)["site"].unique()
    rows = rows.filter(pl.col("site").is_in(moving.implode()))
    value = pl.col("value")
    columns = [
        value.filter(pl.col("quantity") == code).last().alias(name) for code, name in COLUMN_OF.items()
    ]
    wide = rows.group_by(pl.col("site").alias("vehicle"), "start").agg(columns)
    return wide.select(list(POINTS)).cast(POINTS)


def work_between(segments: Collection[str], begin: datetime, end: datetime, known: datetime) -> pl.DataFrame:
    """WORK on some segments in [begin, end), by time."""
    codes = {f"road-{m}{s}": (m, c) for m in METHODS for s, c in ((AREA, "area"), (WORK_SPEED, "speed"))}
    if not segments:
        return pl.DataFrame(schema=WORK)
    asked = Asked(list(segments), list(codes), ["realtime"], begin, end, known)
    rows = archive().observations.read(asked, ("site", "quantity", "start", "value")).collect()
    named = rows.with_columns(
        method=pl.col("quantity").replace_strict(
            {c: m for c, (m, _n) in codes.items()}, return_dtype=pl.String
        ),
        column=pl.col("quantity").replace_strict(
            {c: n for c, (_m, n) in codes.items()}, return_dtype=pl.String
        ),
    )
    columns = [pl.col("value").filter(pl.col("column") == c).last().alias(c) for c in ("area", "speed")]
    wide = named.group_by(pl.col("site").alias("segment"), "start", "method").agg(columns)
    return wide.select(list(WORK)).cast(WORK).sort("start", "segment", "method")


def weather_between(sites: Collection[str], begin: datetime, end: datetime, known: datetime) -> pl.DataFrame:
    """HOURS of stations in [begin, end): of observations, and where they say nothing of the hours of ambient air."""
    if not sites:
        return pl.DataFrame(schema=HOURS)
    asked = Asked(list(sites), list(WEATHER_OF), ["hour"], begin, end, known)
    rows = (
        archive()
        .observations.read(asked, ("site", "quantity", "start", "value", "flag"))
        .collect()
        .filter(measured())
    )
    value = pl.col("value")
    columns = [
        value.filter(pl.col("quantity") == code).last().alias(name) for code, name in WEATHER_OF.items()
    ]
    own = rows.group_by("site", "start").agg(columns)
    there = ("site", "start", "temp", "dewp", "wspm", "rain")
    air = archive().ambient.as_of(known, sites=list(sites), start=begin, end=end, columns=there).collect()
    theirs = air.select(
        "site",
        "start",
        humidity=humidity(pl.col("temp"), pl.col("dewp")),
        wind=pl.col("wspm"),
        rain=pl.col("rain"),
        temp=pl.col("temp"),
    )
    both = pl.concat([theirs.cast(HOURS), own.select(list(HOURS)).cast(HOURS)])
    return (
        both.group_by("site", "start")
        .agg(pl.all().drop_nulls().last())
        .select(list(HOURS))
        .sort("site", "start")
    )
