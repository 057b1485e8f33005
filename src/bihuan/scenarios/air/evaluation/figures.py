"""Every number of the daily brief, computed once; the sentences (texts.py) only spell them out.

A brief of day D reports the day before D, the running month and year until then, the 24 h before the brief, the
forecast known at its time, and the cases that the reader may see.
"""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.conf import settings

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.cases import statistics
from bihuan.domain.standards import SHOWN, edition_on, level_of, levels, missing_items
from bihuan.domain.statistics import published_days
from bihuan.domain.timeaxis import CST, day_start, label_of_start
from bihuan.registry.city import evaluated_city
from bihuan.registry.models import Person
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.air.evaluation import snapshot, tables
from bihuan.scenarios.air.evaluation import target as targets
from bihuan.scenarios.air.evaluation.places import Place, places
from bihuan.scenarios.air.evaluation.spans import Span, month_end
from bihuan.scenarios.resolved import banners_for

Figures = dict[str, Any]
DAY_VALUES = ("pm25", "pm10", "so2", "no2", "co", "o3_8h")
AHEAD = 3


def moment_of(day: date) -> datetime:
    """When the brief of a day speaks: now on that day, the end of the day afterwards."""
    return min(clock.now(), day_start(day + timedelta(days=1)))


def figures(day: date, person: Person) -> Figures:
    """All numbers of the brief of `day` for this reader. Parts without data are None or empty."""
    yesterday = day - timedelta(days=1)
    seen = places(person, yesterday)
    city = next((p for p in seen if p.kind == "city"), None)
    taken = snapshot.days_of(yesterday.year)
    moment = moment_of(day)
    found: Figures = {
        "day": day, "yesterday": yesterday, "moment": moment.astimezone(CST), "city_name": city.name if city else "",
        "standard": edition_on(yesterday), "city": None, "stations": [], "month": None, "year": None, "targets": [],
        "past": None, "warnings": _warnings(person, moment), "forecast": None, "published": None, "cases": _cases(person), "decimals": tables.day_decimals(yesterday),
    }  # fmt: skip
    if city is None:
        return found
    found["city"] = _day(taken.days, city.key, yesterday)
    found["stations"] = _stations(taken.days, [p for p in seen if p.kind == "station"], yesterday)
    found["month"] = _span(taken, city, yesterday.replace(day=1), month_end(yesterday), yesterday)
    found["year"] = _span(taken, city, date(yesterday.year, 1, 1), date(yesterday.year, 12, 31), yesterday)
    own = taken.days.filter(pl.col("site") == city.key)
    found["targets"] = [
        _rounded(p) for p in targets.progresses(evaluated_city(), yesterday.year, own, yesterday)
    ]
    found["past"] = _past(city.key, moment)
    found["forecast"] = _forecast(city.key, moment, day)
    found["published"] = _published(city.key, moment, day)
    return found


def _rounded(progress: dict[str, Any]) -> dict[str, Any]:
    return {k: round(v, 1) if isinstance(v, float) else v for k, v in progress.items()}


def _day(days: pl.DataFrame, key: str, day: date) -> Figures | None:
    """Published values of one place and day; None where no item is valid."""
    own = days.filter((pl.col("site") == key) & (pl.col("date") == day))
    rows = published_days(own, rules=SHOWN).with_columns(missing=missing_items())
    if rows.is_empty() or all(rows[v].item() is None for v in DAY_VALUES):
        return None
    row = rows.row(0, named=True)
    level = level_of(row["aqi"]) if row["aqi"] is not None else None
    primary = [p for p in (row["primary"] or "").split(",") if p]
    return {
        **{v: row[v] for v in DAY_VALUES},
        "aqi": row["aqi"],
        "missing": row["missing"],
        "level": level,
        "primary": [(p, row[_column(p)], "mg/m³" if p == "CO" else "µg/m³") for p in primary],
    }


def _column(label: str) -> str:
    return {"O3_8h": "o3_8h", "PM2.5": "pm25"}.get(label, label.lower())


def _stations(days: pl.DataFrame, stations: list[Place], day: date) -> list[Figures]:
    """Stations with their day, best first; equal AQI share a rank; those without an AQI come last without one."""
    rows = [
        {
            "name": p.name,
            **(_day(days, p.key, day) or dict.fromkeys((*DAY_VALUES, "aqi", "level", "primary", "missing"))),
        }
        for p in stations
    ]
    indices = [r["aqi"] for r in rows if r["aqi"] is not None]
    for row in rows:
        row["rank"] = None if row["aqi"] is None else 1 + sum(a < row["aqi"] for a in indices)
    return sorted(rows, key=lambda r: (r["rank"] is None, r["rank"] or 0))


