"""Processes of the practice city: how each burns, is cleaned and is run. Figures are of the usual order, no real plant's.

Concentrations are mg/m³ of dry gas at the reference oxygen; where there is none, as in the gas. Limits: those called
ultra-low are of the national opinions for coal power, coke, cement; the others are typical permits (clauses not checked).
"""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Process:
    """A kind of stack.

    pattern: grid (daily curve), steady, two_shifts, day_shift, heating. raw: before cleaning. aim: share of the limit that
    the operators steer to. o2: at full load [%]; rise: how much more at 40 % load. stops: per year; light_up: hours.
    """

    key: str
    label: str
    ref_o2: float | None
    limits: dict[str, dict[str, float]]
    raw: dict[str, float]
    aim: dict[str, float]
    o2: float
    rise: float
    temp: float
    humidity: float
    velocity: float
    area: tuple[float, float]
    pressure: float
    pattern: str
    stops: float
    light_up: float


_STEEL_DUST = {"ultra_low": {"pm": 10.0}, "gb": {"pm": 30.0}}

PROCESSES = (
    Process("coal_power", "锅炉烟囱", 6.0, {"ultra_low": {"pm": 10, "so2": 35, "nox": 50}, "gb": {"pm": 30, "so2": 100, "nox": 100}}, {"pm": 18000, "so2": 2600, "nox": 320}, {"pm": 0.35, "so2": 0.52, "nox": 0.68}, 5.4, 3.4, 52, 12.5, 14, (18, 46), -0.15, "grid", 3, 8),
    Process("coke_oven", "焦炉烟囱", 8.0, {"ultra_low": {"pm": 10, "so2": 30, "nox": 150}, "gb": {"pm": 15, "so2": 50, "nox": 500}}, {"pm": 90, "so2": 160, "nox": 900}, {"pm": 0.4, "so2": 0.5, "nox": 0.66}, 8.6, 2.2, 165, 14, 9, (9, 20), -0.28, "steady", 0.5, 36),
    Process("coke_pushing", "装煤推焦除尘", None, {"ultra_low": {"pm": 10, "so2": 30}, "gb": {"pm": 50, "so2": 50}}, {"pm": 2200, "so2": 32}, {"pm": 0.42, "so2": 0.45}, 20.6, 0.2, 62, 2.6, 13, (4, 8), -0.2, "steady", 1, 2),
    Process("cement_kiln", "窑尾烟囱", 10.0, {"ultra_low": {"pm": 10, "so2": 35, "nox": 50}, "gb": {"pm": 30, "so2": 200, "nox": 400}}, {"pm": 26000, "so2": 120, "nox": 650}, {"pm": 0.38, "so2": 0.4, "nox": 0.7}, 9.2, 1.8, 105, 8.5, 13, (9, 19), -0.1, "steady", 5, 14),
    Process("kiln_head", "窑头冷却机烟囱", None, _STEEL_DUST, {"pm": 9000}, {"pm": 0.42}, 20.5, 0.2, 108, 2.2, 12, (6, 12), -0.12, "steady", 5, 6),
    Process("refractory_kiln", "窑炉烟囱", 8.6, {"ultra_low": {"pm": 10, "so2": 50, "nox": 100}, "gb": {"pm": 30, "so2": 200, "nox": 300}}, {"pm": 900, "so2": 420, "nox": 340}, {"pm": 0.42, "so2": 0.5, "nox": 0.62}, 11.5, 2.6, 68, 7.5, 9, (1.2, 4), -0.1, "steady", 4, 20),
    Process("alumina", "焙烧炉烟囱", 4.0, {"ultra_low": {"pm": 10, "so2": 35, "nox": 50}, "gb": {"pm": 50, "so2": 400, "nox": 100}}, {"pm": 30000, "so2": 180, "nox": 260}, {"pm": 0.5, "so2": 0.38, "nox": 0.7}, 5.0, 2.4, 148, 27, 15, (5, 9), -0.18, "steady", 4, 8),
    Process("foundry", "冲天炉烟囱", 15.0, {"ultra_low": {"pm": 30, "so2": 100, "nox": 200}, "gb": {"pm": 40, "so2": 200, "nox": 300}}, {"pm": 3200, "so2": 160, "nox": 90}, {"pm": 0.4, "so2": 0.5, "nox": 0.4}, 14.6, 2.2, 74, 5, 12, (0.9, 2.4), -0.2, "day_shift", 3, 1),
    Process("brick_kiln", "隧道窑脱硫塔", 18.0, {"ultra_low": {"pm": 10, "so2": 50, "nox": 100}, "gb": {"pm": 20, "so2": 150, "nox": 200}}, {"pm": 180, "so2": 760, "nox": 120}, {"pm": 0.5, "so2": 0.55, "nox": 0.6}, 17.3, 0.9, 46, 9.5, 7, (3, 9), -0.05, "steady", 3, 30),
    Process("coal_washing", "筛分破碎除尘", None, _STEEL_DUST, {"pm": 4200}, {"pm": 0.45}, 20.8, 0.1, 24, 1.6, 12, (0.5, 1.4), -0.3, "two_shifts", 3, 0.5),
    Process("coal_boiler", "供热锅炉烟囱", 9.0, {"ultra_low": {"pm": 10, "so2": 35, "nox": 50}, "gb": {"pm": 30, "so2": 200, "nox": 200}}, {"pm": 6500, "so2": 1300, "nox": 290}, {"pm": 0.4, "so2": 0.52, "nox": 0.7}, 9.4, 3.0, 54, 11, 11, (3, 10), -0.12, "heating", 2, 6),
)  # fmt: skip
BY_KEY = {process.key: process for process in PROCESSES}

OF_INDUSTRY = {
    "炼焦": ("coke_oven", "coke_oven", "coke_pushing", "coke_pushing"),
    "火力发电": ("coal_power", "coal_power"),
    "水泥": ("cement_kiln", "kiln_head"),
    "耐火材料": ("refractory_kiln", "refractory_kiln", "refractory_kiln"),
    "氧化铝": ("alumina", "alumina", "coal_boiler", "alumina", "coal_power"),
    "铸造": ("foundry", "foundry"),
    "砖瓦": ("brick_kiln",),
    "煤炭洗选": ("coal_washing", "coal_washing"),
    "供热": ("coal_boiler", "coal_boiler", "coal_boiler"),
}
"""Stacks that a plant of an industry (simulate.economy) may have, the first always."""
