"""A parameter of a check as people read and set it: its name, unit, range, and what it means."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """`title` and `meaning` in Chinese; `unit` is a symbol (×: times, σ: standard deviations), empty for counts and shares.

    It may be set from `least` to `most`, both included [unit]. value: what is in force where no rule says otherwise;
    `changed`: the manifest says so, not the check. A whole number stays one.
    """

    title: str
    unit: str
    least: float
    most: float
    meaning: str
    value: float
    changed: bool = False

    @property
    def whole(self) -> bool:
        """Is it counted, so that only whole numbers are meant?"""
        return isinstance(self.value, int)

    @property
    def text(self) -> str:
        """The value in force with its unit, as people read it."""
        return f"{self.value:g} {self.unit}".strip()

    @property
    def span(self) -> str:
        """The range with its unit, as people read it."""
        return f"{self.least:g}–{self.most:g} {self.unit}".strip()

    def allows(self, value: float) -> bool:
        """Does the value lie in the range? Nothing that is no number does."""
        return self.least <= value <= self.most

    def of(self, value: float) -> float:
        """The value in the type that the check takes."""
        return int(value) if self.whole else float(value)


@dataclass(frozen=True)
class Declared:
    """A row of a table of parameters: of which check (empty: of every one that has such a parameter and no row of its own)."""

    check: str
    name: str
    title: str
    unit: str
    least: float
    most: float
    meaning: str

    def parameter(self, value: float, *, changed: bool) -> Parameter:
        """The parameter of a check, with the value in force."""
        return Parameter(self.title, self.unit, self.least, self.most, self.meaning, value, changed)


def of_check(
    declared: Iterable[Declared], check: str, defaults: Mapping[str, float], given: Mapping[str, float]
) -> dict[str, Parameter]:
    """The parameters of one check by their names. given: what a manifest changes. One that no row declares has its key only."""
    by_key = {(row.check, row.name): row for row in declared}

    def row_of(name: str) -> Declared:
        return (
            by_key.get((check, name))
            or by_key.get(("", name))
            or Declared(check, name, name, "", -math.inf, math.inf, "")
        )

    return {
        name: row_of(name).parameter(given.get(name, value), changed=name in given)
        for name, value in defaults.items()
    }
