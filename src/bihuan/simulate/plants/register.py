"""Plants, outlets and loggers of the practice city, all from a seed."""

import random
from dataclasses import dataclass
from functools import cached_property

from bihuan.simulate.economy import INDUSTRIES
from bihuan.simulate.plants.processes import BY_KEY, OF_INDUSTRY, Process

INTERVALS = {2005: (1, 10), 2017: (1, 1, 1, 10), 2025: (1,)}
SPAN_TIMES_LIMIT = {"pm": 3.0, "so2": 3.0, "nox": 3.0}
STEPS = (15, 20, 30, 50, 75, 100, 150, 200, 250, 300, 450, 500, 600, 750, 1000, 1500)
CALIBRATION_DAYS = (1, 1, 7)


@dataclass(frozen=True, eq=False)
class Device:
    """A logger: number, edition, password; minutes of a minute record; which deviations it has (seed of them).

    system: the code ST of what it measures: 31 air, 32 surface water.
    """

    mn: str
    edition: int
    password: str
    interval: int
    dialect: int
    system: str = "31"


@dataclass(frozen=True, eq=False)
class Outlet:
    """A stack with its analysers and logger. span: upper end of range by item; rated: its flow [m³/h, dry, standard].

    raw, aim: factors of this stack on its process; calibration: minute of the day, every so many days.
    """

    site: str
    name: str
    enterprise: str
    number: int
    seed: int
    process: Process
    limits_kind: str
    area: float
    air_kpa: float
    span: dict[str, float]
    raw: float
    o2: float
    has_load: bool
    calibration: int
    calibrated_every: int
    device: Device

    @property
    def limits(self) -> dict[str, float]:
        """Limit [mg/m³] of the hourly mean by item."""
        return self.process.limits[self.limits_kind]

    @property
    def items(self) -> tuple[str, ...]:
        """Pollutants that are measured."""
        return tuple(self.limits)

    @cached_property
    def rated_flow(self) -> float:
        """Flow at full load [m³/h, dry, standard state]."""
        p = self.process
        state = 273 / (273 + p.temp) * (self.air_kpa + p.pressure) / 101.325 * (1 - p.humidity / 100)
        return round(p.velocity * self.area * 3600 * state, -2)


@dataclass(frozen=True, eq=False)
class Plant:
    """An enterprise with its outlets."""

    code: str
    name: str
    industry: str
    outlets: tuple[Outlet, ...]
    simulated: bool = True


def make_plants(seed: int = 2019, count: int = 80) -> tuple[Plant, ...]:
    """Plants with one to five outlets. The first of economy.make_units, with the same codes and industries."""
    kinds = [(industry.name, n + 1) for industry in INDUSTRIES for n in range(industry.count)]
    chosen = kinds if count >= len(kinds) else [kinds[i * len(kinds) // count] for i in range(count)]
    plants: list[Plant] = []
    number = 0
    for industry, n in chosen:
        code = f"P{kinds.index((industry, n)) + 1:03d}"
        rng = random.Random(f"{seed}/{code}")
        offered = OF_INDUSTRY[industry]
        keys = offered[: rng.randint(1, len(offered))]
        name = f"{industry}{n}厂（模拟）"
        outlets = tuple(
            _outlet(rng, seed, code, name, k, key, keys[:k].count(key) + 1, number + k)
            for k, key in enumerate(keys)
        )
        number += len(outlets)
        plants.append(Plant(code, name, industry, outlets))
    return tuple(plants)


def outlets_of(plants: tuple[Plant, ...]) -> list[Outlet]:
    """All outlets."""
    return [outlet for plant in plants for outlet in plant.outlets]


def _outlet(
    rng: random.Random, seed: int, code: str, enterprise: str, k: int, key: str, nth: int, number: int
) -> Outlet:
    process = BY_KEY[key]
    kind = rng.choices(("ultra_low", "gb"), (0.8, 0.2))[0]
    limits = process.limits[kind]
    span = {i: float(next(s for s in STEPS if s >= SPAN_TIMES_LIMIT[i] * v)) for i, v in limits.items()}
    return Outlet(
        site=f"{code}-{k + 1}",
        name=f"{nth}号{process.label}",
        enterprise=enterprise,
        number=number,
        seed=seed,
        process=process,
        limits_kind=kind,
        area=round(rng.uniform(*process.area), 2),
        air_kpa=round(rng.uniform(91.5, 94.5), 2),
        span=span,
        raw=rng.uniform(0.8, 1.25),
        o2=rng.uniform(-0.5, 0.6) if process.o2 < 20 else rng.uniform(-0.1, 0.1),
        has_load=rng.random() < 0.85,
        calibration=rng.choice((70, 130, 190, 250, 310)) + rng.randint(0, 40),
        calibrated_every=rng.choice(CALIBRATION_DAYS),
        device=make_device(rng, number),
    )


def make_device(rng: random.Random, number: int, system: str = "31") -> Device:
    """The logger of the outlet with a number."""
    edition = (2017, 2025, 2005)[number % 3] if number < 3 else rng.choice((2005, 2017, 2017, 2017, 2025))
    if edition == 2005:
        mn = f"140300{rng.randrange(10**4):04d}{number:04d}"
    else:
        mn = f"{rng.randrange(16**20):020X}{number:04X}"
    password = rng.choice(("123456", f"{rng.randrange(10**6):06d}"))
    return Device(mn, edition, password, rng.choice(INTERVALS[edition]), rng.randrange(2**31), system)
