"""Days, months and quarters of hours: validity, means, amounts, capture rate (HJ 75-2017, valid data).

The day and month are local (China Standard Time). A mean is of valid hours; an amount is the sum of the hours' amounts,
never a mean x 24. Hours in which the source stood still (flag F) are not demanded: clause not checked, hence
`stops_excused`.
"""

from datetime import datetime

import polars as pl

from bihuan.domain.emissions.rules import Rules
from bihuan.domain.emissions.tables import CONVERTED, POLLUTANTS
from bihuan.domain.timeaxis import local_date

STOPPED = "F"

_PER_POLLUTANT = {"{}_hours": pl.Int32(), "{}_stopped": pl.Int32(), "valid_{}": pl.Boolean()}
_MEANS: dict[str, pl.DataType] = {name: pl.Float64() for name in (*POLLUTANTS, *CONVERTED)}
_KG: dict[str, pl.DataType] = {f"{p}_kg": pl.Float64() for p in POLLUTANTS}

DAYS = pl.Schema(
    {
        "site": pl.String(),
        "date": pl.Date(),
        **_MEANS,
        **{n.format(p): t for p in POLLUTANTS for n, t in _PER_POLLUTANT.items()},
        **_KG,
    }
)
"""Local days: means of valid hours [mg/m³], `<p>_hours` valid ones, `<p>_stopped` hours of a stopped source, amounts [kg]."""

MONTHS = pl.Schema(
    {
        "site": pl.String(),
        "month": pl.Date(),  # its first day
        **_MEANS,
        **{f"{p}_days": pl.Int32() for p in POLLUTANTS},  # valid ones
        **{f"valid_{p}": pl.Boolean() for p in POLLUTANTS},
        **_KG,
    }
)
"""Months: means of the valid days' means [mg/m³], amounts [kg] of all days."""


def _sum(column: str) -> pl.Expr:
    """Sum that is null, not 0, where nothing is known."""
    return pl.when(pl.col(column).count() > 0).then(pl.col(column).sum()).alias(column)


def days(hours: pl.DataFrame, rules: Rules, *, stops_excused: bool = True) -> pl.DataFrame:
    """HOURS -> DAYS. A day is valid from `valid_day` valid hours of the rules on; hours of a stop lower that number.

    At least one valid hour is always needed. Means are given of invalid days too; the amount of a day is the sum of what
    its hours have, so fill it (substitution.amounts) first where amounts are reported.
    """
    valid = {p: pl.col(f"valid_{p}") for p in POLLUTANTS}
    made = (
        hours.lazy()
        .group_by("site", local_date().alias("date"))
        .agg(
            *(pl.col(p, f"{p}_zs").filter(v).mean() for p, v in valid.items()),
            *(v.sum().alias(f"{p}_hours") for p, v in valid.items()),
            *((~valid[p] & (pl.col(f"{p}_flag") == STOPPED)).sum().alias(f"{p}_stopped") for p in POLLUTANTS),
            *(_sum(f"{p}_kg") for p in POLLUTANTS),
        )
    )
    judged = made.with_columns(
        (
            (pl.col(f"{p}_hours") > 0)
            & (pl.col(f"{p}_hours") + pl.col(f"{p}_stopped") * int(stops_excused) >= rules.valid_day)
        ).alias(f"valid_{p}")
        for p in POLLUTANTS
    )
    return judged.select(list(DAYS)).cast(DAYS).sort("site", "date").collect()


def months(
    days: pl.DataFrame,
    rules: Rules,
    *,
    stops_excused: bool = True,
) -> pl.DataFrame:
    """DAYS -> MONTHS. Valid from `valid_month` valid days of the rules on (February fewer); days without need of data lower that number.

    Such a day has a stop in all hours but the 4 that any day may lack, and no valid hour. Means are of the valid days'
    means (clause not checked).
    """
    needed = pl.when(pl.col("month").dt.month() == 2).then(rules.valid_february).otherwise(rules.valid_month)
    idle = {p: (pl.col(f"{p}_hours") == 0) & (pl.col(f"{p}_stopped") >= rules.valid_day) for p in POLLUTANTS}
    valid = {p: pl.col(f"valid_{p}") for p in POLLUTANTS}
    made = (
        days.lazy()
        .group_by("site", pl.col("date").dt.truncate("1mo").alias("month"))
        .agg(
            *(pl.col(p, f"{p}_zs").filter(v).mean() for p, v in valid.items()),
            *(v.sum().alias(f"{p}_days") for p, v in valid.items()),
            *(i.sum().alias(f"_idle_{p}") for p, i in idle.items()),
            *(_sum(f"{p}_kg") for p in POLLUTANTS),
        )
    )
    judged = made.with_columns(
        (
            (pl.col(f"{p}_days") > 0)
            & (pl.col(f"{p}_days") + pl.col(f"_idle_{p}") * int(stops_excused) >= needed)
        ).alias(f"valid_{p}")
        for p in POLLUTANTS
    )
    return judged.select(list(MONTHS)).cast(MONTHS).sort("site", "month").collect()


def capture_rates(hours: pl.DataFrame, rules: Rules, *, until: datetime) -> pl.DataFrame:
    """Effective capture rate (有效数据捕集率) of each outlet, quarter and pollutant = valid hours / hours that ran.

    hours: HOURS with a row for every hour (hours.whole_hours) up to `until` (exclusive); the quarter counts as far as
    there are rows. Returns site, quarter (its first day), item, `valid`, `ran` (hours without those of a stop), `rate`
    (null where it never ran), `enough` (`valid_quarter` of the rules). Source: HJ 75-2017 (75 %, without stops).
    """
    rows = hours.lazy().filter(pl.col("start") < until).with_columns(quarter=local_date().dt.truncate("1q"))
    pieces = []
    for p in POLLUTANTS:
        stopped = ~pl.col(f"valid_{p}") & (pl.col(f"{p}_flag") == STOPPED)
        pieces.append(
            rows.group_by("site", "quarter", item=pl.lit(p)).agg(
                valid=pl.col(f"valid_{p}").sum().cast(pl.Int32), ran=(~stopped).sum().cast(pl.Int32)
            )
        )
    rates = pl.concat(pieces).with_columns(
        rate=pl.when(pl.col("ran") > 0).then(pl.col("valid") / pl.col("ran"))
    )
    enough = pl.col("rate") >= rules.valid_quarter
    return rates.with_columns(enough=enough).sort("site", "quarter", "item").collect()
