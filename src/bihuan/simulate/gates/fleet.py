"""The vehicles of a simulated world (模拟): plates, numbers with right check digits, what drives them, what they weigh. Invented throughout."""

from datetime import date, timedelta

import numpy as np
import polars as pl

SERIAL = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True))  # fmt: skip
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
# stage, first day of registration, last one, share of a fleet
STAGES = (("3", date(2009, 1, 1), date(2013, 6, 30), 0.05), ("4", date(2013, 9, 1), date(2017, 6, 30), 0.25), ("5", date(2017, 7, 2), date(2018, 12, 1), 0.55), ("electric", date(2018, 1, 1), date(2018, 12, 1), 0.15))  # fmt: skip


def vin(serial: int) -> str:
    """An invented number of 17 characters; its ninth is the check digit."""
    text = f"LZZ5EXSD0KA{serial % 1_000_000:06d}"
    rest = sum(_VALUES[c] * w for c, w in zip(text, _WEIGHTS, strict=True)) % 11
    return f"{text[:8]}{'X' if rest == 10 else rest}{text[9:]}"


def fleet(seed: int, units: int, each: int) -> pl.DataFrame:
    """`each` vehicles of every unit: place (of the unit), plate, colour, vin, engine_no, vehicle_type, fuel, stage, registered, use, owner, permitted_kg, tare_true, number."""
    dice, count = np.random.default_rng([seed, 1]), units * each
    kinds = dice.choice(len(STAGES), count, p=[s[3] for s in STAGES])
    spans = [(s[1], (s[2] - s[1]).days) for s in STAGES]
    days = dice.random(count)
    registered = [
        str(spans[k][0] + timedelta(days=int(d * spans[k][1]))) for k, d in zip(kinds, days, strict=True)
    ]
    stage = [STAGES[k][0] for k in kinds]
    electric = np.array([s == "electric" for s in stage])
    return pl.DataFrame(
        {
            "place": np.repeat(np.arange(units), each), "number": np.arange(count),
            "plate": [_plate(n, green=e) for n, e in enumerate(electric)],
            "colour": np.where(electric, "yellow_green", "yellow"),
            "vin": [vin(seed * 7919 + n) for n in range(count)], "engine_no": [f"E{seed}{n:06d}" for n in range(count)],
            "vehicle_type": ["H11" if n % 3 else "Q11" for n in range(count)],
            "fuel": np.where(electric, "electric", np.where(dice.random(count) < 0.06, "natural_gas", "diesel")),
            "stage": stage, "registered": registered, "use": ["货运"] * count,
            "owner": [f"运输车队{n % 40 + 1}（模拟）" for n in range(count)], "permitted_kg": [49000.0] * count, "tare_true": dice.normal(15500, 600, count).round(-1),
        }
    )  # fmt: skip


def _plate(n: int, *, green: bool) -> str:
    if green:
        return f"晋C{n % 100_000:05d}D" if n < 100_000 else f"晋D{n % 100_000:05d}D"
    place = SERIAL[2 + n // 240_000 % 20]
    rest = n % 240_000
    return f"晋{place}{SERIAL[rest // 10_000]}{rest % 10_000:04d}"
