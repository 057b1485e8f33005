"""进出配对: which way in and which way out of a unit are one visit. One pass over sorted columns.

A vehicle is named by its plate; one that comes in twice without going out has lost a way out, and the other way round. Vehicles
without a plate, those that were turned away, and weighings (rows without a direction) are no part of any visit.
"""

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.vehicles.passages import IN, OUT, PASSAGES

VISITS = pl.Schema(
    {
        "unit": pl.String(),
        "plate": pl.String(),
        "in_at": INSTANT,
        "in_site": pl.String(),
        "in_number": pl.String(),
        "out_at": INSTANT,
        "out_site": pl.String(),
        "out_number": pl.String(),
    }
)
"""A visit; its way in or its way out is null where there is none."""
NEEDED = ("unit", "plate", "start", "site", "number", "direction", "allowed")


def passed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of vehicles with a plate that went through."""
    went = pl.col("direction").is_in([IN, OUT]) & (pl.col("plate") != "") & pl.col("allowed").fill_null(1).ne(0)  # fmt: skip
    return rows.filter(went)


def visits(rows: pl.DataFrame) -> pl.DataFrame:
    """PASSAGES (`NEEDED` of them) -> VISITS, by unit, plate and time."""
    keys = ["unit", "plate"]
    # Texts as numbers: sorting a million rows of plates takes a quarter of the time then.
    lean = passed(rows.select(NEEDED)).with_columns(pl.col("plate", "unit").cast(pl.Categorical))
    ordered = lean.sort(pl.col("unit").to_physical(), pl.col("plate").to_physical(), "start", "number")
    came, ahead = pl.col("direction") == IN, {c: pl.col(c).shift(-1) for c in ("start", "site", "number")}
    same = pl.all_horizontal(pl.col(c) == pl.col(c).shift(-1) for c in keys).fill_null(value=False)
    pair = came & same & (pl.col("direction").shift(-1) == OUT)
    taken = pair.shift(1).fill_null(value=False)
    told = ordered.with_columns(pair=pair, taken=taken, **{f"next_{c}": e for c, e in ahead.items()})
    kept = told.filter(~((pl.col("direction") == OUT) & pl.col("taken")))
    out = pl.col("direction") == OUT
    found = kept.select(
        *(pl.col(k).cast(pl.String) for k in keys),
        *(
            pl.when(~out).then(pl.col(c)).alias(f"in_{n}")
            for c, n in (("start", "at"), ("site", "site"), ("number", "number"))
        ),
        *(
            pl.when(out).then(pl.col(c)).when("pair").then(pl.col(f"next_{c}")).alias(f"out_{n}")
            for c, n in (("start", "at"), ("site", "site"), ("number", "number"))
        ),
    )
    return found.sort("unit", pl.coalesce("in_at", "out_at")).cast(VISITS)


assert set(NEEDED) <= set(PASSAGES)
