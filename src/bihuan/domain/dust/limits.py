"""Limits for monitors of sites by place and date (`limits.csv`), and the hours and days judged by them.

A rule holds in a place, the code of a region or its beginning; of several places the narrowest counts, for each item by itself.
basis: `absolute`, or `minus_background`: the mean at the monitor less that of the same hour in the county, of which no more than
`cap` counts. allowed: so many times above it in a day are no breach. grade: `warn` and `stop` are orders, `limit` is a standard.
All values in µg/m³, rounded as GB/T 8170 says before they are compared.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from bihuan.domain.timeaxis import local_date

LENGTHS = {"5min": timedelta(minutes=5), "15min": timedelta(minutes=15), "hour": timedelta(hours=1)}
OK, OVER, UNKNOWN, DUST, FOUL = "ok", "over", "unknown", "dust", "foul"
"""Of a judged value: within, above, no background known, within an official sand-dust period, a foul county to which the site adds little."""
HEAVY, ADDED = 150.0, 80.0
"""In a county with so much (µg/m³, as DB13/2934 caps it) an absolute limit judges a site only where it adds so much, as that standard allows: background of heavy
pollution is excluded (own choice)."""


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    place: str
    item: str
    averaging: str
    basis: str
    limit: float
    inclusive: bool
    cap: float | None
    allowed: int
    phases: frozenset[str]
    setting: str
    grade: str
    valid_from: date
    valid_until: date | None
    source: str
    mark: str

    @property
    def minus_background(self) -> bool:
        """Is it the difference to the county that counts?"""
        return self.basis == "minus_background"

    def in_force(self, on: date) -> bool:
        """Does it hold on a day?"""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


@cache
def rules() -> tuple[Rule, ...]:
    """The whole table."""
    with Path(__file__).with_name("limits.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_rule(row) for row in csv.DictReader(file))


def _rule(row: dict[str, str]) -> Rule:
    until = date.fromisoformat(row["valid_until"]) if row["valid_until"] else None
    return Rule(
        row["place"], row["item"], row["averaging"], row["basis"], float(row["limit"]), row["inclusive"] == "1",
        float(row["cap"]) if row["cap"] else None, int(row["allowed"]), frozenset(row["phases"].split()), row["setting"],
        row["grade"], date.fromisoformat(row["valid_from"]), until, row["source"], row["mark"],
    )  # fmt: skip


def rules_for(
    region: str, on: date, phase: str, setting: str, table: Sequence[Rule] | None = None
) -> tuple[Rule, ...]:
    """The rules of a site in a region (code) on a day, by item; none of another phase or setting.

    setting: `built_up` or `rural`; where a rule asks for it and it is empty, the rule cannot be applied and is left out.
    """
    held = [r for r in table or rules() if r.in_force(on) and region.startswith(r.place)]
    widest = {item: max(len(r.place) for r in held if r.item == item) for item in {r.item for r in held}}
    return tuple(
        r
        for r in held
        if len(r.place) == widest[r.item]
        and (not r.phases or phase in r.phases)
        and (not r.setting or r.setting == setting)
    )


def judged(values: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Mean values of a rule's item and averaging, each with `over` [µg/m³ compared with the limit] and `state`.

    values: monitor, start, value, background (of the county, null: none known), air (of the city, for want of that), dust (within an official sand-dust period).
    """
    known = pl.col("background")
    capped = pl.when(known.is_not_null()).then(pl.min_horizontal(known, pl.lit(rule.cap)))
    counted = known if rule.cap is None else capped
    compared = (pl.col("value") - counted) if rule.minus_background else pl.col("value")
    rows = values.filter(pl.col("value").is_not_null()).with_columns(
        over=compared.cast(pl.Float64).round(0, mode="half_to_even")
    )
    above = (pl.col("over") >= rule.limit) if rule.inclusive else (pl.col("over") > rule.limit)
    air = pl.coalesce(known, pl.col("air"))
    little = (air >= HEAVY) & (pl.col("value") - air < ADDED)
    foul = pl.lit(value=False) if rule.minus_background else little.fill_null(value=False)
    state = (
        pl.when("dust").then(pl.lit(DUST))
        .when(pl.col("over").is_null()).then(pl.lit(UNKNOWN))
        .when(~above).then(pl.lit(OK))
        .when(foul).then(pl.lit(FOUL))
        .otherwise(pl.lit(OVER))
    )  # fmt: skip
    return rows.with_columns(state=state)


def days(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Judged values by monitor and day (China): `times` above, `judged` and `unknown` values, and `met`.

    met is null where nothing could be judged, and false as soon as more than the allowed times were above.
    """
    state = pl.col("state")
    sums = rows.group_by("monitor", local_date().alias("day")).agg(
        times=(state == OVER).sum().cast(pl.Int64),
        judged=state.is_in([OK, OVER]).sum().cast(pl.Int64),
        unknown=(state == UNKNOWN).sum().cast(pl.Int64),
    )
    met = pl.when(pl.col("judged") > 0).then(pl.col("times") <= rule.allowed)
    return sums.with_columns(met=met).sort("monitor", "day")
