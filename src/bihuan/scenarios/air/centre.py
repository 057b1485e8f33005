"""The city's air as the centre's page shows it, the same for everybody: now, and each station's day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.domain.standards import level_of
from bihuan.domain.timeaxis import HOUR
from bihuan.kit import air
from bihuan.kit.ages import age_text
from bihuan.kit.runs import forecasts, load_run
from bihuan.kit.shared import Shared, moment
from bihuan.registry.access import Asked, visible
from bihuan.registry.city import evaluated_city
from bihuan.registry.forecast_places import place_key
from bihuan.registry.models import Person, Region, Site


@dataclass(frozen=True)
class CityAir:
    """stations: what is shown of each, by code."""

    present: dict[str, Any] | None
    stations: dict[str, dict[str, Any]]
    city: Region | None


_shared = Shared[CityAir]()


def panel(request: Asked) -> dict[str, Any]:
    """The city now, and its stations as far as the person may see them."""
    shared = city_air(clock.now())
    return {
        "present": shared.present,
        "stations": station_rows(request.user, shared),
        "evaluated": len(shared.stations),
        "city": shared.city,
    }


def station_rows(person: Person, shared: CityAir) -> list[dict[str, Any]]:
    """Evaluation stations that the person may see, worst first; those without an index come last."""
    sites = visible(Site.objects.filter(evaluated=True).select_related("region"), person)
    rows = [{"site": site, **shared.stations[site.code]} for site in sites if site.code in shared.stations]
    return sorted(rows, key=lambda r: (r["aqi"] is None, -(r["aqi"] or 0)))


def city_air(now: datetime) -> CityAir:
    """The air of this minute."""
    shown = air.evaluated()
    issued = forecasts().runs(now, limit=1)
    return _shared.get((moment(shown, now), *issued), lambda: _city_air(shown, now))


def _city_air(shown: list[str], now: datetime) -> CityAir:
    """The city by all stations that were there in the last days; of each, the line of those that are there now."""
    frame = air.last_hours(now)
    region = evaluated_city()
    place = place_key()
    return CityAir(present(air.last_city_hours(now), place, now), station_lines(shown, frame, now), region)


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
