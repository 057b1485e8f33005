"""Codes of stations as files give them: what can be the code of a place, and what is damage."""

from collections.abc import Mapping

import polars as pl

from bihuan.reasons import Reason

LONGEST = 100
"""Letters; names of stations that stand where a code should are shorter."""
UNSEEN = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{FFFD}]"
"""Control and format characters, line ends, and the sign that stands for bytes that are no text."""
FAULTS: Mapping[str, Reason] = {
    "none": Reason("no_site"),
    "unseen": Reason("site_with_unseen"),
    "no_text": Reason("site_no_text"),
    "too_long": Reason("site_too_long", most=LONGEST),
}


def faults(sites: pl.Series) -> pl.Series:
    """What keeps each text from being the code of a station, as a key of FAULTS; null where it may be one."""
    site = pl.col("site")
    found = (
        pl.when(site == "")
        .then(pl.lit("none"))
        .when(site.str.contains(UNSEEN))
        .then(pl.lit("unseen"))
        .when(site.str.contains(r"^[\[{]"))
        .then(pl.lit("no_text"))
        .when(site.str.len_chars() > LONGEST)
        .then(pl.lit("too_long"))
    )
    known = sites.alias("site").to_frame()
    told = known.unique().with_columns(fault=found)
    return known.join(told, on="site", how="left", maintain_order="left")["fault"]


def fault(site: str) -> Reason | None:
    """Why one text is no code of a station; None where it may be one."""
    found: str | None = faults(pl.Series([site.strip()], dtype=pl.String))[0]
    return None if found is None else FAULTS[found]
