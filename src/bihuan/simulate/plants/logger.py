"""What the logger makes of the analysers' minutes: its records, its own conversion, hours and days, amounts.

A record stands for the logger's interval. Means are of normal minutes; amounts are mean concentration x mean flow x time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bihuan.simulate.plants.analyser import DECIMALS, LETTERS, N, Reading
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.deeds.effects import Values, during
from bihuan.simulate.plants.physics import REACH
from bihuan.simulate.plants.register import Outlet

MOST_O2 = 20.5
"""Oxygen [%] from which on the logger does not convert (it would divide by nearly nothing)."""
ENOUGH, ENOUGH_HOURS = 45 / 60, 20 / 24
"""Share of normal minutes that makes a record or an hour normal; of normal hours that makes a day so."""
WRONG_REFERENCE = 4.0
FLOW_LOW, AMOUNT_LOW, HOUR_LOW, DAY_LOW, RESENT = 0.5, 0.6, 0.75, 0.7, 0.6
KG_DECIMALS, VOLUME_DECIMALS = 4, 1
LEAST, MOST = "_least", "_most"
"""Ends of the columns of the least and the greatest value of a period."""
FLOW_UNIT = 3600
"""Flow travels as m³/s (HJ 212-2017 annex B) with two decimals."""


@dataclass
class Table:
    """Records of one period: start (local minute), values and flags by column."""

    start: np.ndarray
    values: Values
    flags: dict[str, np.ndarray]

    @cached_property
    def plain(self) -> dict[str, list[float]]:
        """The values as plain numbers, for those who write them one by one; the table is finished by then."""
        return {name: column.tolist() for name, column in self.values.items()}

    @cached_property
    def letters(self) -> dict[str, list[str]]:
        """The flags as the letters of HJ 212."""
        return {name: letters(column) for name, column in self.flags.items()}


@dataclass
class Logged:
    """A day of the logger. resent: hours as they were sent again with other values, and which hours those are."""

    minutes: Table
    hours: Table
    days: Table
    resent: Table | None = None


def log_day(outlet: Outlet, read: Reading, deeds: Sequence[Deed]) -> Logged:
    """Minutes, hours and the day."""
    minutes = _records(outlet, read, deeds)
    hours = _mean_of(minutes, 60 // outlet.device.interval)
    _amounts(outlet, hours, minutes, deeds)
    for deed in deeds:
        when = during(deed, hours.start)
        if deed.kind == "hour_low":
            _scale(
                hours, [c for i in outlet.items for c in (i, f"{i}_zs") if c in hours.values], HOUR_LOW, when
            )
    days = _mean_of(hours, 24, ENOUGH_HOURS)
    for column in (*(f"{i}_kg" for i in outlet.items), "volume"):
        total = hours.values[column].sum(keepdims=True)
        days.values[column] = np.round(total, KG_DECIMALS if column != "volume" else VOLUME_DECIMALS)
    for deed in deeds:
        if deed.kind == "day_low" and during(deed, days.start + 720).any():
            _scale(days, [f"{i}_kg" for i in outlet.items], DAY_LOW, np.array([True]))
    return Logged(minutes, hours, days, _resent(outlet, hours, deeds))


def _records(outlet: Outlet, read: Reading, deeds: Sequence[Deed]) -> Table:
    """One record for each interval, with flow and conversion."""
    values = dict(read.values)
    state = 273 / (273 + values["temp"]) * (outlet.air_kpa + values["pressure"]) / 101.325
    values["flow"] = values["velocity"] * outlet.area * state * (1 - values["humidity"] / 100)
    for deed in deeds:
        if deed.kind == "flow_low":
            values["flow"] = np.where(during(deed, read.time), FLOW_LOW, 1.0) * values["flow"]
    records = Table(read.time, values, read.flags)
    if outlet.device.interval > 1:
        records = _grouped(records, outlet.device.interval)
    records.values["flow"] = np.round(records.values["flow"], 2) * FLOW_UNIT
    _convert(outlet, records, deeds)
    return records


def _convert(outlet: Outlet, records: Table, deeds: Sequence[Deed]) -> None:
    """The logger's own conversion of each record."""
    ref = outlet.process.ref_o2
    if ref is None:
        return
    reference = np.full(len(records.start), ref)
    for deed in deeds:
        if deed.kind == "wrong_conversion":
            reference += np.where(during(deed, records.start), min(WRONG_REFERENCE, (REACH - ref) / 2), 0)
    o2 = records.values["o2"]
    factor = np.where(o2 < MOST_O2, (REACH - reference) / np.maximum(REACH - o2, 0.01), np.nan)
    for item in outlet.items:
        records.values[f"{item}_zs"] = np.round(records.values[item] * factor, 2)


