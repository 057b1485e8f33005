"""Hours that were sent again and then lay below their limit."""

import polars as pl

from bihuan.domain.emissions.tables import Stacks
from bihuan.domain.outlets.checks.frames import LABEL, findings, hourly, number, runs, with_limit
from bihuan.domain.outlets.checks.history import corrected
from bihuan.domain.timeaxis import HOUR


def resent_below_limit(stacks: Stacks) -> pl.DataFrame:
    """An hour first came above its limit and was then sent again at or below it.

    What the limit judges: the converted value where the outlet has a reference oxygen. Source: marking rules (data are
    corrected by marks, not by new numbers; clause not checked). Returns FINDINGS; magnitude = number of hours.
    """
    judged = (pl.col("what") != pl.col("item")) == pl.col("ref_o2").is_not_null()
    rows = corrected(stacks).filter(judged, pl.col("period") == "hour")
    limited = with_limit(rows, hourly(stacks))
    turned = limited.filter(pl.col("first") > pl.col("limit"), pl.col("last") <= pl.col("limit"))
    found = runs(turned, pl.col("first").max(), pl.col("last").max(), pl.col("limit").first(), bridge=HOUR)
    title = pl.format(
        "{} 个{}小时值首传超限值 {}（最高 {} mg/m³），重传后降到 {} 以下",
        "n", LABEL, number("limit"), number("first"), number("last"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("n"), unit="个",
        evidence={"小时数": "n", "首传最高": "first", "末传最高": "last", "限值": "limit"},
    )  # fmt: skip
