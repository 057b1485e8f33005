"""What the logger makes of a day of a sewage outlet: records, hours, the day, amounts.

A record of ten minutes has the last value of an analyser and the means of the meters. Hours are means of normal records,
the day's mean is weighted with the flow, amounts are mean concentration x volume.
"""

from collections.abc import Sequence

import numpy as np

from bihuan.simulate.plants.analyser import N
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.deeds.effects import Values, during
from bihuan.simulate.plants.logger import KG_DECIMALS, VOLUME_DECIMALS, Logged, Table
from bihuan.simulate.plants.noise import Array
from bihuan.simulate.plants.sewage.analyser import DECIMALS, Reading
from bihuan.simulate.plants.sewage.deeds import AMOUNT_LOW, DAY_LOW
from bihuan.simulate.plants.sewage.register import Sewer

ENOUGH = 0.5
FLOW_UNIT = 3.6
"""Flow travels in L/s with two decimals (HJ 212-2017 annex B)."""


def log_day(sewer: Sewer, read: Reading, deeds: Sequence[Deed]) -> Logged:
    """Records, hours and the day."""
    minutes = _records(sewer, read)
    hours = _grouped(minutes, 60 // sewer.device.interval)
    hours.values["volume"] = np.round(hours.values["water_flow"], VOLUME_DECIMALS)
    for item in sewer.items:
        kg = hours.values[item] * hours.values["water_flow"] * 1e-3
        for deed in deeds:
            if deed.kind == "amount_low":
                kg = kg * np.where(during(deed, hours.start), AMOUNT_LOW, 1.0)
        hours.values[f"{item}_kg"] = np.round(kg, KG_DECIMALS)
    return Logged(minutes, hours, _day(sewer, hours, deeds))


def _records(sewer: Sewer, read: Reading) -> Table:
    size = sewer.device.interval
    values: Values = {}
    for item, value in read.values.items():
        rows = value.reshape(-1, size)
        values[item] = np.round(rows[:, -1] if item in sewer.items else rows.mean(axis=1), DECIMALS[item])
    values["water_flow"] = np.round(values["water_flow"] / FLOW_UNIT, 2) * FLOW_UNIT
    flags = {item: flag.reshape(-1, size)[:, -1] for item, flag in read.flags.items()}
    return Table(read.time.reshape(-1, size)[:, 0], values, flags)


def _grouped(table: Table, size: int) -> Table:
    """Means of normal records where there are some, else of all; normal from half of them on."""
    values, flags = {}, {}
    for item, flag in table.flags.items():
        normal = (flag == N).reshape(-1, size)
        flags[item] = np.where(normal.mean(axis=1) >= ENOUGH, N, flag.reshape(-1, size).max(axis=1))
        kept = np.where(normal.any(axis=1, keepdims=True), normal, True)
        rows = table.values[item].reshape(-1, size)
        values[item] = np.round(np.where(kept, rows, 0).sum(axis=1) / kept.sum(axis=1), DECIMALS[item])
    return Table(table.start.reshape(-1, size)[:, 0], values, flags)


def _weighted(value: Array, flow: Array, normal: np.ndarray) -> float:
    total = float(flow[normal].sum())
    return float((value * flow)[normal].sum() / total) if total > 0 else float(value.mean())


def _day(sewer: Sewer, hours: Table, deeds: Sequence[Deed]) -> Table:
    flow = hours.values["water_flow"]
    made: Values = {}
    low = any(d.kind == "day_low" and during(d, hours.start[-1:]).any() for d in deeds)
    for item, flag in hours.flags.items():
        plain = float(hours.values[item].mean())
        mean = _weighted(hours.values[item], flow, flag == N) if item in sewer.items else plain
        made[item] = np.round(
            np.array([mean * (DAY_LOW if low and item in sewer.items else 1.0)]), DECIMALS[item]
        )
    for name in (*(f"{i}_kg" for i in sewer.items), "volume"):
        made[name] = np.round(hours.values[name].sum(keepdims=True), KG_DECIMALS)
    flags = {i: np.where((f == N).mean() >= 0.75, N, f.max())[None] for i, f in hours.flags.items()}
    return Table(hours.start[:1], made, flags)
