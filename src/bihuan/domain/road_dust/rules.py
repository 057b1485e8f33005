"""The figures by which roads are judged, dated, from rules.csv; what is unsure is marked K? there and can be replaced by the city's."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from bihuan.domain.outlets.dated import rules_in_force

RULES = Path(__file__).with_suffix(".csv")


@dataclass(frozen=True)
class Rules:
    """What is in force on a date.

    humid [%], windy [m/s], dry_hours [h], trace [mm]: in which weather a run counts. slowest, fastest [km/h]: at which speed. within [m]: how far from
    a segment a point may lie. gap [s]: what does not yet end a pass. window [min], net_segments: with what a point is compared. least_passes, least_days:
    from which on a segment is ranked. slow_sweeper [km/h]: up to which speed sweeping counts. wet_day [mm]: rain of a day on which no dust rises.
    """

    humid: float
    windy: float
    dry_hours: float
    trace: float
    slowest: float
    fastest: float
    within: float
    gap: float
    window: float
    net_segments: float
    least_passes: float
    least_days: float
    slow_sweeper: float
    wet_day: float


@cache
def rules_on(on: date) -> Rules:
    """The rules in force on a date. Raises NoRule where one is missing."""
    return rules_in_force(RULES, Rules, on)
