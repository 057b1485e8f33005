"""What the flag of an observation says of its value: letters of HJ 212, and the sign of a laboratory for what it cannot detect."""

import polars as pl

NORMAL = "N"
MAINTENANCE = "M"
STOPPED = "F"
BELOW = "<"
"""未检出: below the detection limit. The value is half the limit (HJ 91.2-2022, for sums and means), so the limit is twice the
value; without a value the laboratory did not say its limit."""


def measured(flag: str = "flag") -> pl.Expr:
    """True where a value may be judged: without a flag, normal, or below the detection limit."""
    return pl.col(flag).fill_null(NORMAL).is_in([NORMAL, BELOW])
