"""Does the water of a source keep class III, and which share of sources and of water does: pure, frames in, verdicts out.

Surface water: GB 3838-2002 class III with the items of tables 2 and 3; ground water: GB/T 14848-2017 class III. One item beyond its limit
is enough. COD, temperature, total nitrogen and faecal coliform are not judged. Values are laboratory results (periods day and month);
the mean of a month's samples counts, of a longer span the mean of its months, compared in full with the limit.
"""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from bihuan.domain.flags import measured
from bihuan.domain.quantities import LONG

GROUND, LAKE = "ground", "lake"
PERIODS = ("day", "month")
ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Limit:
    """What an item may be, in the unit of `domain.quantities`: from `low` to `high`; None: no bound on that side."""

    code: str
    low: float | None
    high: float | None
    source: str

    @property
    def name(self) -> str:
        """The item in Chinese."""
        return LONG[self.code].chinese

    @property
    def unit(self) -> str:
        """The unit of its values."""
        return LONG[self.code].unit

    def kept_by(self, value: float) -> bool:
        """Does a value lie within? The bounds themselves do; so do values that differ by less than floats can tell."""
        value = float(f"{value:.12g}")
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Judged:
    """One item of one source: its mean over the span, and its limit."""

    limit: Limit
    value: float

    @property
    def kept(self) -> bool:
        """Within the limit?"""
        return self.limit.kept_by(self.value)

    @property
    def multiple(self) -> float | None:
        """By which multiple of the limit it lies above; None within, and for pH and dissolved oxygen, which have none."""
        limit = self.limit
        if self.kept or limit.low is not None or not limit.high:
            return None
        return (self.value - limit.high) / limit.high


@dataclass(frozen=True)
class Verdict:
    """One source over a span. months: those with values (YYYY-MM). good_months: those in which every item kept its limit."""

    items: tuple[Judged, ...] = ()
    months: tuple[str, ...] = ()
    good_months: tuple[str, ...] = ()

    @property
    def compliant(self) -> bool | None:
        """Did every item keep its limit? None where nothing was measured."""
        return all(item.kept for item in self.items) if self.items else None

    @property
    def exceeded(self) -> tuple[Judged, ...]:
        """The items beyond their limits."""
        return tuple(item for item in self.items if not item.kept)


@cache
def limits_of(kind: str) -> Mapping[str, Limit]:
    """The limits for a kind of source (`Source.Kind`), by code."""
    water = GROUND if kind == GROUND else "surface"
    with Path(__file__).with_name("limits.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["water"] == water]
    return {row["code"]: _limit(row, kind) for row in rows}


def _limit(row: Mapping[str, str], kind: str) -> Limit:
    high = row["high_lake"] if kind == LAKE and row["high_lake"] else row["high"]
    low = row["low"]
    return Limit(row["code"], float(low) if low else None, float(high) if high else None, row["source"])


def monthly(rows: pl.DataFrame) -> pl.DataFrame:
    """The mean of a month's samples: site, quantity, month (YYYY-MM of China), value, samples. rows: as for `judge`."""
    used = rows.filter(pl.col("value").is_not_null() & measured())
    month = pl.col("start").dt.convert_time_zone(ZONE).dt.strftime("%Y-%m").alias("month")
    return used.group_by("site", "quantity", month).agg(
        pl.col("value").mean(), samples=pl.len().cast(pl.Int64)
    )


def judge(rows: pl.DataFrame, kinds: Mapping[str, str]) -> dict[str, Verdict]:
    """The verdict on each source of `kinds` (code: kind). rows: site, quantity, start (UTC), value, flag."""
    means = monthly(rows)
    return {
        code: _verdict(means.filter(pl.col("site") == code), limits_of(kind)) for code, kind in kinds.items()
    }


def _verdict(means: pl.DataFrame, limits: Mapping[str, Limit]) -> Verdict:
    known = means.filter(pl.col("quantity").is_in(list(limits)))
    whole = dict(known.group_by("quantity").agg(pl.col("value").mean()).iter_rows())
    items = tuple(Judged(limit, whole[code]) for code, limit in limits.items() if code in whole)
    bad = {
        month
        for code, month, value in known.select("quantity", "month", "value").iter_rows()
        if not limits[code].kept_by(value)
    }
    months = sorted(known["month"].unique())
    return Verdict(items, tuple(months), tuple(m for m in months if m not in bad))


@dataclass(frozen=True)
class Rates:
    """达标率 of some sources [0..1]; None where nothing can be said. unmeasured, unweighed: codes that each leaves out.

    by_count: of the sources with a verdict. by_quantity: of the water [m³/d] of those with a verdict and a known quantity.
    """

    compliant: int
    judged: int
    by_count: float | None
    by_quantity: float | None
    unmeasured: tuple[str, ...]
    unweighed: tuple[str, ...]


def rates(verdicts: Mapping[str, Verdict], quantities: Mapping[str, float | None]) -> Rates:
    """The rates of the sources of `verdicts`; `quantities` says what each supplies [m³/d], None where that is not known."""
    judged = [code for code, verdict in verdicts.items() if verdict.compliant is not None]
    good = {code for code in judged if verdicts[code].compliant}
    weighed = {code: quantity for code in judged if (quantity := quantities.get(code))}
    return Rates(
        len(good), len(judged), _share([1.0] * len(good), [1.0] * len(judged)),
        _share([q for code, q in weighed.items() if code in good], weighed.values()),
        tuple(code for code in verdicts if code not in judged), tuple(code for code in judged if code not in weighed),
    )  # fmt: skip


def _share(part: Iterable[float], whole: Collection[float]) -> float | None:
    return sum(part) / sum(whole) if whole else None
