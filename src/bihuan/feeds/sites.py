"""Codes of stations as files give them: what can be the code of a place, and what is damage."""

import polars as pl

LONGEST = 100
"""Letters; names of stations that stand where a code should are shorter."""
UNSEEN = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{FFFD}]"
"""Control and format characters, line ends, and the sign that stands for bytes that are no text."""
REMEDY = "write the code of the station"


def faults(sites: pl.Series) -> pl.Series:
    """Why each text is no code of a station; null where it may be one."""
    site = pl.col("site")
    reason = (
        pl.when(site == "")
        .then(pl.lit("no site"))
        .when(site.str.contains(UNSEEN))
        .then(pl.lit("the site holds characters that cannot be seen, or bytes that are no text"))
        .when(site.str.contains(r"^[\[{]"))
        .then(pl.lit("the site is a list or an object, not a text"))
        .when(site.str.len_chars() > LONGEST)
        .then(pl.lit(f"the site has more than {LONGEST} letters"))
    )
    known = sites.alias("site").to_frame()
    told = known.unique().with_columns(reason=reason)
    return known.join(told, on="site", how="left", maintain_order="left")["reason"]


def fault(site: str) -> str | None:
    """The same of one text."""
    found: str | None = faults(pl.Series([site.strip()], dtype=pl.String))[0]
    return found
