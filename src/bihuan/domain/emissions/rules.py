"""The figures of HJ 75 for stacks, dated, from rules.csv; each row names its source.

HJ 75-2017 is in force since 1 March 2018, HJ/T 75-2007 before. Marks: K = known to practitioners, K? = known but unsure.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from bihuan.domain.outlets.dated import rules_in_force

RULES = Path(__file__).parent / "rules.csv"


@dataclass(frozen=True)
class Rules:
    """What is in force on a date.

    valid_hour [min]: counting minutes that make an hour valid; valid_day [h], valid_month and valid_february [d]: valid
    hours and days that make a day and a month valid; valid_quarter: least capture rate of a quarter whose amounts may be
    substituted; good_capture: from it on a substitute looks back only window_short, or after a gap longer than short_gap
    [h] window_long valid hours, below it window_poor; ultra_low: share of hours within the ultra-low limit that meets it.
    """

    valid_hour: float
    valid_day: float
    valid_month: float
    valid_february: float
    valid_quarter: float
    good_capture: float
    short_gap: float
    window_short: float
    window_long: float
    window_poor: float
    ultra_low: float


@cache
def rules_on(on: date) -> Rules:
    """The rules in force on a date. Raises NoRule where one is missing."""
    return rules_in_force(RULES, Rules, on)
