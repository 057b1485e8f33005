"""AQI, level, primary and exceeding items of whole frames, HJ 633 (2012 and 2026)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import polars as pl

from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.domain.standards.rules import DEFAULT, Rules
from bihuan.domain.standards.subindex import CAP, iaqi
from bihuan.domain.standards.tables import Edition, level_of, spans
from bihuan.domain.timeaxis import local_date

_ALL = (1 << len(ITEM_NAMES)) - 1
_SLICE = 500_000  # intermediate columns of a slice fit the cache; twice as fast as one pass
ADDED = (*(f"iaqi_{i}" for i in ITEM_NAMES), "aqi", "level", "primary", "exceeding", "withheld")


@dataclass(frozen=True)
class Report:
    """Which column and averaging time speaks for each item, and which one steps in where it has no index."""

    columns: dict[str, tuple[str, str]]
    instead: dict[str, tuple[str, str]]
    labels: tuple[str, ...] = field(default=tuple(BY_NAME[i].label for i in ITEM_NAMES))


def _realtime(rules: Rules) -> Report:
    hourly = {i: (i, "1h") for i in ("so2", "no2", "co", "o3")}
    suffix = "" if rules.particles == "1h" else "_24h"
    return Report(
        {"pm25": (f"pm25{suffix}", "24h"), "pm10": (f"pm10{suffix}", "24h"), **hourly},
        {"so2": ("so2_24h", "24h")},
    )


def _daily() -> Report:
    means = {i: (i, "24h") for i in ITEM_NAMES if i != "o3"}
    labels = tuple("O3_8h" if i == "o3" else BY_NAME[i].label for i in ITEM_NAMES)
    return Report({**means, "o3": ("o3_8h", "8h")}, {"o3": ("o3_1h", "1h")}, labels)


@cache
def _joined(labels: tuple[str, ...]) -> pl.Series:
    """Names of every set of items, by bit mask, in the order of the items."""
    names = [[label for i, label in enumerate(labels) if mask >> i & 1] for mask in range(_ALL + 1)]
    return pl.Series([",".join(n) for n in names], dtype=pl.String)


@cache
def _levels() -> pl.Series:
    return pl.Series([level_of(a).level for a in range(CAP + 1)], dtype=pl.Int8)


def _mask(test: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Bit mask (UInt8) of the items whose IAQI passes the test; an absent IAQI does not."""
    bits = [
        pl.when(test(pl.col(f"iaqi_{item}"))).then(pl.lit(1 << i, pl.UInt8)).otherwise(pl.lit(0, pl.UInt8))
        for i, item in enumerate(ITEM_NAMES)
    ]
    mask = bits[0]
    for bit in bits[1:]:
        mask = mask | bit
    return mask


def missing_items() -> pl.Expr:
    """Labels of the items without an IAQI in a judged table, joined by `,` in the order of the items; "" when all are there."""
    labels = tuple(BY_NAME[i].label for i in ITEM_NAMES)
    absent = _mask(lambda x: x.is_not_null()) ^ _ALL
    return pl.lit(_joined(labels)).gather(absent.cast(pl.UInt32))


def _subindex(item: str, report: Report, edition: Edition, have: set[str], rules: Rules) -> pl.Expr:
    column, average = report.columns[item]
    known = column in have
    value = iaqi(pl.col(column), item, average, edition.hj633, rules) if known else pl.lit(None, pl.Int16)
    other, other_average = report.instead.get(item, ("", ""))
    if known and other in have:
        value = value.fill_null(
            pl.when(pl.col(column).is_not_null()).then(
                iaqi(pl.col(other), item, other_average, edition.hj633, rules)
            )
        )
    return value.alias(f"iaqi_{item}")


