"""`bihuan aqi`: the real-time index of hourly values."""

import argparse

import polars as pl

from bihuan.commands.file_work import add_files, finish, read_hours
from bihuan.commands.output import Output
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES, WEATHER_NAMES
from bihuan.domain.standards import realtime_index
from bihuan.domain.timeaxis import labels_from_starts

HELP = "add IAQI, AQI, level and primary item to a table of hourly values"
EXAMPLE = (
    "bihuan --data data export ambient --from 2019-01-10T01:00 --to 2019-01-12T00:00 --out hours.parquet\n"
    "  bihuan aqi hours.parquet --out aqi.csv"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_files(parser)
    parser.add_argument(
        "--standard",
        choices=("auto", "HJ633-2012", "HJ633-2026"),
        default="auto",
        help="auto (default): by the date of each hour",
    )


def index_table(rows: pl.DataFrame, standard: str) -> pl.DataFrame:
    """The ambient table with IAQI_<item>, AQI, level, primary, exceeding and note.

    note is "NA" where HJ 633-2026 publishes no AQI: an item is missing and the others are not above 100.
    """
    judged = realtime_index(rows, standard)
    given = [n for n in (*ITEM_NAMES, *WEATHER_NAMES) if n in rows.columns]
    return judged.select(
        "site",
        labels_from_starts().alias("time"),
        *(pl.col(n).alias(BY_NAME[n].label) for n in given),
        *(pl.col(f"iaqi_{i}").alias(f"IAQI_{BY_NAME[i].label}") for i in ITEM_NAMES),
        pl.col("aqi").alias("AQI"),
        "level",
        "primary",
        "exceeding",
        pl.when("withheld").then(pl.lit("NA")).otherwise(pl.lit("")).alias("note"),
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 1 some records refused, 2 nothing done."""
    reading = read_hours(args, out)
    table = index_table(reading.rows, args.standard)
    withheld = table.select((pl.col("note") == "NA").sum()).item()
    return finish(table, reading, args, out, {"not_published": withheld})
