"""What a paved road lets rise: E = k sL^0.91 W^1.02 (1 - eta), 扬尘源颗粒物排放清单编制技术指南（试行）(2014); k and eta are dated data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bihuan.domain.outlets.dated import in_force

FACTORS = Path(__file__).with_name("factors.csv")
POLLUTANTS = ("tsp", "pm10", "pm25")
A_YEAR = 365


def factors(what: str, on: date) -> Mapping[str, float]:
    """By pollutant, the figures of `k` [g/km] or `watering` (share kept down) in force on a date."""
    rows = in_force(FACTORS, on)
    return {p: float(v) for w, p, v in rows.select("what", "pollutant", "value").iter_rows() if w == what}


def grams(k: float, silt: float, tonnes: float, kept_down: float = 0.0) -> float:
    """g of dust that one vehicle raises on one km. silt: sL [g/m²]; tonnes: mean weight of the vehicles [t]; kept_down: eta, 0 to 1."""
    return float(k * silt**0.91 * tonnes**1.02 * (1 - kept_down))


@dataclass(frozen=True)
class Road:
    """What is known of a segment: sL [g/m²], mean weight [t], vehicles a day, length [km]."""

    silt: float
    tonnes: float
    vehicles: float
    km: float


def kg_a_day(grams_a_km: float, road: Road) -> float:
    """kg of a dry day."""
    return grams_a_km * road.km * road.vehicles / 1000


def tonnes_a_year(grams_a_km: float, road: Road, wet_days: int) -> float:
    """t of a year with so many days of rain."""
    return kg_a_day(grams_a_km, road) * A_YEAR * (1 - wet_days / A_YEAR) / 1000
