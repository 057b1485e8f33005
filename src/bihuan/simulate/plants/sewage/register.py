"""Sewage outlets and their loggers, all from a seed of their own: the stacks of the same seed stay what they are."""

import random
from dataclasses import dataclass

from bihuan.simulate.plants.register import Device, Plant, make_device
from bihuan.simulate.plants.sewage.kinds import BY_KEY, OF_INDUSTRY, WORKS, Kind

FIRST_NUMBER = 5000
"""Beyond all stacks: numbers stand in the identifiers of devices."""
STEPS = (0.5, 1, 2, 5, 10, 20, 30, 50, 100, 200, 300)
SPAN_TIMES_LIMIT = 2.5


@dataclass(frozen=True, eq=False)
class Sewer:
    """A sewage outlet. every: minutes between samples; phase: of the first in the day; delay: until the result is shown.

    rated: design flow [m³/h]; strength: factor of this outlet on its kind; span: upper end of the range by item.
    """

    site: str
    name: str
    enterprise: str
    number: int
    seed: int
    kind: Kind
    rated: float
    strength: float
    every: int
    phase: int
    delay: int
    calibration: int
    span: dict[str, float]
    device: Device

    @property
    def limits(self) -> dict[str, float]:
        """Limit [mg/L] of the day's mean by item."""
        return self.kind.limits

    @property
    def items(self) -> tuple[str, ...]:
        """Pollutants that are measured."""
        return tuple(self.kind.limits)


def make_sewers(plants: tuple[Plant, ...], seed: int = 2019, *, works: int = WORKS) -> tuple[Sewer, ...]:
    """Outlets of the plants that have one, and of municipal works (codes WS01 ...)."""
    made: list[Sewer] = []
    for plant in plants:
        rng = random.Random(f"sewage/{seed}/{plant.code}")
        key, share = OF_INDUSTRY.get(plant.industry, ("", 0.0))
        if rng.random() < share:
            made.append(_sewer(rng, seed, plant.code, plant.name, BY_KEY[key], FIRST_NUMBER + len(made)))
    for n in range(works):
        code = f"WS{n + 1:02d}"
        rng = random.Random(f"sewage/{seed}/{code}")
        name = f"{n + 1}号污水处理厂（模拟）"
        made.append(_sewer(rng, seed, code, name, BY_KEY["municipal"], FIRST_NUMBER + len(made)))
    return tuple(made)


def _sewer(rng: random.Random, seed: int, code: str, enterprise: str, kind: Kind, number: int) -> Sewer:
    every = rng.choice((60, 60, 60, 120))
    return Sewer(
        site=f"{code}-W1",
        name=kind.label,
        enterprise=enterprise,
        number=number,
        seed=seed,
        kind=kind,
        rated=round(rng.uniform(*kind.flow), -1),
        strength=rng.uniform(0.85, 1.15),
        every=every,
        phase=rng.randrange(every),
        delay=rng.randint(25, 50),
        calibration=rng.choice((60, 120, 180, 1320)) + rng.randrange(40),
        span={i: float(next(s for s in STEPS if s >= SPAN_TIMES_LIMIT * v)) for i, v in kind.limits.items()},
        device=make_device(rng, number, system="32"),
    )
