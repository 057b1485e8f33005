"""What loggers sent and what follows from it, as it was known at a moment: the archive's rows -> tables of domain/emissions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from bihuan.archive.devices import last_of_each
from bihuan.domain.emissions import hours as platform
from bihuan.domain.emissions import reading
from bihuan.domain.emissions.tables import LOGS, PARAMETERS, POLLUTANTS, Stacks, empty
from bihuan.domain.timeaxis import HOUR
from bihuan.feeds.hj212 import decode_stream
from bihuan.registry.hours import archive
from bihuan.scenarios.plant_emissions import register

FIELDS = (*reading.VALUES, *reading.CONVERTED_VALUES, reading.AMOUNT, "Flag")
INFORMATION = "3020"
LOG = "i11001"
PARAMETER_NAMES = {
    "i13008": "slope", "i13007": "intercept", "i13001": "span", "i13104": "velocity_coefficient",
}  # fmt: skip
"""Field information of HJ 212-2017 annex B (codes not checked)."""
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Seen:
    """Outlets with their minutes and hours in a span."""

    outlets: pl.DataFrame
    minutes: pl.DataFrame
    hours: pl.DataFrame
    marks: pl.DataFrame


def versions(factors: pl.DataFrame, start: datetime, until: datetime, known: datetime) -> pl.LazyFrame:
    """Every version of the loggers' rows with start in [start, until) that had been received by `known`."""
    loggers = factors["mn"].unique().to_list()
    return archive().devices.versions(start, until - MICROSECOND, loggers, as_of=known)


def _last(factors: pl.DataFrame, start: datetime, until: datetime, known: datetime, *cn: str) -> pl.DataFrame:
    wanted = pl.col("cn").is_in(cn) & pl.col("field").is_in(FIELDS)
    codes = factors["code"].unique().to_list()
    rows = versions(factors, start, until, known).filter(wanted, pl.col("code").is_in(codes))
    return last_of_each(rows).collect()


def seen(codes: Collection[str], start: datetime, until: datetime, known: datetime) -> Seen:
    """Minutes and hours of outlets in [start, until), both whole hours, as known at `known`."""
    outlets = register.outlets_table(codes)
    factors = register.factors_table(codes)
    marks = register.marks_table(codes, start, until, known)
    minutes = reading.wide_minutes(_last(factors, start, until, known, "2051"), factors)
    return Seen(outlets, minutes, platform.hours(minutes, outlets, marks), marks)


def stacks(codes: Collection[str], start: datetime, known: datetime) -> Stacks:
    """Everything that the checks look at, from `start` on, as known at `known`.

    When no logger at all has sent anything for an hour the fault is ours, not the plants': it is judged as of then.
    """
    factors = register.factors_table(codes)
    rows = versions(factors, start, known + timedelta(days=1), known).collect()
    last = rows["received"].max()
    as_of = min(known, last + HOUR) if isinstance(last, datetime) else known
    outlets = register.outlets_table(codes)
    marks = register.marks_table(codes, start, known, known)
    current = last_of_each(rows.lazy()).collect()
    minutes = reading.wide_minutes(current, factors)
    limits = register.limits_table(codes)
    return Stacks(
        as_of=as_of,
        outlets=outlets,
        minutes=minutes,
        hours=only_owed(platform.hours(minutes, outlets, marks), limits),
        limits=limits,
        spans=register.spans_table(codes),
        logged_hours=reading.logged_hours(current, factors),
        logged_days=reading.logged_days(current, factors),
        marks=marks,
        parameters=parameters(current, factors),
        logs=logs(current, factors),
        corrections=reading.corrections(rows, factors),
        arrivals=reading.arrivals(rows, factors),
    )


def only_owed(hours: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """HOURS in which a pollutant that has no limit and is not measured counts as complete: nobody owes it."""
    for p in POLLUTANTS:
        owing = limits.filter(pl.col("item") == p)["site"].unique().to_list()
        free = ~pl.col("site").is_in(owing) & (pl.col(f"n_{p}") == 0)
        hours = hours.with_columns(
            pl.when(free).then(60).otherwise(f"n_{p}").cast(pl.Int32).alias(f"n_{p}"),
            (free | pl.col(f"valid_{p}")).alias(f"valid_{p}"),
            pl.when(free).then(pl.lit("N")).otherwise(f"{p}_flag").alias(f"{p}_flag"),
        )
    return hours


def _of_outlets(rows: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """Field information with the outlet as `site`; a logger of several outlets says it of each."""
    pairs = factors.select(mn="mn", outlet="site").unique()
    info = rows.filter(pl.col("cn") == INFORMATION, pl.col("field") == "Info")
    return (
        info.rename({"site": "mn"}).join(pairs, on="mn").rename({"outlet": "site"}).sort("start", "journal")
    )


def logs(rows: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """LOGS: what the sites wrote (i11001)."""
    said = _of_outlets(rows.filter(pl.col("code") == LOG), factors)
    return said.select("site", at="start", text=pl.col("value").str.strip_chars("/")).cast(LOGS)


def parameters(rows: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """PARAMETERS: what analysers reported. Which factor a report is about (PolId) stands in its packet only."""
    said = _of_outlets(rows.filter(pl.col("code").is_in(list(PARAMETER_NAMES))), factors)
    if said.is_empty():
        return empty(PARAMETERS)
    about = pl.DataFrame(
        [(p, polluter(p)) for p in said["journal"].unique().to_list()],
        schema={"journal": pl.Int64, "about": pl.String},
        orient="row",
    )
    items = factors.select("code", "item").unique().rename({"code": "about"})
    both = said.join(about, on="journal").join(items, on="about", how="left")
    name = pl.col("code").replace_strict(PARAMETER_NAMES, return_dtype=pl.String)
    made = both.select(
        "site", at="start", item=pl.coalesce("item", "about"), name=name, value="number"
    ).drop_nulls("value")
    return made.cast(PARAMETERS)


def polluter(position: int) -> str:
    """PolId of the packet at a journal position; empty where it says none."""
    pieces = list(decode_stream(archive().devices.journal.read(position).data))
    found = next((p.cp["top"].get("PolId") for p in pieces if p.accepted), None)
    return str(found or "")
