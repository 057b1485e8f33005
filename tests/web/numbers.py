"""What the numbers of pages are held against: plain Python over the packed file, and forecasts that always say the same."""

from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.test import Client

from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.timeaxis import CST, INSTANT
from tests.people import City
from tests.web.measured import MORNING, table

CITY, SITE, HOUR = "city:140300", "1738A", timedelta(hours=1)

NOW = MORNING + timedelta(minutes=45)

FAN = {"q05": 50.0, "q10": 60.0, "q25": 80.0, "q50": 100.0, "q75": 120.0, "q90": 140.0, "q95": 150.0}

CHANCES = {"p1": 0.0, "p2": 0.3, "p3": 0.7, "p4": 0.0, "p5": 0.0, "p6": 0.0}


def freeze(folder: Path, issued: datetime, middle: float = 100.0) -> str:
    """A run of 72 hours and three days for the city and a station, whose middle is always the same."""
    fan = {**FAN, "q50": middle}
    keys = [(place, item) for place in (CITY, SITE) for item in ("aqi", "pm25")]
    hours = [
        {"site": s, "item": i, "issued": issued, "start": issued + k * HOUR, "lead": k + 1, "mean": middle, **fan}
        for s, i in keys
        for k in range(72)
    ]  # fmt: skip
    first = issued.astimezone(CST).date()
    days = [
        {"site": s, "item": i, "issued": issued, "date": first + timedelta(days=n), "mean": middle, **fan, **CHANCES}
        for s, i in keys
        for n in range(3)
    ]  # fmt: skip
    members = [{"site": CITY, "member": 0, "date": first, "primary": "PM2.5"}]
    return ForecastStore(folder).freeze(
        pl.DataFrame(hours, schema_overrides={"issued": INSTANT, "start": INSTANT}),
        pl.DataFrame(days, schema_overrides={"issued": INSTANT}),
        pl.DataFrame(members),
        {"issued": issued, "model": "made", "fitted_on": [issued], "validation": {}},
    )


def client_of(city: City, role: str = "dispatcher", region: str = "140300") -> Client:
    client = Client()
    client.force_login(city.person(role, region))
    return client


def city_hours(item: str) -> dict[int, float]:
    """Plain Python: END of the hour in ms -> mean of the stations, where at least four of five have a value."""
    found: dict[datetime, list[float]] = defaultdict(list)
    for time, value in table("yangquan").select("time", item).iter_rows():
        if value is not None:
            found[time].append(float(value))
    return {
        int(t.replace(tzinfo=CST).timestamp() * 1000): sum(v) / len(v)
        for t, v in found.items()
        if len(v) >= 4
    }


def site_hours(item: str, code: str = SITE) -> dict[int, float]:
    rows = table("yangquan").filter(pl.col("site") == code).select("time", item).iter_rows()
    return {int(t.replace(tzinfo=CST).timestamp() * 1000): float(v) for t, v in rows if v is not None}


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def line(spec: dict[str, Any], number: int = 0) -> dict[int, float | None]:
    found = spec["series"][number]
    return dict(zip(found["times"], found["data"], strict=True))


def on_map(client: Client, layer: str, **asked: Any) -> list[dict[str, Any]]:
    """What each object of a layer says of itself."""
    answer = client.get(f"/map/layers/{layer}.json", asked)
    assert answer.status_code == 200
    return [feature["properties"] for feature in answer.json()["features"]]


def stations(client: Client, **asked: Any) -> dict[str, dict[str, Any]]:
    return {s["url"].split("/")[2]: s for s in on_map(client, "stations", **asked)}
