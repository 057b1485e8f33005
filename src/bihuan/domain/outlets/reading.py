"""The long table of loggers' records -> the wide tables of outlets.

rows: site (MN of the logger), start, cn, code, field, value, number, flag, received, journal, subject; one row per factor field.
factors: which factor of which logger is which quantity of which outlet, so that one logger may serve several outlets.
"""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from bihuan.domain.outlets.tables import ARRIVALS, CORRECTIONS, LOGS, PARAMETERS

FACTORS = pl.Schema(
    {"mn": pl.String(), "code": pl.String(), "item": pl.String(), "factor": pl.Float64(), "site": pl.String()}
)
"""`item`: name in tables; `factor`: times the sent number gives its unit there."""

PERIODS = {"2051": "minute", "2061": "hour", "2031": "day"}
REALTIME = "2011"
VALUES = ("Avg", "Rtd")
"""Fields that hold the mean; some loggers send Rtd and nothing else in periods too."""
CONVERTED_VALUES = ("ZsAvg", "ZsRtd")
MOMENTARY = ("Rtd", "ZsRtd")
AMOUNT = "Cou"
FLOWS = ("flow", "water_flow")
INFORMATION = "3020"
LOG = "i11001"
REPORTED = {"i13008": "slope", "i13007": "intercept", "i13001": "span", "i13104": "velocity_coefficient"}
"""Field information of HJ 212-2017 annex B that is a parameter (codes not checked)."""

_KEY = ["site", "start"]
_ORDER = ["received", "journal"]
_WITHIN = ["code", "field"]
"""What stands in the same packet is told apart by its key, in whatever order a table keeps it."""


def default_factors(devices: pl.DataFrame, table: Path, *, load_code: str | None = None) -> pl.DataFrame:
    """FACTORS of loggers that speak the standard's codes of 2005, 2017 and 2025 in the standard's units.

    devices: mn, site; one outlet each. table: code, item, factor of the medium. `load_code`: the maker's code of the load [%]. Flow is m³/s of gas, L/s of sewage in
    HJ 212-2017 annex B.
    """
    codes = pl.read_csv(table, schema_overrides={"code": pl.String(), "factor": pl.Float64()})
    if load_code is not None:
        load = pl.DataFrame([(load_code, "load", 1.0)], schema=codes.schema, orient="row")
        codes = pl.concat([codes, load])
    return devices.join(codes, how="cross").select(list(FACTORS)).cast(FACTORS)


def _of_outlets(rows: pl.DataFrame, known: pl.DataFrame, *cn: str) -> pl.DataFrame:
    """Numbers of some commands with what `known` says of the logger (`mn`), the code and perhaps the field; in no order."""
    sent = rows.lazy().filter(pl.col("cn").is_in(cn)).rename({"site": "mn"})
    keys = [c for c in ("mn", "code", "field") if c in known.columns]
    wanted = sent.select("mn", "start", "cn", "number", "flag", *_WITHIN, *_ORDER)
    return wanted.join(known.lazy(), on=keys).collect()


def _columns(factors: pl.DataFrame) -> pl.DataFrame:
    """Which column of a wide table each field of a factor fills (none: null), and how many times the number that is."""
    item = pl.col("item")
    total = pl.when(item.is_in(FLOWS)).then(pl.lit("volume")).otherwise(item + "_kg")
    of_fields = [(f, item, pl.col("factor")) for f in VALUES]
    of_fields += [(f, item + "_zs", pl.col("factor")) for f in CONVERTED_VALUES]
    of_fields += [(AMOUNT, total, pl.lit(1.0)), ("Flag", pl.lit(None, pl.String), pl.lit(None, pl.Float64))]
    return pl.concat(
        factors.select("mn", "code", "site", "item", column=column, times=times, field=pl.lit(field))
        for field, column, times in of_fields
    )


def _wide(rows: pl.DataFrame, factors: pl.DataFrame, cn: str, schema: pl.Schema) -> pl.DataFrame:
    """The last version of each cell; a momentary value only where no mean was ever sent."""
    said = _of_outlets(rows, _columns(factors), cn)
    numbers = [c for c, t in schema.items() if t == pl.Float64()]
    flagged = [c.removesuffix("_flag") for c in schema if c.endswith("_flag")]
    cells = said.filter(pl.col("column").is_in(numbers)).with_columns(cell=pl.col("number") * pl.col("times"))
    flags = said.filter(pl.col("item").is_in(flagged)).with_columns(flag=_flag())
    wide = _pivot(cells, "column", "cell", numbers)
    letters = _pivot(flags, "item", "flag", flagged).rename({i: f"{i}_flag" for i in flagged})
    first = said.group_by(_KEY).agg(pl.col("received").min())
    table = first.join(wide, on=_KEY, how="left").join(letters, on=_KEY, how="left")
    return table.select(list(schema)).cast(schema).sort(_KEY)


def _pivot(rows: pl.DataFrame, on: str, value: str, columns: list[str]) -> pl.DataFrame:
    """site, start, `columns`: the last of `value` for each, a momentary one only where there is no other.

    Few cells are told twice and differently: only those are put into the order in which they came.
    """
    cell = [*_KEY, on]
    told = rows.select(*cell, value)
    if value == "flag":  # stands in the row of each field of a factor, and mostly says the same
        told = told.unique()
    several = told.select(pl.struct(cell).hash().is_duplicated()).to_series()
    again = rows.join(told.filter(several).unique(cell), on=cell, how="semi").with_columns(
        mean=~pl.col("field").is_in(MOMENTARY)
    )
    last = again.sort("mean", *_ORDER, *_WITHIN).unique(cell, keep="last", maintain_order=True)
    slim = pl.concat([told.filter(~several), last.select(*cell, value)])
    return slim.pivot(on, on_columns=columns, index=_KEY, values=value, aggregate_function="first")


