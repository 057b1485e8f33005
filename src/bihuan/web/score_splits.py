"""Ours against persistence by season, by kind of weather and by the level of the day, with intervals."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from bihuan.domain.standards import levels
from bihuan.domain.timeaxis import local_date
from bihuan.domain.verification.bootstrap import difference
from bihuan.domain.verification.kinds import HUMIDITIES
from bihuan.domain.verification.kinds import KINDS as WEATHERS
from bihuan.domain.verification.pairs import heating, season
from bihuan.web import scores
from bihuan.web.score_tables import MAIN, SQUARE, Rows, of_items, verdict
from bihuan.web.scores import Gathered

SEASONS = {
    "winter": "冬", "spring": "春", "summer": "夏", "autumn": "秋", "heating": "采暖期", "no_heating": "非采暖期",
}  # fmt: skip
SORTS = {"weather": "风与降水", "humidity": "湿度", "level": "当日空气质量"}
KINDS = {
    "rain": "降水", "calm": "静风", "windy": "有风", "moderate": "弱风", "humid": "潮湿", "middle": "适中", "dry": "干燥",
} | {str(level.level): level.category for level in levels()}  # fmt: skip
ORDER = (*WEATHERS, *HUMIDITIES, *(str(level.level) for level in levels()))


def _against(pairs: pl.DataFrame, by: Sequence[str]) -> Rows:
    """Rows of each group, sorted by `by`: groups in the order of the labels, lead blocks as they follow."""
    table = difference(pairs, "ours", "persistence", SQUARE, list(by), root=True)
    return [{**r, "verdict": verdict(r)} for r in table.to_dicts()]


def by_season(place: str, months: Sequence[str]) -> Rows:
    """By item, season (of the year, and with or without heating) and lead block over the runs of all months given."""
    found = [g.hours for g in (scores.gathered(place, scores.month_span(m)) for m in months) if g]
    if not found:
        return []
    pairs = of_items(pl.concat(found), MAIN)
    parts = [pairs.with_columns(season=part) for part in (season(), heating())]
    rows = [r for part in parts for r in _against(part, ["item", "season", "block"])]
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
    kinds = pairs.join(scores.kinds_of(g), on="start", how="left").join(of_days, on="date", how="left")
    found: Rows = []
    for sort in SORTS:
        rows = _against(kinds.drop_nulls(sort).with_columns(kind=sort), ["kind", "block"])
        rows.sort(key=lambda r: (ORDER.index(r["kind"]), r["block"]))
        found += [_named(r, sort) for r in rows]
    return found


def _named(row: dict[str, Any], sort: str) -> dict[str, Any]:
    return {**row, "sort": SORTS[sort], "kind": KINDS[row["kind"]]}
