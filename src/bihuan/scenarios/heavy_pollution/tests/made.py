"""Forecast runs and measured hours written out by hand."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan.archive import Archive
from bihuan.archive.forecasts import Run
from bihuan.domain.standards import level_of
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.scenarios.heavy_pollution.tests.world import World

CITY = "city:140300"
PATHS = 10


def members(first: date, paths: Sequence[Sequence[int]], *, site: str = CITY, **more: Any) -> pl.DataFrame:
    """Paths of a place: daily AQI from a day on; PM2.5 is primary, with three quarters of PM10, unless `more` says else."""
    said = {"primary": "PM2.5", "pm25": 150.0, "pm10": 200.0, "o3_8h": 60.0} | more
    rows = [
        {
            "site": site,
            "member": m,
            "date": first + timedelta(days=k),
            "aqi": aqi,
            "level": level_of(aqi).level,
            **said,
        }
        for m, days in enumerate(paths)
        for k, aqi in enumerate(days)
    ]
    return pl.DataFrame(rows)


def run_with(issued: datetime, *tables: pl.DataFrame) -> Run:
    """A frozen run of these paths."""
    held = pl.concat(tables)
    aqi = pl.col("aqi").cast(pl.Float64)
    quantiles = [aqi.quantile(q / 100, "linear").alias(f"q{q:02d}") for q in (5, 10, 25, 50, 75, 90, 95)]
    chances = [(pl.col("level") == k).mean().alias(f"p{k}") for k in range(1, 7)]
    days = held.group_by("site", "date").agg(aqi.mean().alias("mean"), *quantiles, *chances)
    days = days.with_columns(item=pl.lit("aqi")).sort("site", "date")
    return Run(f"{issued:%Y%m%dT%H%M%SZ}-made", issued, pl.DataFrame(), days, held, {"issued": issued})


def some(n: int, days: Sequence[int], rest: Sequence[int]) -> list[Sequence[int]]:
    """`n` of ten paths say `days`, the others `rest`."""
    return [days] * n + [rest] * (PATHS - n)


def measure(world: World, values: dict[str, dict[datetime, float | None]], *, without: str = "") -> None:
    """Hours of stations in the archive: PM2.5 as given by the end of the hour in China, the others low; one item left out."""
    others = {"PM10": 100, "SO2": 20, "NO2": 40, "CO": 1, "O3": 50}
    lines = ["site,time,PM2.5," + ",".join(others)]
    for site, hours in values.items():
        for end, value in hours.items():
            shown = ",".join("" if k == without else str(v) for k, v in others.items())
            lines.append(
                f"{site},{end.astimezone(CST):%Y-%m-%d %H:%M},{'' if value is None else value},{shown}"
            )
    if len(lines) == 1:
        return
    path = Path(world.folder) / "measured.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (report,) = import_files(Archive(world.folder / "archive"), [path], received=world.at)
    assert report.error == ""


def at(day: int, hour: int = 0, *, month: int = 2, year: int = 2019) -> datetime:
    """A moment by the clocks of China."""
    return datetime(year, month, day, hour, tzinfo=CST).astimezone(UTC)


def signed_in(client: Client, world: World, role: str = "dispatcher", region: str = "140300") -> Client:
    """The client, signed in as somebody."""
    client.force_login(world.person(role, region), backend="django.contrib.auth.backends.ModelBackend")
    return client


def sheets(client: Client, **query: str) -> dict[str, list[dict[str, Any]]]:
    """The workbook of the page: sheet -> rows; under `""` the sentence of each."""
    content = client.get(reverse("heavy_pollution:index"), {"as": "xlsx", **query}).content
    found: dict[str, list[dict[str, Any]]] = {"": []}
    for s in load_workbook(io.BytesIO(content)):
        first, *rest = list(s.iter_rows(values_only=True)) or [("",)]
        found[""].append({"sheet": s.title, "sentence": str(first[0] or "")})
        head, rows = (rest[0], rest[1:]) if rest else ((), [])
        found[s.title] = [dict(zip(head, row, strict=True)) for row in rows]
    return found
