"""The dated tables of the law, read once from the CSV files beside this module. Each row names its source.

Marks: S = seen in several public sources, S1 = in one, K = known to practitioners, K? = known but unsure.
"""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from bihuan.errors import BihuanError


class NoStandard(BihuanError):
    """Nothing known fits: the name of a standard, or an item and period without a limit."""


def rows(name: str) -> list[dict[str, str]]:
    """All rows of one table, as text."""
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Edition:
    """A set of standards that are in force together, and how they want numbers published.

    `decimals_*`: decimals of published values (`co`: mg/m³), GB/T 8170.
    """

    name: str
    gb3095: str
    hj633: str
    hj663: str
    valid_from: date
    valid_to: date
    decimals_day: int
    decimals_day_co: int
    decimals_statistic: int
    decimals_statistic_co: int
    decimals_index: int
    source: str
    mark: str

    def decimals(self, item: str, *, statistic: bool) -> int:
        """Decimals of a published concentration of `item`: of an hour or day, or of a month or year."""
        if item == "co":
            return self.decimals_statistic_co if statistic else self.decimals_day_co
        return self.decimals_statistic if statistic else self.decimals_day


def _edition(row: dict[str, str]) -> Edition:
    numbers = {k: int(v) for k, v in row.items() if k.startswith("decimals")}
    return Edition(
        name=row["edition"],
        gb3095=row["gb3095"],
        hj633=row["hj633"],
        hj663=row["hj663"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max,
        source=row["source"],
        mark=row["mark"],
        **numbers,
    )


@cache
def editions(standard: str = "auto") -> tuple[Edition, ...]:
    """Editions called `standard` (any of their names; `auto` = all), in the order of their dates.

    Raises NoStandard with the known names.
    """
    known = sorted((_edition(r) for r in rows("editions")), key=lambda e: e.valid_from)
    if standard == "auto":
        return tuple(known)
    chosen = tuple(e for e in known if standard in (e.name, e.gb3095, e.hj633, e.hj663))
    if not chosen:
        names = sorted({n for e in known for n in (e.gb3095, e.hj633, e.hj663)})
        raise NoStandard(f"unknown standard {standard!r}; choose auto or one of {', '.join(names)}")
    return chosen


def edition_on(day: date, standard: str = "auto") -> Edition:
    """The edition in force on the date of the DATA (never "today").

    Data older than the first edition of `standard` are judged by the first, later than the last by the last:
    that is what "2019 on the new standard" means.
    """
    chosen = editions(standard)
    begun = [e for e in chosen if e.valid_from <= day]
    return begun[-1] if begun else chosen[0]


def spans(first: date, last: date, standard: str = "auto") -> list[tuple[Edition, date, date]]:
    """The editions that judge the days first..last, each with its first and last day of that span."""
    chosen = [e for e in editions(standard) if e.valid_from <= last]
    chosen = [e for e in chosen if e.valid_to >= first or e is chosen[-1]] or [editions(standard)[0]]
    starts = [first, *(e.valid_from for e in chosen[1:])]
    ends = [*(e.valid_to for e in chosen[:-1]), last]
    return list(zip(chosen, starts, ends, strict=True))


@dataclass(frozen=True)
class Limit:
    """A concentration limit; compliant is C <= value. Unit as stated (µg/m³; CO mg/m³)."""

    item: str
    period: str
    class_: int
    value: float
    unit: str
    edition: str
    source: str
    mark: str


@cache
def _limits() -> dict[tuple[str, str, str, int], Limit]:
    return {
        (r["edition"], r["item"], r["period"], int(r["class"])): Limit(
            r["item"],
            r["period"],
            int(r["class"]),
            float(r["limit"]),
            r["unit"],
            r["edition"],
            r["source"],
            r["mark"],
        )
        for r in rows("limits")
    }


def limit(item: str, period: str, *, on: date, class_: int = 2, standard: str = "auto") -> Limit:
    """The limit of GB 3095 for an item (inside name) and period (`1h`, `8h`, `day`, `season`, `year`).

    `on`: date of the data. `class_`: 1 = nature reserves and scenic areas, 2 = where people live and work.
    `8h` is the daily maximum 8 h mean of O3. Raises NoStandard.
    """
    edition = edition_on(on, standard)
    found = _limits().get((edition.name, item, period, class_))
    if found is None:
        raise NoStandard(f"{edition.name} has no limit of class {class_} for {item}, {period}")
    return found


@cache
def minimum(rule: str) -> int:
    """A least number for validity (`hours_of_day`, `hours_of_8h`, `windows_of_day`, `days_of_month`, ...)."""
    return {r["rule"]: int(r["minimum"]) for r in rows("validity")}[rule]


@cache
def weights(hj663: str) -> dict[str, int]:
    """Weight of each item in the composite index of an edition of HJ 663."""
    return {r["item"]: int(r["weight"]) for r in rows("weights") if r["standard"] == hj663}


@cache
def annual_percentiles() -> dict[str, int]:
    """Which percentile of the daily values HJ 663 evaluates for each item (O3: of the daily maximum 8 h)."""
    return {r["item"]: int(r["percentile"]) for r in rows("annual")}


@dataclass(frozen=True)
class Level:
    """A level of the AQI: 1..6, its names and the standard's colour (hex, no #)."""

    level: int
    aqi_from: int
    aqi_to: int
    numeral: str
    category: str
    colour: str
    hex: str
    english: str


@cache
def levels() -> tuple[Level, ...]:
    """The six levels, HJ 633 table 2; the same in both editions."""
    return tuple(
        Level(
            int(r["level"]),
            int(r["aqi_from"]),
            int(r["aqi_to"]),
            r["numeral"],
            r["category"],
            r["colour"],
            r["hex"],
            r["english"],
        )
        for r in rows("levels")
    )


@dataclass(frozen=True)
class Advice:
    """What a level of the AQI does to health (对健康影响情况), and what people should do (建议采取的措施)."""

    effect: str
    advice: str
    english: str


@cache
def advice_of(level: int) -> Advice:
    """The advice of a level 1..6, HJ 633 table 2."""
    return next(
        Advice(r["effect"], r["advice"], r["english"]) for r in rows("advice") if int(r["level"]) == level
    )


def level_of(aqi: int) -> Level:
    """The level of an AQI (0..500, above 500 counts as the sixth)."""
    return next((x for x in levels() if aqi <= x.aqi_to), levels()[-1])
