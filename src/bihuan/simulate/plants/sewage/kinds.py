"""Kinds of sewage outlets of the practice city. Figures are of the usual order, no real plant's; limits of the day's mean.

Limits: coking GB 16171-2012, mines GB 20426-2006, others GB 8978-1996, municipal works DB14/1928-2019 (clauses not checked).
"""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Kind:
    """pattern: diurnal (a town), steady, batch (pumps that start and stop). usual: share of the limit behind the treatment.

    flow: range of the design flow [m³/h]; temp: mean of the year [°C].
    """

    key: str
    label: str
    pattern: str
    limits: dict[str, float]
    basis: str
    usual: dict[str, float]
    flow: tuple[float, float]
    temp: float
    ph: float


KINDS = (
    Kind("coking_water", "生化出水总排口", "steady", {"cod": 80, "nh3n": 10, "tp": 1.0, "tn": 20}, "GB 16171-2012", {"cod": 0.55, "nh3n": 0.28, "tp": 0.35, "tn": 0.66}, (40, 160), 27, 7.5),
    Kind("chemical_water", "废水总排口", "steady", {"cod": 100, "nh3n": 15}, "GB 8978-1996", {"cod": 0.42, "nh3n": 0.3}, (60, 250), 24, 8.0),
    Kind("mine_water", "矿井水排口", "batch", {"cod": 50, "nh3n": 5}, "GB 20426-2006 及地方要求", {"cod": 0.4, "nh3n": 0.25}, (50, 220), 15, 7.8),
    Kind("power_water", "废水总排口", "batch", {"cod": 100, "nh3n": 15}, "GB 8978-1996", {"cod": 0.35, "nh3n": 0.2}, (40, 120), 22, 7.7),
    Kind("municipal", "出水总排口", "diurnal", {"cod": 40, "nh3n": 2.0, "tp": 0.4, "tn": 15}, "DB14/1928-2019", {"cod": 0.48, "nh3n": 0.25, "tp": 0.5, "tn": 0.68}, (800, 3500), 16, 7.3),
)  # fmt: skip
BY_KEY = {kind.key: kind for kind in KINDS}

OF_INDUSTRY = {
    "炼焦": ("coking_water", 1.0),
    "氧化铝": ("chemical_water", 1.0),
    "煤炭洗选": ("mine_water", 0.35),
    "火力发电": ("power_water", 0.6),
}
"""Kind that a plant of an industry may have, and the share of plants that have one."""
WORKS = 4
"""Municipal works beside the plants; they are not on a city's reduction list."""
