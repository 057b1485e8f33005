"""Ours against persistence by month and season, by kind of weather and by the level of the day, with intervals."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl
from django.conf import settings

from bihuan.domain.standards import levels
from bihuan.domain.timeaxis import local_date
from bihuan.domain.verification.bootstrap import compared, daily_losses, difference
from bihuan.domain.verification.kinds import HUMIDITIES
from bihuan.domain.verification.kinds import KINDS as WEATHERS
from bihuan.domain.verification.pairs import heating, season
from bihuan.scenarios.forecast.scores import gathering
from bihuan.scenarios.forecast.scores.gathering import Gathered
from bihuan.scenarios.forecast.scores.tables import MAIN, SQUARE, Rows, intervals, of_items, verdict

SEASONS = {
    "winter": "冬", "spring": "春", "summer": "夏", "autumn": "秋", "heating": "采暖期", "no_heating": "非采暖期",
}  # fmt: skip
SORTS = {"weather": "风与降水", "humidity": "湿度", "level": "当日空气质量"}
KINDS = {
    "rain": "降水", "calm": "静风", "windy": "有风", "moderate": "弱风", "humid": "潮湿", "middle": "适中", "dry": "干燥",
} | {str(level.level): level.category for level in levels()}  # fmt: skip
ORDER = (*WEATHERS, *HUMIDITIES, *(str(level.level) for level in levels()))


class Month(NamedTuple):
    """A month in small: daily losses of ours and persistence by item and lead block, and which share the 90 % interval held."""

    losses: pl.DataFrame
    inside: dict[str, float]


def _months(place: str, months: Sequence[str]) -> dict[str, Month]:
    """The months in which something was issued for the place."""
    spans = [gathering.month_span(m) for m in months]
    found = {
        s.key: _month(str(settings.DATA_DIR), place, s.key, gathering.runs_of(s), gathering.settled(s))
        for s in spans
    }
    return {key: month for key, month in found.items() if month is not None}


@lru_cache(maxsize=96)
def _month(root: str, place: str, key: str, runs: tuple[str, ...], state: gathering.State) -> Month | None:
    g = gathering.gathered(place, gathering.month_span(key))
    if g is None:
        return None
    losses = daily_losses(of_items(g.hours, MAIN), "ours", "persistence", SQUARE, ["item", "block"])
    return Month(losses, {r["block"]: r["inside"] for r in intervals(g, ("pm25",))})


def _worded(table: pl.DataFrame) -> Rows:
    return [{**r, "verdict": verdict(r)} for r in table.to_dicts()]


def by_month(place: str, months: Sequence[str]) -> Rows:
    """PM2.5 against persistence by month and lead block, and which share the 90 % interval held."""
    return [
        {**r, "month": key, "inside": month.inside.get(r["block"])}
        for key, month in _months(place, months).items()
        for r in _worded(compared(month.losses.filter(item="pm25"), ["block"], root=True))
    ]


def by_season(place: str, months: Sequence[str]) -> Rows:
    """By item, season (of the year, and with or without heating) and lead block over the runs of all months given."""
    found = [month.losses for month in _months(place, months).values()]
    if not found:
        return []
    losses, day = pl.concat(found), pl.col("day")
    parts = [losses.with_columns(season=part) for part in (season(day), heating(day))]
    rows = [r for p in parts for r in _worded(compared(p, ["item", "season", "block"], root=True))]
    place_of = list(SEASONS).index
    rows.sort(key=lambda r: (MAIN.index(r["item"]), place_of(r["season"]), r["block"]))
    return [{**r, "season": SEASONS[r["season"]]} for r in rows]


def by_weather(g: Gathered) -> Rows:
    """PM2.5 by what was measured at the target hour: wind and rain, humidity, and the level of the day's AQI.

    Without measured weather only the levels are left. A level is known afterwards: scores of one level say how the
    method does on such days, not how often such a day was forecast rightly.
    """
    pairs = of_items(g.hours, ("pm25",)).with_columns(date=local_date("start"))
    of_days = g.published.select("date", level=pl.col("level").cast(pl.String))
    kinds = pairs.join(gathering.kinds_of(g), on="start", how="left").join(of_days, on="date", how="left")
    found: Rows = []
    for sort in SORTS:
        mine = kinds.drop_nulls(sort).with_columns(kind=sort)
        rows = _worded(difference(mine, "ours", "persistence", SQUARE, ["kind", "block"], root=True))
        rows.sort(key=lambda r: (ORDER.index(r["kind"]), r["block"]))
        found += [_named(r, sort) for r in rows]
    return found


def _named(row: dict[str, Any], sort: str) -> dict[str, Any]:
    return {**row, "sort": SORTS[sort], "kind": KINDS[row["kind"]]}
