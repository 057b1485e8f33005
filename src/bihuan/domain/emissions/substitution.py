"""Amounts where no valid data are (HJ 75-2017 chapter 12, clauses not checked): substituted, and each hour says so.

Only amounts [kg] are substituted; concentrations are never filled. What takes the place of a missing hour is the largest
hourly amount of the last valid hours before the gap: how many depends on the quarter's capture rate and on the length of
the gap. Below 75 % nothing is put in: the period is accounted by hand.

Basis of an hour: measured, stopped (the source stood still: 0 kg), substituted:180, substituted:720, substituted:2160,
missing.
"""

from collections.abc import Sequence

import polars as pl

from bihuan.domain.emissions.days import STOPPED
from bihuan.domain.emissions.rules import Rules
from bihuan.domain.emissions.tables import HOURS, POLLUTANTS
from bihuan.domain.outlets.hours import KEY
from bihuan.domain.outlets.quality_control import touched_by
from bihuan.domain.outlets.substitution import IDLE, MEASURED, MISSING, SUBSTITUTED, with_stops
from bihuan.domain.timeaxis import HOUR, local_date

AMOUNTS = pl.Schema({**HOURS, **{f"{p}_kg_basis": pl.String() for p in POLLUTANTS}})
"""HOURS whose amounts are filled, with where each amount comes from."""


def _gaps(rows: pl.LazyFrame, short: float) -> pl.LazyFrame:
    """Adds `_gap`: when the run of hours without amount began, and `_long`: it is longer than `short` hours.

    A period out of control is a gap of its own; it begins at the last passed calibration. rows: every hour, sorted by site and start; _basis, _lost.
    """
    same = [pl.col(c).eq_missing(pl.col(c).shift()) for c in ("site", "_basis", "_lost")]
    next_hour = pl.col("start") == pl.col("start").shift() + HOUR
    runs = rows.with_columns(_run=(~pl.all_horizontal(*same, next_hour).fill_null(False)).cum_sum())
    return runs.with_columns(
        _gap=pl.col("start").first().over("_run"),
        _long=pl.len().over("_run") > short,
    )


def _windows(rules: Rules) -> tuple[int, int, int]:
    return int(rules.window_short), int(rules.window_long), int(rules.window_poor)


def _largest_before(rows: pl.LazyFrame, kg: str, windows: Sequence[int]) -> pl.LazyFrame:
    """For each gap the largest amount of the last so many measured hours before it: `_max_<n>`.

    Where the record is younger, of the hours there are.
    """
    measured = rows.filter(pl.col("_basis") == MEASURED)
    largest = measured.select(
        "site",
        pl.col("start").alias("_seen"),
        *(pl.col(kg).rolling_max(n, min_samples=1).over("site").alias(f"_max_{n}") for n in windows),
    )
    gaps = rows.filter(pl.col("_basis") == MISSING).select("site", "_gap").unique().sort("site", "_gap")
    return gaps.join_asof(
        largest,
        left_on="_gap",
        right_on="_seen",
        by="site",
        check_sortedness=False,
        allow_exact_matches=False,
    ).drop("_seen")


def _window(rules: Rules) -> pl.Expr:
    """How many valid hours the substitute looks back, by capture rate and length of the gap; null: none."""
    short, long, poor = _windows(rules)
    good = pl.when("_long").then(long).otherwise(short)
    return (
        pl.when(pl.col("_rate") >= rules.good_capture)
        .then(good)
        .when(pl.col("_rate") >= rules.valid_quarter)
        .then(poor)
    )


def _filled(
    hours: pl.LazyFrame, rates: pl.LazyFrame, uncontrolled: pl.DataFrame, p: str, rules: Rules
) -> pl.LazyFrame:
    kg = f"{p}_kg"
    idle = ~pl.col(f"valid_{p}") & ((pl.col(f"{p}_flag") == STOPPED) | pl.col("_stop"))
    basis = (
        pl.when(idle).then(pl.lit(IDLE))
        .when(pl.col(kg).is_not_null() & pl.col("_lost").is_null()).then(pl.lit(MEASURED))
        .otherwise(pl.lit(MISSING))
    )  # fmt: skip
    rows = _gaps(touched_by(hours, uncontrolled, p).with_columns(_basis=basis), rules.short_gap)
    quarter = rates.filter(pl.col("item") == p).select("site", "quarter", _rate="rate")
    rows = (
        rows.with_columns(quarter=local_date().dt.truncate("1q"))
        .join(quarter, on=["site", "quarter"], how="left", maintain_order="left")
        .join(
            _largest_before(rows, kg, _windows(rules)), on=["site", "_gap"], how="left", maintain_order="left"
        )
        .with_columns(_window=_window(rules))
    )
    substitute = pl.coalesce(pl.when(pl.col("_window") == n).then(f"_max_{n}") for n in _windows(rules))
    put = (pl.col("_basis") == MISSING) & substitute.is_not_null()
    return rows.select(
        pl.when(pl.col("_basis") == MEASURED).then(kg)
        .when(pl.col("_basis") == IDLE).then(0.0)
        .otherwise(substitute).alias(kg),
        pl.when(put).then(pl.format(f"{SUBSTITUTED}:{{}}", "_window")).otherwise("_basis").alias(f"{kg}_basis"),
    )  # fmt: skip


def amounts(
    hours: pl.DataFrame, rates: pl.DataFrame, marks: pl.DataFrame, uncontrolled: pl.DataFrame, rules: Rules
) -> pl.DataFrame:
    """HOURS -> AMOUNTS: `<p>_kg` of hours without a valid amount substituted, `<p>_kg_basis` says how.

    hours: a row for every hour (hours.whole_hours), beginning early enough to hold 2160 valid hours before the first gap
    of interest (younger records use what there is). rates: days.capture_rates. uncontrolled: UNCONTROLLED; their hours are
    replaced, whatever their flags say, by what was before the last passed calibration. An hour with a stop, by flag F or
    by a condition mark of STOP_CODES while no data are valid, emits nothing.
    """
    ordered = with_stops(hours.sort(KEY), marks).lazy()
    columns = [_filled(ordered, rates.lazy(), uncontrolled, p, rules) for p in POLLUTANTS]
    rest = ordered.drop(f"{p}_kg" for p in POLLUTANTS)
    return pl.concat([rest, *columns], how="horizontal").select(list(AMOUNTS)).collect()