def _flag() -> pl.Expr:
    """The flag as one capital letter; loggers of 2005 send none, which is N."""
    text = pl.col("flag").str.strip_chars().str.to_uppercase()
    return pl.when(text.fill_null("") == "").then(pl.lit("N")).otherwise(text)


def wide_minutes(rows: pl.DataFrame, factors: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Minute records (CN 2051) -> MINUTES of the medium, the last version; `received` is of the first version among `rows`.

    schema: that of the medium; what it has no column for is left out.
    """
    return _wide(rows, factors, "2051", schema)


def logged_hours(rows: pl.DataFrame, factors: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Hour records (CN 2061) -> LOGGED. Amounts (Cou) are kg, of the flow m³, as sent: factors do not touch them."""
    return _wide(rows, factors, "2061", schema)


def logged_days(rows: pl.DataFrame, factors: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Day records (CN 2031) -> LOGGED, as `logged_hours`."""
    return _wide(rows, factors, "2031", schema)


def corrections(rows: pl.DataFrame, factors: pl.DataFrame, items: Collection[str]) -> pl.DataFrame:
    """CORRECTIONS: means that came again with another number. rows: ALL versions, not only the last of each key."""
    key = ["site", "cn", "start", "item"]
    known = factors.filter(pl.col("item").is_in(list(items)))
    said = _of_outlets(rows.filter(pl.col("field") == VALUES[0]), known, *PERIODS)
    said = said.with_columns(scaled=pl.col("number") * pl.col("factor")).drop_nulls("scaled")
    several = said.filter(pl.struct(key).hash().is_duplicated()).sort(*_ORDER, *_WITHIN)
    keyed = several.with_columns(period=pl.col("cn").replace_strict(PERIODS, return_dtype=pl.String))
    versions = keyed.group_by("site", "period", "start", "item", maintain_order=True).agg(
        first=pl.col("scaled").first(),
        last=pl.col("scaled").last(),
        first_received=pl.col("received").first(),
        last_received=pl.col("received").last(),
        numbers=pl.col("scaled").n_unique(),
    )
    changed = versions.filter(pl.col("numbers") > 1)
    return changed.select(list(CORRECTIONS)).cast(CORRECTIONS).sort("site", "period", "start", "item")


def arrivals(rows: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """ARRIVALS: packets by hour of receipt, and how far the logger's clock is behind.

    A packet is a (command, DataTime, journal entry). The table keeps no QN, so `behind` is taken from the DataTime of
    real-time packets (CN 2011), null in hours without any.
    """
    loggers = factors.select("mn", "site").unique().rename({"mn": "_mn", "site": "_outlet"})
    packets = rows.select("site", "cn", "start", "received", "journal").unique()
    packets = packets.rename({"site": "_mn"}).join(loggers, on="_mn")
    lag = (pl.col("received") - pl.col("start")).dt.total_microseconds() / 1e6
    made = packets.group_by(site="_outlet", start=pl.col("received").dt.truncate("1h")).agg(
        packets=pl.len(), behind=lag.filter(pl.col("cn") == REALTIME).median()
    )
    return made.select(list(ARRIVALS)).cast(ARRIVALS).sort(_KEY)


def _information(rows: pl.DataFrame, factors: pl.DataFrame, *codes: str) -> pl.DataFrame:
    """Field information (CN 3020) of some codes with the outlet as `site`; a logger of several outlets says it of each."""
    loggers = factors.select(_mn="mn", _outlet="site").unique()
    said = rows.filter(pl.col("cn") == INFORMATION, pl.col("field") == "Info", pl.col("code").is_in(codes))
    joined = said.rename({"site": "_mn"}).join(loggers, on="_mn").rename({"_outlet": "site"})
    return joined.sort("site", *_ORDER, "start", "code")


def logs(rows: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """LOGS: what the sites wrote (i11001), without the slashes around it; the same text of a moment once."""
    said = _information(rows, factors, LOG)
    made = said.select("site", at="start", text=pl.col("value").str.strip_chars("/ "))
    return made.cast(LOGS).unique(maintain_order=True).sort("site", "at", maintain_order=True)


def parameters(rows: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """PARAMETERS: slope, intercept, span and velocity coefficient as analysers reported them, the last version of each.

    `subject` of a row: the factor that the report speaks of (PolId); a report without one has "" as item, one of an
    unknown factor its code. Values are as sent: a span of the flow
    is in the logger's unit.
    """
    said = _information(rows, factors, *REPORTED)
    items = factors.select(site="site", subject="code", _item="item").unique()
    named = said.join(items, on=["site", "subject"], how="left", maintain_order="left").with_columns(
        item=pl.coalesce("_item", "subject", pl.lit("")),
        name=pl.col("code").replace_strict(REPORTED, return_dtype=pl.String),
    )
    made = named.select("site", at="start", item="item", name="name", value="number").drop_nulls("value")
    key = ["site", "at", "item", "name"]
    return made.cast(PARAMETERS).unique(key, keep="last", maintain_order=True).sort(key)
