"""A city with real hours: January and February 2019 of Yangquan and its neighbours, from the practice city's data."""

import csv
import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.archive import Archive
from bihuan.domain.statistics import city_days, daily_values
from bihuan.domain.timeaxis import starts_from_labels
from bihuan.pipeline.files import import_files
from bihuan.practice.city import data_file
from bihuan.registry.models import Region, Site

UNTIL = datetime(2019, 3, 1)  # noqa: DTZ001 - a naive label, as files have it
MORNING = datetime(2019, 2, 25, 1, 0, tzinfo=UTC)
"""2019-02-25 09:00 in China."""
NAMES = {"130100": "石家庄市", "130400": "邯郸市", "140100": "太原市", "140900": "忻州市"}


def table(name: str) -> pl.DataFrame:
    """Hours of the packed file up to the end of February, as delivered."""
    return pl.read_parquet(data_file(f"{name}_2019.parquet")).filter(pl.col("time") <= UNTIL)


def build_archive(folder: Path) -> Path:
    """An archive that has taken in both tables."""
    paths = []
    for name in ("yangquan", "neighbours"):
        paths.append(folder / f"{name}.parquet")
        table(name).write_parquet(paths[-1])
    archive = Archive(folder / "archive")
    reports = import_files(archive, paths, received=datetime(2019, 10, 1, tzinfo=UTC))
    assert not any(r.error for r in reports)
    return folder / "archive"


def build_sites() -> None:
    """The stations of the register, with their cities."""
    with data_file("sites.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        own = row["city"] == "140300"
        Region.objects.get_or_create(code=row["city"], defaults={"name": NAMES.get(row["city"], "")})
        Site.objects.create(
            code=row["code"], name=row["name"], rank="national", region_id=row["region"], city_id=row["city"],
            lon=float(row["lon"]), lat=float(row["lat"]), evaluated=own, neighbour=not own,
        )  # fmt: skip


@dataclass
class Measured:
    """The folder of the installation; the clock stands where a test puts it."""

    folder: Path

    @classmethod
    def of(cls, archive: Path, folder: Path) -> "Measured":
        """Copy the archive into a test's own folder and stop the clock."""
        shutil.copytree(archive, folder / "archive")
        build_sites()
        made = cls(folder)
        made.at(MORNING)
        return made

    def at(self, moment: datetime) -> None:
        """Stop the clock at a moment."""
        clock.set_replay(moment, 0)


def city_of_january() -> pl.DataFrame:
    """The city's days of January, by the domain's functions, straight from the packed file."""
    hours = table("yangquan").with_columns(start=starts_from_labels("time"), **_inside())
    days = daily_values(hours)
    january = days.filter(pl.col("date").is_between(date(2019, 1, 1), date(2019, 1, 31)))
    return city_days(january)


def _inside() -> dict[str, pl.Expr]:
    labels = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3"}
    return {name: pl.col(label).cast(pl.Float64) for name, label in labels.items()}


def city_means(item: str) -> dict[date, float]:
    """Plain Python, no code of Bihuan: day -> mean of the stations' 24 h means (20 of 24 hours, 4 of 5 stations)."""
    hours: dict[tuple[str, date], list[float]] = defaultdict(list)
    for site, time, value in table("yangquan").select("site", "time", item).iter_rows():
        if value is not None:
            hours[site, (time - timedelta(hours=1)).date()].append(value)
    stations: dict[date, list[float]] = defaultdict(list)
    for (_, day), values in hours.items():
        if len(values) >= 20:
            stations[day].append(sum(values) / len(values))
    return {day: sum(v) / len(v) for day, v in stations.items() if len(v) >= 4}


def cells(html: str, key: str) -> list[str]:
    """Texts of the cells of a place's row."""
    import re

    row = re.search(rf'<tr data-key="{re.escape(key)}">(.*?)</tr>', html, re.S)
    assert row, f"no row of {key}"
    found = re.findall(r"<td[^>]*>(.*?)</td>", row.group(1), re.S)
    return [re.sub(r"<[^>]+>", "", c).strip() for c in found]


def leaves(value: Any) -> list[Any]:
    """Every plain value inside dicts, lists, tuples and objects."""
    if isinstance(value, dict):
        return [x for v in value.values() for x in leaves(v)]
    if isinstance(value, list | tuple):
        return [x for v in value for x in leaves(v)]
    return [value]