def _judged(frame: pl.LazyFrame, report: Report, edition: Edition, rules: Rules) -> pl.LazyFrame:
    have = set(frame.collect_schema().names())
    highest = pl.max_horizontal(f"iaqi_{i}" for i in ITEM_NAMES)
    missing = pl.any_horizontal(pl.col(f"iaqi_{i}").is_null() for i in ITEM_NAMES)
    strict = edition.hj633 == "HJ633-2026" or rules.incomplete == "withheld"
    withheld = (missing & (highest <= 100)).fill_null(False) if strict else pl.lit(False)
    aqi = pl.col("aqi")
    primary = pl.lit(_joined(report.labels)).gather(_mask(lambda x: (x == aqi) & (aqi > 50)).cast(pl.UInt32))
    exceeding = pl.lit(_joined(report.labels)).gather(_mask(lambda x: x > 100).cast(pl.UInt32))
    return (
        frame.with_columns(_subindex(i, report, edition, have, rules) for i in ITEM_NAMES)
        .with_columns(withheld=withheld, aqi=highest)
        .with_columns(aqi=pl.when(~pl.col("withheld")).then("aqi"))
        .with_columns(
            level=pl.lit(_levels()).gather(aqi.cast(pl.UInt32)),
            primary=pl.when(aqi.is_not_null()).then(primary),
            exceeding=pl.when(aqi.is_not_null()).then(exceeding),
        )
        .select(*[c for c in frame.collect_schema().names() if c not in ADDED], *ADDED)
    )


def _by_edition(
    frame: pl.DataFrame, moment: str, report: Report, standard: str, rules: Rules
) -> pl.DataFrame:
    """Judge each row by the edition of its date; rows keep their order. `moment`: column `start` or `date`."""
    day = local_date(moment) if moment == "start" else pl.col(moment)
    ends = pl.DataFrame({moment: [frame[moment].min(), frame[moment].max()]}, {moment: frame.schema[moment]})
    first, last = ends.select(day)[moment]
    if first is None:
        first = last = date.max
    parts = spans(first, last, standard)
    if len(parts) == 1:
        slices = [s.lazy() for s in frame.iter_slices(_SLICE)] or [frame.lazy()]
        return pl.concat([_judged(s, report, parts[0][0], rules).collect() for s in slices], rechunk=False)
    numbered = frame.with_row_index("_row")
    judged = [
        _judged(numbered.filter(day.is_between(a, b)).lazy(), report, edition, rules).collect()
        for edition, a, b in parts
    ]
    return pl.concat(judged).sort("_row").drop("_row")


def realtime_index(
    frame: pl.DataFrame | pl.LazyFrame, standard: str = "auto", rules: Rules = DEFAULT
) -> pl.DataFrame:
    """Real-time AQI of ambient hours.

    frame: wide ambient hours (`start`, any of pm25 pm10 so2 no2 co o3 [µg/m³; CO mg/m³]); rows keep their order.
    standard: `auto` (by the local date of each hour) or the name of an edition.
    Adds iaqi_<item> (Int16), aqi (Int16), level (Int8, 1..6), primary and exceeding (labels joined by `,` in the
    order PM2.5 PM10 SO2 NO2 CO O3; ties all; primary "" when AQI <= 50), withheld (Boolean: the "NA" of 2026).
    Gases on the 1 h tables; particles by their 1 h value on the 24 h table, see Rules. SO2 above 800 has no index
    in 2012 unless the frame carries `so2_24h`. Missing items: 2012 judges the others; 2026 publishes no AQI unless
    it is above 100. Source: HJ 633-2012 4-5; HJ 633-2026 4.2, 4.3, 5.3.1.
    """
    return _by_edition(frame.lazy().collect(), "start", _realtime(rules), standard, rules)


def daily_index(
    frame: pl.DataFrame | pl.LazyFrame, standard: str = "auto", rules: Rules = DEFAULT
) -> pl.DataFrame:
    """AQI of days: as `realtime_index`, from `date`, 24 h means pm25 pm10 so2 no2 co and o3_8h (daily maximum 8 h).

    In primary and exceeding, ozone is called `O3_8h`. In 2012 an 8 h value above 800 has no index of its own: the
    day's highest hour `o3_1h`, if the frame has it, speaks instead. Source: as above.
    """
    return _by_edition(frame.lazy().collect(), "date", _daily(), standard, rules)
