"""What share of clean transport a unit has to reach (goals.csv): by industry and grade, in the version of a day."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

_TABLE = Path(__file__).with_name("goals.csv")


@dataclass(frozen=True)
class Goal:
    """percent: to be reached at least [%]. six: does the text count 国六 too? grade: empty for every grade. mark: how sure the figure is."""

    goal: str
    industry: str
    grade: str
    percent: Decimal
    six: bool
    since: date
    source: str
    mark: str


def _read() -> tuple[Goal, ...]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Goal(
                row["goal"], row["industry"], row["grade"], Decimal(row["percent"]), row["six"] == "1",
                date.fromisoformat(row["since"]), row["source"], row["mark"],
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


GOALS = _read()


def goals_of(industry: str, grade: str, day: date) -> tuple[Goal, ...]:
    """All that ask something of such a unit on a day, the strictest first; none where no text is known."""
    asked = [g for g in GOALS if g.industry == industry and g.grade in ("", grade) and g.since <= day]
    return tuple(sorted(asked, key=lambda g: (-g.percent, g.six)))