def _grouped(table: Table, size: int, least: float = ENOUGH) -> Table:
    """Means of `size` neighbours: of normal ones where there are some, else of all; flags, the worst when too few are normal."""
    shape = (-1, size)
    values, flags = {}, {}
    normal = {i: (f == N).reshape(shape) for i, f in table.flags.items()}
    for item, flag in table.flags.items():
        enough = normal[item].mean(axis=1) >= least
        flags[item] = np.where(enough, N, flag.reshape(shape).max(axis=1))
    for column, value in table.values.items():
        of = _base(column)
        rows = value.reshape(shape)
        kept = ~np.isnan(rows)
        if of in normal:
            some = normal[of] & kept
            kept = np.where(some.any(axis=1, keepdims=True), some, kept)
        count = kept.sum(axis=1)
        total = np.where(kept, rows, 0).sum(axis=1)
        mean = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
        values[column] = np.round(mean, DECIMALS.get(of, 6))
    return Table(table.start.reshape(shape)[:, 0], values, flags)


def _base(column: str) -> str:
    return column.removesuffix("_zs").removesuffix("_kg")


def _mean_of(table: Table, size: int, least: float = ENOUGH) -> Table:
    """Hours of records or the day of hours."""
    plain = {c: v for c, v in table.values.items() if not c.endswith(("_kg", LEAST, MOST)) and c != "volume"}
    out = _grouped(Table(table.start, plain, table.flags), size, least)
    out.values["flow"] = np.round(out.values["flow"] / FLOW_UNIT, 2) * FLOW_UNIT
    for column, value in plain.items():
        rows = value.reshape(-1, size)
        out.values[column + LEAST] = np.fmin.reduce(rows, axis=1)
        out.values[column + MOST] = np.fmax.reduce(rows, axis=1)
    return out


def _amounts(outlet: Outlet, hours: Table, records: Table, deeds: Sequence[Deed]) -> None:
    """kg of each pollutant and m³ of gas in each hour, of normal records, standing for the whole hour."""
    size = 60 // outlet.device.interval
    flow, flow_flag = records.values["flow"], records.flags["flow"]

    def mean(rows: np.ndarray, normal: np.ndarray) -> np.ndarray:
        kept = normal.reshape(-1, size)
        total = np.where(kept, rows.reshape(-1, size), 0).sum(axis=1)
        out: np.ndarray = np.divide(total, kept.sum(axis=1), out=np.zeros(len(total)), where=kept.any(axis=1))
        return out

    hours.values["volume"] = np.round(mean(flow, flow_flag == N), VOLUME_DECIMALS)
    for item in outlet.items:
        both = (records.flags[item] == N) & (flow_flag == N)
        kg = mean(records.values[item] * flow * 1e-6, both)
        for deed in deeds:
            if deed.kind == "amount_low":
                kg = kg * np.where(during(deed, hours.start), AMOUNT_LOW, 1.0)
        hours.values[f"{item}_kg"] = np.round(kg, KG_DECIMALS)


def _scale(table: Table, columns: Sequence[str], factor: float, when: np.ndarray) -> None:
    for column in columns:
        decimals = KG_DECIMALS if column.endswith("_kg") else DECIMALS[_base(column)]
        changed = np.round(table.values[column] * factor, decimals)
        table.values[column] = np.where(when, changed, table.values[column])


def _resent(outlet: Outlet, hours: Table, deeds: Sequence[Deed]) -> Table | None:
    """Hours above the limit as they are sent again during a deed of resending; NaN where nothing is sent again."""
    for deed in deeds:
        if deed.kind != "resend":
            continue
        when = during(deed, hours.start)
        over = np.zeros(len(when), bool)
        for item, limit in outlet.limits.items():
            judged = hours.values.get(f"{item}_zs", hours.values[item])
            over |= np.nan_to_num(judged) > limit
        chosen = when & over & (hours.flags[outlet.items[0]] == N)
        if chosen.any():
            again = Table(hours.start, dict(hours.values), hours.flags)
            columns = [c for c in hours.values if _base(c) in outlet.items]
            _scale(again, columns, RESENT, chosen)
            return Table(
                again.start[chosen],
                {c: v[chosen] for c, v in again.values.items()},
                {c: f[chosen] for c, f in again.flags.items()},
            )
    return None


def letters(flags: np.ndarray) -> list[str]:
    """Flags as the letters of HJ 212."""
    made: list[str] = LETTERS[flags].tolist()
    return made
