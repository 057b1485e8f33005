"""What the desk shows of a run at a place: which run, why it says what it says, similar days, versions."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.http import Http404

from bihuan import clock
from bihuan.archive.forecasts import STAMP, ForecastStore, Run
from bihuan.domain.forecast import analogues
from bihuan.domain.forecast.analogues import Analogues
from bihuan.domain.forecast.why_parts import GROUPS
from bihuan.registry.forecast_places import Place, places_of
from bihuan.registry.models import Person
from bihuan.scenarios.forecast_desk import phrases, run_cache
from bihuan.scenarios.forecast_desk.actions import bulletins_seen
from bihuan.scenarios.forecast_desk.models import Bulletin
from bihuan.scenarios.forecast_desk.other_forecasts import earlier_run

ALIKE = {"very": "很相似", "quite": "相似", "somewhat": "有些相似", "hardly": "不太相似"}
BACK = timedelta(hours=72)
RUNS, VERSIONS = 30, 20


def store() -> ForecastStore:
    """The frozen runs."""
    return ForecastStore(Path(settings.DATA_DIR))


def asked(person: Person, said: Mapping[str, str]) -> tuple[Place | None, Run | None, list[Place]]:
    """The place and run asked for (default: the first place, the newest run), and the places to choose from."""
    places = places_of(person)
    key = said.get("place", "")
    place = next((p for p in places if p.key == key), places[0] if places else None)
    return place, run_of(said.get("run", "")), places


def run_times(now: datetime) -> list[tuple[str, datetime]]:
    """Ids of the newest runs with their issue, latest first."""
    ids = store().runs(now, limit=RUNS)
    return [(r, datetime.strptime(r.split("-")[0], STAMP).replace(tzinfo=UTC)) for r in ids]


def run_of(run_id: str) -> Run | None:
    """The run of an id, or the newest one; never one that was issued after now. Raises Http404 for an unknown id."""
    ids = store().runs(clock.now(), limit=None if run_id else 1)
    if run_id and run_id not in ids:
        raise Http404
    return store().load(run_id or ids[0]) if ids else None


def similar(run: Run, place: str) -> list[dict[str, Any]]:
    """The similar days with the AQI of the days that followed."""
    days, followed = (run_cache.part(run.run_id, name, place) for name in ("days", "followed"))
    if days is None or followed is None or days.is_empty():
        return []
    after = analogues.following_days(Analogues(days.drop("site"), followed.drop("site")))
    found = []
    for row in days.sort("rank").iter_rows(named=True):
        mine = {r["ahead"]: r for r in after.filter(pl.col("rank") == row["rank"]).iter_rows(named=True)}
        found.append({**row, "alike": ALIKE[row["alike"]], "after": [mine.get(k) for k in range(1, 7)]})
    return found


def reasons(run: Run, place: str, item: str) -> list[dict[str, Any]]:
    """A row per group: what it moves in each block of leads and since the run before, with the width of its bar [%]."""
    table = phrases.explanation(run.run_id, place, item)
    if table is None or table.is_empty():
        return []
    columns = [phrases.block(table, a, b) for a, b in phrases.BLOCKS]
    columns.append(phrases.difference(table, earlier_run(run.run_id, store()), place, item))
    largest = (
        max(
            (abs(c[g]) for c in columns if c for g in ("usual", *GROUPS) if g != "usual" or c is columns[-1]),
            default=1.0,
        )
        or 1.0
    )
    rows = []
    for group in ("usual", *GROUPS):
        cells = [_bar(c, group, largest, whole=c is not columns[-1]) for c in columns]
        if any(c and abs(c["value"]) >= 0.005 * largest for c in cells):
            rows.append({"name": phrases.GROUP_NAMES[group], "cells": cells, "base": group == "usual"})
    ends = [("mean", "mean", "after")[k] for k in range(3)]
    total = [
        None if c is None else {"value": c[e], "moved": _moved(c)} for c, e in zip(columns, ends, strict=True)
    ]
    return [*rows, {"name": "", "cells": total, "total": True}]


def _moved(column: dict[str, Any]) -> float:
    first, last = ("before", "after") if "after" in column else ("usual", "mean")
    return float(column[last] - column[first])


def _bar(column: dict[str, Any] | None, group: str, largest: float, *, whole: bool) -> dict[str, Any] | None:
    if column is None:
        return None
    value = float(column[group])
    plain = group == "usual" and whole
    return {
        "value": value,
        "plain": plain,
        "width": 0 if plain else round(100 * min(abs(value) / largest, 1)),
        "up": value > 0,
    }


def versions(person: Person, place: str) -> list[Bulletin]:
    """The versions of a place that a person may see, newest first."""
    return list(bulletins_seen(person).filter(place=place)[:VERSIONS])
