"""What the law says about ambient air: GB 3095, HJ 633, HJ 663, as dated tables and exact functions.

Tables (CSV beside the modules, every row with source and mark), chosen by the DATE OF THE DATA:
    limit(item, period, *, on, class_=2, standard="auto") -> Limit
    edition_on(day, standard="auto") -> Edition; editions(standard); spans(first, last, standard)
    weights(hj663), annual_percentiles(), minimum(rule), levels(), level_of(aqi), advice_of(level)
Functions on Polars frames and expressions:
    realtime_index(frame, standard="auto", rules=DEFAULT) -> DataFrame    hours: iaqi_*, aqi, level, primary, ...
    daily_index(frame, standard="auto", rules=DEFAULT) -> DataFrame       days
    iaqi(expr, item, average, standard, rules=DEFAULT) -> Expr
    missing_items() -> Expr                                               what a judged row lacks
    half_even(expr, decimals=0) -> Expr                                   GB/T 8170
`Rules` holds what the texts leave open, each choice with its reason.
"""

from bihuan.domain.standards.index import daily_index, missing_items, realtime_index
from bihuan.domain.standards.rounding import down, half_even
from bihuan.domain.standards.rules import DEFAULT, SHOWN, Rules
from bihuan.domain.standards.subindex import iaqi, usable
from bihuan.domain.standards.tables import (
    Advice,
    Edition,
    Level,
    Limit,
    NoStandard,
    advice_of,
    annual_percentiles,
    edition_on,
    editions,
    level_of,
    levels,
    limit,
    minimum,
    spans,
    weights,
)

__all__ = [
    "DEFAULT",
    "SHOWN",
    "Advice",
    "Edition",
    "Level",
    "Limit",
    "NoStandard",
    "Rules",
    "advice_of",
    "annual_percentiles",
    "daily_index",
    "down",
    "edition_on",
    "editions",
    "half_even",
    "iaqi",
    "level_of",
    "levels",
    "limit",
    "minimum",
    "missing_items",
    "realtime_index",
    "spans",
    "usable",
    "weights",
]
