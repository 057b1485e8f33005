"""The limits of a test by method, level and date, and the judgement of what its report gives, with Decimal.

Level a holds everywhere; level b where a provincial decision filed with the ministry says so. Before the first date of the table no limit is known:
such a test is not judged here. In ASM the 2540 mode is driven only where 5025 was not passed: the report is in order when the last mode driven is.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from bihuan.domain.vehicle_tests.tables import VALUES

LEVELS = ("a", "b")
UNTESTED = ("lambda", "ringelmann", "nox_80", "hcnox_km")
"""Values that a report may lack: not every car or every analyser has them."""


@dataclass(frozen=True)
class Limit:
    """One limit. kind: `most` or `least` in the unit of the value, `share` at least of the rated power."""

    method: str
    value: str
    level: str
    kind: str
    limit: Decimal
    valid_from: date
    valid_until: date | None
    source: str
    mark: str


@dataclass(frozen=True)
class Judged:
    """A value beside its limit [unit of the value]; ok is None where the report does not give it. beyond: value / limit - 1, None without."""

    limit: Limit
    value: Decimal | None
    against: Decimal | None
    ok: bool | None

    @property
    def name(self) -> str:
        """What was measured."""
        return VALUES[self.limit.value][0]

    @property
    def unit(self) -> str:
        """Of value and limit."""
        return VALUES[self.limit.value][1]


@dataclass(frozen=True)
class Verdict:
    """ok: None where it cannot be said (no limits of that day, or a needed value is missing); `missing` names those."""

    ok: bool | None
    items: tuple[Judged, ...]
    missing: tuple[str, ...] = ()


@cache
def every() -> tuple[Limit, ...]:
    """The whole table."""
    with Path(__file__).with_name("limits.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Limit(
                r["method"], r["value"], r["level"], r["kind"], Decimal(r["limit"]), date.fromisoformat(r["valid_from"]),
                date.fromisoformat(r["valid_until"]) if r["valid_until"] else None, r["source"], r["mark"],
            )
            for r in csv.DictReader(file)
        )  # fmt: skip


@cache
def limits_on(day: date, method: str, level: str = "a") -> tuple[Limit, ...]:
    """The limits of a method on the day of the test, none where none are known. Raises ValueError for another level."""
    if level not in LEVELS:
        raise ValueError(f"level {level!r} is none of {LEVELS}")
    return tuple(
        one
        for one in every()
        if (one.method, one.level) == (method, level)
        and one.valid_from <= day
        and (one.valid_until is None or day <= one.valid_until)
    )


def exact(value: float | None) -> Decimal | None:
    """A number as it was written: 0.35 is 0.35."""
    return None if value is None else Decimal(repr(float(value)))


def _one(limit: Limit, values: Mapping[str, float | None], rated_kw: float | None) -> Judged:
    value, against = exact(values.get(limit.value)), limit.limit
    if limit.kind == "share":
        rated = exact(rated_kw)
        if rated is None:
            return Judged(limit, value, None, None)
        against = limit.limit * rated
    if value is None:
        return Judged(limit, None, against, None)
    return Judged(limit, value, against, value <= against if limit.kind == "most" else value >= against)


def judged(
    method: str, day: date, values: Mapping[str, float | None], *, level: str = "a", rated_kw: float | None = None,
    mil: str = "",
) -> Verdict:  # fmt: skip
    """What the limits of the day say of a report. A lit MIL fails (GB 18285-2018, GB 3847-2018 OBD 检查，条款待核).

    Raises ValueError for an unknown level.
    """
    items = tuple(_one(limit, values, rated_kw) for limit in limits_on(day, method, level))
    if not items:
        return Verdict(None, ())
    counted = _last_mode(items) if method == "asm" else items
    missing = tuple(i.name for i in counted if i.ok is None and i.limit.value not in UNTESTED)
    if mil == "on" or any(i.ok is False for i in counted):
        return Verdict(False, items, missing)
    return Verdict(None if missing else True, items, missing)


def _last_mode(items: Sequence[Judged]) -> Sequence[Judged]:
    """Of ASM: 2540 where it was driven, else 5025."""
    second = [i for i in items if i.limit.value.endswith("2540")]
    driven = any(i.value is not None for i in second)
    return second if driven else [i for i in items if i.limit.value.endswith("5025")]
