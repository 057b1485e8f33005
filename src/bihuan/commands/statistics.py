"""`bihuan statistics`: days, months and years of stations and cities from hourly values."""

import argparse
from pathlib import Path

import polars as pl

from bihuan.commands.file_work import add_files, finish, read_hours
from bihuan.commands.output import Output
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.statistics import city_days, daily_values, period_values, published_days
from bihuan.errors import NothingDone
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Unreadable
from bihuan.pipeline import given_tables

HELP = "days, months or years of stations or cities from a table of hourly values"
EXAMPLE = (
    "bihuan --data data export ambient --from 2019-01-01T01:00 --to 2019-02-01T00:00 --out hours.parquet\n"
    "  bihuan statistics hours.parquet --level city --period day --out days.csv"
)
VALUES = ("pm25", "pm10", "so2", "no2", "co", "o3_8h")
MONTH = ("pm25", "pm10", "so2", "no2", "co_95", "o3_8h_90")
YEAR = (*MONTH, "pm25_95", "pm10_95", "so2_98", "no2_98")
_SITE_COLUMNS = frozenset({"site", "station", "city"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_files(parser)
    parser.add_argument("--level", choices=("site", "city"), required=True)
    parser.add_argument("--period", choices=("day", "month", "year"), required=True)
    parser.add_argument(
        "--sites", type=Path, metavar="FILE", help="table site,city: which sites make which city"
    )
    parser.add_argument(
        "--standard",
        choices=("auto", "GB3095-2012", "GB3095-2026"),
        default="auto",
        help="auto (default): by the date of the data",
    )


def file_name(column: str) -> str:
    """Inside column of a statistic -> its name in files: co_95 -> CO_95, pm25 -> PM2.5."""
    item, _, rest = column.partition("_")
    return BY_NAME[item].label + (f"_{rest}" if rest else "")


def _named(columns: tuple[str, ...], prefix: str = "") -> list[pl.Expr]:
    return [pl.col(f"{prefix}{c}").alias(f"{prefix}{file_name(c)}") for c in columns]


def day_table(days: pl.DataFrame, standard: str) -> pl.DataFrame:
    """Daily values as files carry them: published, with the daily AQI."""
    judged = published_days(days, standard)
    return judged.select(
        pl.col("site").alias("key"),
        "date",
        *_named(VALUES),
        *_named(VALUES, "valid_"),
        pl.col("aqi").alias("AQI"),
        "level",
        "primary",
        "exceeding",
    )


def period_table(days: pl.DataFrame, period: str, standard: str) -> pl.DataFrame:
    """Months or years as files carry them; `primary` = the item with the highest single index."""
    table = period_values(days, "year" if period == "year" else "month", standard)
    return table.select(
        pl.col("site").alias("key"),
        "start",
        *_named(YEAR if period == "year" else MONTH),
        *_named(VALUES, "valid_"),
        "valid_days",
        "good_days",
        "good_ratio",
        "heavy_days",
        "composite",
        "composite_basis",
        *(
            pl.col(f"index_{i}").alias(f"index_{file_name(i)}")
            for i in ("pm25", "pm10", "so2", "no2", "co", "o3")
        ),
        pl.col("top_item")
        .replace_strict({n: q.label for n, q in BY_NAME.items()}, default=None)
        .alias("primary"),
    )


def read_sites(path: Path) -> pl.DataFrame:
    """site, city of every line that names both. Raises NothingDone: unreadable, a column missing, two cities."""
    try:
        columns, rows = given_tables.texts(path, _SITE_COLUMNS)
    except Unreadable as error:
        raise NothingDone(str(error)) from error
    site = next((c for c in ("site", "station") if c in columns), None)
    if site is None or "city" not in columns:
        raise NothingDone(f"{path.name} needs the columns site and city; it has {some_names(columns, 8)}")
    text = (pl.col(site).alias("site"), pl.col("city"))
    table = rows.select(c.str.strip_chars() for c in text).unique()
    table = table.filter((pl.col("site") != "") & (pl.col("city") != "")).sort("site", "city")
    doubled = table.filter(pl.col("site").is_duplicated())
    if not doubled.is_empty():
        raise NothingDone(f"{path.name}: site {doubled['site'][0]} stands in two cities; leave one")
    return table


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 1 some records refused, 2 nothing done."""
    given_tables.warm()
    cities = read_sites(args.sites) if args.sites else None
    reading = read_hours(args, out)
    found = set(reading.rows["site"].unique())
    listed = set(cities["site"]) if cities is not None else found
    if not found & listed:
        raise NothingDone(f"no site of {args.input.name} stands in {args.sites.name}; check the site names")
    out.progress(f"computing {args.period} values of {len(found)} sites")
    days = daily_values(reading.rows, args.standard)
    if args.level == "city":
        days = city_days(days, cities)
    table = (
        day_table(days, args.standard)
        if args.period == "day"
        else period_table(days, args.period, args.standard)
    )
    extra = {"unlisted_sites": sorted(found - listed), "sites_without_data": sorted(listed - found)}
    return finish(table, reading, args, out, extra)