def _span(taken: snapshot.Known, city: Place, first: date, asked: date, last: date) -> Figures | None:
    """The city's statistics of a running span, with last year's."""
    row = tables.span_rows(taken, [city], Span(first, last, asked), "auto")[0]
    values = row["values"]
    if values is None or not values["valid_days"]:
        return None
    wanted = (
        "pm25",
        "pm25_before",
        "pm25_change",
        "composite",
        "valid_days",
        "good_days",
        "good_ratio",
        "heavy_days",
    )
    return {"first": first, "last": last, "decimals": tables.decimals(last), **{k: values[k] for k in wanted}}


def _past(key: str, moment: datetime) -> Figures | None:
    """The 24 whole hours before the brief: range and mean of PM2.5, the highest real-time AQI."""
    end = moment.replace(minute=0, second=0, microsecond=0)
    rows = snapshot.hours_of_group(key, end - timedelta(hours=24), end).drop_nulls("pm25")
    if rows.is_empty():
        return None
    top, low = (rows.sort("pm25", descending=d).row(0, named=True) for d in (True, False))
    worst = rows.drop_nulls("aqi").sort("aqi", descending=True)
    return {
        "hours": rows.height,
        "until": label_of_start(rows["start"][-1]),
        "now": round(rows["pm25"][-1]),
        "mean": round(sum(rows["pm25"]) / rows.height),
        "highest": round(top["pm25"]),
        "highest_at": label_of_start(top["start"]),
        "lowest": round(low["pm25"]),
        "lowest_at": label_of_start(low["start"]),
        "aqi": worst["aqi"][0] if worst.height else None,
        "aqi_at": label_of_start(worst["start"][0]) if worst.height else None,
    }


def _forecast(key: str, moment: datetime, day: date) -> Figures | None:
    """The newest frozen run issued by then: range of AQI, most likely level and its chance, for three days from `day`."""
    run = ForecastStore(settings.DATA_DIR).latest(moment)
    if run is None:
        return None
    rows = run.days.filter((pl.col("site") == key) & (pl.col("date") >= day)).sort("date")
    days = [_forecast_day(rows, d) for d in rows["date"].unique().sort()[:AHEAD]]
    return {"issued": run.issued.astimezone(CST), "days": [d for d in days if d]}


def _published(key: str, moment: datetime, day: date) -> Figures | None:
    """What people had published by then, for three days from `day`; None when the machine spoke alone."""
    found = resolved_forecasts.published(key, moment)
    days = [d for d in found.days if d.date >= day][:AHEAD] if found else []
    if found is None or not days:
        return None
    named = {x.level: x for x in levels()}
    return {
        "made_by": found.made_by, "approved_by": found.approved_by, "at": found.at.astimezone(CST), "simulated": found.simulated,
        "days": [{"date": d.date, "low": round(d.low), "value": round(d.value), "high": round(d.high), "levels": [named[n] for n in d.levels], "primary": d.primary} for d in days],
    }  # fmt: skip


def _forecast_day(rows: pl.DataFrame, day: date) -> Figures | None:
    aqi = rows.filter((pl.col("date") == day) & (pl.col("item") == "aqi")).to_dicts()
    pm25 = rows.filter((pl.col("date") == day) & (pl.col("item") == "pm25")).to_dicts()
    if not aqi or aqi[0]["q50"] is None:
        return None
    chances = {k: aqi[0][f"p{k}"] or 0.0 for k in range(1, 7)}
    likely = max(chances, key=lambda k: chances[k])
    return {
        "date": day,
        "low": round(aqi[0]["q05"]),
        "high": round(aqi[0]["q95"]),
        "likely": next(x for x in levels() if x.level == likely),
        "chance": round(chances[likely] * 100),
        "heavy": round((chances[5] + chances[6]) * 100),
        "pm25": round(pm25[0]["q50"]) if pm25 and pm25[0]["q50"] is not None else None,
    }


def _warnings(person: Person, moment: datetime) -> list[Figures]:
    """The warnings in force at the moment of the brief."""
    return [
        {
            "title": b.title,
            "since": b.since.astimezone(CST),
            "until": b.until.astimezone(CST) if b.until else None,
        }
        for b in banners_for(person, moment)
    ]


def _cases(person: Person) -> Figures:
    """Open, overdue, due today and waiting to be verified, as they are now."""
    now = clock.now()
    count = statistics.counts(person, now)
    return {
        "at": now.astimezone(CST),
        "open": count.open,
        "overdue": count.overdue,
        "due_today": count.due_today,
        "to_verify": count.to_verify,
    }
