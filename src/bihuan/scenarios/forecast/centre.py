"""What the centre shows of the days ahead, the same for everybody: the newest forecast, its line, how good yesterday's was."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.http import JsonResponse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.kit import air, charts
from bihuan.kit.runs import forecasts, load_run, newest_run
from bihuan.kit.shared import Shared, moment
from bihuan.kit.shown import level_name
from bihuan.registry.access import Asked
from bihuan.registry.forecast_places import place_key
from bihuan.scenarios import resolved_forecasts

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Ahead:
    """days: of the newest run. score: of the run of a day ago, None where too little of it has come."""

    days: list[dict[str, Any]]
    score: dict[str, Any] | None


_shared = Shared[Ahead]()


def ahead(now: datetime) -> Ahead:
    """The city's days ahead as of this minute."""
    codes = air.evaluated()
    issued = forecasts().runs(now, limit=1)
    return _shared.get((moment(codes, now), *issued), lambda: _ahead(now))


def _ahead(now: datetime) -> Ahead:
    place = place_key()
    return Ahead(day_rows(place), yesterday_score(air.last_city_hours(now), place, now))


def line_panel(request: Asked) -> dict[str, Any]:
    """The line from three days back to three days ahead; above it the days in words."""
    return {"days": ahead(clock.now()).days}


def days_panel(request: Asked) -> dict[str, Any]:
    """The days of the machine, above them what people published, below how good the machine was."""
    now = clock.now()
    found = ahead(now)
    return {
        "days": found.days,
        "score": found.score,
        "published": resolved_forecasts.published(place_key(), now),
    }


def timeline(request: Asked) -> JsonResponse:
    """72 h back, now, 72 h forward: the city's PM2.5 (or ?item=)."""
    now = clock.now()
    item = request.GET.get("item", "pm25")
    if item not in ITEM_NAMES:
        raise BadQuestion(
            _("没有因子 %(item)s；可选 %(items)s") % {"item": item[:40], "items": "、".join(ITEM_NAMES)}
        )
    end = air.whole_hour(now)
    frame = air.full_axis(air.last_city_hours(now), end - air.BACK, end)
    run = newest_run()
    fanned = charts.fan(run, place_key(), item) if run else None
    axis = charts.millis(frame["start"]) + (fanned[1]["times"] if fanned else [])
    spec = charts.panel(item, now, [charts.observed(frame, item, _("全市"))], fanned)
    return JsonResponse(
        {"now": int(now.timestamp() * 1000), "nowLabel": _("现在"), "times": axis, "panels": [spec]}
    )


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
    issued = forecasts().runs(now - DAY, limit=1)
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
