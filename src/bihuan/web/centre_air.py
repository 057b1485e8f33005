"""The city's air as the centre's page shows it, the same for everybody: now, each station's day, the forecast and its score."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.standards import level_of
from bihuan.kit import air
from bihuan.kit.ages import age_text
from bihuan.kit.runs import forecasts, load_run, newest_run
from bihuan.kit.shared import Shared, moment
from bihuan.kit.shown import level_name
from bihuan.registry.city import evaluated_city
from bihuan.registry.forecast_places import place_key
from bihuan.registry.models import Region

HOUR = timedelta(hours=1)
BACK = timedelta(hours=72)


@dataclass(frozen=True)
class CityAir:
    """stations: what is shown of each, by code."""

    present: dict[str, Any] | None
    stations: dict[str, dict[str, Any]]
    days: list[dict[str, Any]]
    score: dict[str, Any] | None
    city: Region | None


_shared = Shared[CityAir]()


def city_air(now: datetime) -> CityAir:
    """The air of this minute."""
    start = air.whole_hour(now) - BACK - HOUR
    codes, shown = air.evaluated(start), air.evaluated()
    issued = forecasts().runs(now, limit=1)
    return _shared.get((moment(codes, now), *shown, *issued), lambda: _city_air(codes, shown, start, now))


def _city_air(codes: list[str], shown: list[str], start: datetime, now: datetime) -> CityAir:
    """The city by all stations that were there since the start; of each, the line of those that are there now."""
    frame = air.hours(codes, start)
    region = evaluated_city()
    place = place_key()
    city = air.city(frame) if frame.height else frame
    return CityAir(
        present(city, place, now),
        station_lines(shown, frame, now),
        day_rows(place),
        yesterday_score(city, place, now),
        region,
    )


def present(city: pl.DataFrame, place: str, now: datetime) -> dict[str, Any] | None:
    """The city now: index, level, primary item, trend, what the last forecast said of this hour."""
    rows = air.arrived(city) if city.height else city
    if not rows.height:
        return None
    last = rows.row(-1, named=True)
    item = {"PM2.5": "pm25", "PM10": "pm10", "O3": "o3", "NO2": "no2", "SO2": "so2", "CO": "co"}.get(
        (last["primary"] or "PM2.5").split(",")[0], "pm25"
    )
    before = {r["start"]: r[item] for r in rows.iter_rows(named=True)}
    return {
        "start": last["start"],
        "aqi": last["aqi"],
        "level": level_of(last["aqi"]).level if last["aqi"] is not None else None,
        "lacking": air.lacking(last["missing"]),
        "primary": last["primary"],
        "item": item,
        "value": last[item],
        "trend": _difference(last[item], before.get(last["start"] - 3 * HOUR)),
        "yesterday": _difference(last[item], before.get(last["start"] - 24 * HOUR)),
        "said": _said(place, item, last["start"]),
        "age": age_text(now - last["start"] - HOUR),
        "stale": now - last["start"] - HOUR > air.STALE_AFTER,
    }


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _said(place: str, item: str, start: datetime) -> dict[str, float] | None:
    """What the last run issued before this hour said of it."""
    for run_id in forecasts().runs(start, limit=1):
        rows = load_run(run_id).hours.filter(
            (pl.col("site") == place) & (pl.col("item") == item) & (pl.col("start") == start)
        )
        return rows.row(0, named=True) if rows.height else None
    return None


def station_lines(codes: list[str], frame: pl.DataFrame, now: datetime) -> dict[str, dict[str, Any]]:
    """Of each station its index, what it lacks, its age and a day's line."""
    end = air.whole_hour(now)
    own = air.indexed(frame).partition_by("site", as_dict=True)
    nothing = air.indexed(frame.clear())
    return {code: _station_line(own.get((code,), nothing), end, now) for code in codes}


def _station_line(own: pl.DataFrame, end: datetime, now: datetime) -> dict[str, Any]:
    day = air.full_axis(own, end - 24 * HOUR, end)
    last = air.arrived(own)
    newest = last.row(-1, named=True) if last.height else None
    age = now - newest["start"] - HOUR if newest else None
    return {
        "aqi": newest["aqi"] if newest and age is not None and age <= timedelta(hours=24) else None,
        "lacking": air.lacking(newest["missing"]) if newest and newest["aqi"] is None else "",
        "age": age_text(age) if age is not None else None,
        "stale": age is None or age > air.STALE_AFTER,
        "line": day["aqi"].to_list(),
    }


def day_rows(place: str) -> list[dict[str, Any]]:
    """Days of the newest forecast for the city: range, chances by level, primary item."""
    run = newest_run()
    if run is None:
        return []
    aqi = run.days.filter((pl.col("site") == place) & (pl.col("item") == "aqi")).sort("date")
    primary = (
        run.members.filter(pl.col("site") == place)
        .group_by("date", "primary")
        .len()
        .sort("len", descending=True)
        .unique("date", keep="first")
    )
    names = dict(primary.select("date", "primary").iter_rows())
    rows = []
    for r in aqi.iter_rows(named=True):
        chances = [(k, r[f"p{k}"]) for k in range(1, 7)]
        said = _("、").join(
            f"{level_name(k)} {p:.0%}" for k, p in sorted(chances, key=lambda c: -c[1])[:2] if p >= 0.05
        )
        rows.append(
            {
                **r,
                "chances": [(k, p, f"{p * 100:.1f}") for k, p in chances if p > 0],
                "said": said,
                "primary": names.get(r["date"], ""),
            }
        )
    return rows[:5]


def yesterday_score(city: pl.DataFrame, place: str, now: datetime) -> dict[str, Any] | None:
    """The forecast issued a day ago against what came: level hit and difference of PM2.5."""
    rows = city.drop_nulls("pm25") if city.height else city
    issued = forecasts().runs(now - 24 * HOUR, limit=1)
    if not rows.height or not issued:
        return None
    said = load_run(issued[0]).hours.filter(
        (pl.col("site") == place) & (pl.col("item") == "pm25") & (pl.col("lead") <= 24)
    )
    both = said.join(rows.select("start", "pm25"), on="start")
    if both.height < 12:
        return None
    inside = both.select(
        ((pl.col("pm25") >= pl.col("q05")) & (pl.col("pm25") <= pl.col("q95"))).mean()
    ).item()
    return {"bias": both.select((pl.col("mean") - pl.col("pm25")).mean()).item(), "inside": inside}
