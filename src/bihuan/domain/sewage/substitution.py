"""Amounts of sewage where no valid data are (HJ 356-2019 chapter 8, clauses not checked): replaced, and each hour says so.

Only what amounts [kg, m³] are made of is replaced, never a concentration that a limit judges. A gap of n hours takes the
arithmetic mean of the n valid hours before it (further back where those have gaps); a younger record uses what it has.

Basis of an hour: measured, stopped (nothing is discharged: 0), substituted:c5 (concentration, by 5 hours), substituted:q3
(flow, by 3 hours), substituted:c5q3 (both), missing.
"""

import polars as pl

from bihuan.domain.outlets.hours import KEY
from bihuan.domain.outlets.substitution import IDLE, MEASURED, MISSING, SUBSTITUTED, with_stops
from bihuan.domain.sewage.days import STOPPED
from bihuan.domain.sewage.hours import kg_per_hour
from bihuan.domain.sewage.tables import HOURS, POLLUTANTS
from bihuan.domain.timeaxis import HOUR

FLOW = "water_flow"
AMOUNTS = pl.Schema(
    {**HOURS, **{f"{c}_basis": pl.String() for c in (*(f"{p}_kg" for p in POLLUTANTS), "volume")}}
)
"""HOURS whose amounts and volume are filled, with where each comes from."""


def _gaps(rows: pl.DataFrame) -> pl.DataFrame:
    """site, start of every missing hour, `_gap` (a number) and `_n`, the length of the gap; rows: KEY, _missing."""
    follows = (pl.col("start") == pl.col("start").shift() + HOUR) & (pl.col("site") == pl.col("site").shift())
    same = follows & (pl.col("_missing") == pl.col("_missing").shift())
    numbered = rows.with_columns(_gap=(~same.fill_null(False)).cum_sum())
    return numbered.filter("_missing").with_columns(_n=pl.len().over("_gap").cast(pl.Int64))


def _before(rows: pl.DataFrame, item: str) -> pl.DataFrame:
    """For each missing hour the mean of the valid hours before its gap, as many as the gap is long: site, start, _mean, _used."""
    gaps = _gaps(rows)
    valid = rows.filter(pl.col(f"valid_{item}")).select(
        "site",
        _seen=pl.col("start"),
        _k=pl.int_range(1, pl.len() + 1).over("site"),
        _sum=pl.col(item).cum_sum().over("site"),
    )
    first = gaps.unique("_gap", keep="first", maintain_order=True)
    last = first.sort("site", "start").join_asof(
        valid, left_on="start", right_on="_seen", by="site", check_sortedness=False, allow_exact_matches=False
    )
    used = last.with_columns(_used=pl.min_horizontal("_n", "_k")).with_columns(
        _at=pl.col("_k") - pl.col("_used")
    )
    older = valid.select("site", _at="_k", _older="_sum")
    means = used.join(older, on=["site", "_at"], how="left").select(
        "_gap", "_used", _mean=(pl.col("_sum") - pl.col("_older").fill_null(0.0)) / pl.col("_used")
    )
    return gaps.join(means, on="_gap", how="left").select(*KEY, "_mean", "_used")


def _filled(rows: pl.DataFrame, item: str) -> pl.DataFrame:
    """KEY, the value of the item, valid or replaced (null: neither), and by how many hours it is replaced (null: it is not)."""
    missing = ~pl.col(f"valid_{item}") & ~pl.col(f"_idle_{item}")
    marked = rows.select(*KEY, item, f"valid_{item}", _missing=missing)
    found = marked.join(_before(marked, item), on=KEY, how="left", maintain_order="left")
    value = pl.when(f"valid_{item}").then(item).when("_missing").then("_mean").alias(item)
    return found.select(*KEY, value, _used="_used")


def _put(c: pl.DataFrame, q: pl.DataFrame, idle: pl.Series, item: str) -> tuple[pl.Series, pl.Series]:
    """kg and basis of a pollutant."""
    both = pl.DataFrame(
        {"c": c[item], "cn": c["_used"], "q": q[FLOW], "qn": q["_used"], "idle": idle}
    ).with_columns(kg=kg_per_hour(pl.col("c"), pl.col("q")))
    how = pl.concat_str(
        pl.format("c{}", "cn").fill_null(""), pl.format("q{}", "qn").fill_null("")
    )  # fmt: skip
    replaced = pl.col("cn").is_not_null() | pl.col("qn").is_not_null()
    made = both.select(
        kg=pl.when("idle").then(0.0).otherwise("kg"),
        basis=pl.when("idle").then(pl.lit(IDLE))
        .when(pl.col("kg").is_null()).then(pl.lit(MISSING))
        .when(replaced).then(pl.format(f"{SUBSTITUTED}:{{}}", how))
        .otherwise(pl.lit(MEASURED)),
    )  # fmt: skip
    return made["kg"].alias(f"{item}_kg"), made["basis"].alias(f"{item}_kg_basis")


def _idle(item: str) -> pl.Expr:
    """Nothing is discharged: by flag or by a condition mark while no data are valid."""
    return ~pl.col(f"valid_{item}") & ((pl.col(f"{item}_flag") == STOPPED) | pl.col("_stop"))


def amounts(hours: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """HOURS -> AMOUNTS: `<p>_kg` and `volume` of hours without valid data replaced, `<...>_basis` says how.

    hours: a row for every hour (hours.whole_hours), out of control ones invalid (quality_control.controlled), beginning
    early enough to hold the valid hours before the first gap of interest.
    """
    rows = with_stops(hours.sort(KEY), marks).with_columns(
        _idle(i).alias(f"_idle_{i}") for i in (*POLLUTANTS, FLOW)
    )
    flow = _filled(rows, FLOW)
    columns: list[pl.Series] = []
    for p in POLLUTANTS:
        columns += _put(_filled(rows, p), flow, rows[f"_idle_{p}"], p)
    volume = pl.DataFrame({"q": flow[FLOW], "n": flow["_used"], "idle": rows[f"_idle_{FLOW}"]}).select(
        volume=pl.when("idle").then(0.0).otherwise("q"),
        volume_basis=pl.when("idle").then(pl.lit(IDLE))
        .when(pl.col("q").is_null()).then(pl.lit(MISSING))
        .when(pl.col("n").is_not_null()).then(pl.format(f"{SUBSTITUTED}:q{{}}", "n"))
        .otherwise(pl.lit(MEASURED)),
    )  # fmt: skip
    return rows.with_columns(*columns, *volume.get_columns()).select(list(AMOUNTS)).cast(AMOUNTS)
