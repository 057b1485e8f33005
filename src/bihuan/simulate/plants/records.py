"""What a logger has to send, in the order in which it is due: minutes, hours, days, parameters, logs, hours sent again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import numpy as np

from bihuan.simulate.plants import paperwork
from bihuan.simulate.plants.analyser import DECIMALS
from bihuan.simulate.plants.calendar import DAY_MINUTES, instant_of
from bihuan.simulate.plants.delivery import delivery
from bihuan.simulate.plants.dialects import Dialect
from bihuan.simulate.plants.logger import FLOW_UNIT, KG_DECIMALS, LEAST, MOST, VOLUME_DECIMALS, Table
from bihuan.simulate.plants.packets import Item
from bihuan.simulate.plants.register import Outlet
from bihuan.simulate.plants.world import World, local_days, logged

LOAD_CODE = "ys1000"
"""A maker's code; the standard has none for the load."""
CODES = {
    "pm": "a34013", "so2": "a21026", "nox": "a21002", "o2": "a19001", "flow": "a00000", "velocity": "a01011",
    "temp": "a01012", "pressure": "a01013", "humidity": "a01014", "load": LOAD_CODE,
}  # fmt: skip
CODES_2005 = {
    "pm": "01", "so2": "02", "nox": "03", "o2": "S01", "flow": "B02", "velocity": "S02", "temp": "S03",
    "pressure": "S08", "humidity": "S05", "load": LOAD_CODE,
}  # fmt: skip
INFO = {"slope": "i13008", "intercept": "i13007", "span": "i13001", "velocity_coefficient": "i13104"}
"""Field information of annex B of HJ 212-2017 (from memory, not checked)."""
LOG = "i11001"
NO_VALUE = "9999.99"
COMMANDS = {"minute": "2051", "hour": "2061", "day": "2031"}
REALTIME, INFORMATION = "2011", "3020"


@dataclass(frozen=True)
class Record:
    """One upload: command, DataTime, content; due: when the logger sends it; ahead: its clock is ahead by so much.

    content makes the items when they are wanted: a day of a city's records at once would be too much text.
    """

    cn: str
    data_time: datetime
    due: datetime
    content: Callable[[], tuple[Item, ...]]
    ahead: timedelta = timedelta(0)


def in_order(made_of: Callable[[date], list[Record]], start: datetime, until: datetime) -> Iterator[Record]:
    """Records whose period starts in [start, until), by when they are due. Days are made one at a time."""
    waiting: list[Record] = []
    for day in local_days(start, until):
        waiting += [r for r in made_of(day) if start <= r.data_time - r.ahead < until]
        end = instant_of((day.toordinal() + 1) * DAY_MINUTES)
        waiting.sort(key=lambda r: r.due)
        yield from (r for r in waiting if r.due < end)
        waiting = [r for r in waiting if r.due >= end]
    yield from waiting


def records(
    world: World, site: str, start: datetime, until: datetime, dialect: Dialect, *, unsent: bool = False
) -> Iterator[Record]:
    """Records of a stack whose period starts in [start, until), by when they are due.

    unsent: also those that the logger has and never sent, as a platform may fetch them.
    """
    return in_order(
        lambda day: _of_day(world, world.by_site[site], day, dialect, unsent=unsent), start, until
    )


def _of_day(world: World, outlet: Outlet, day: date, dialect: Dialect, *, unsent: bool) -> list[Record]:
    made = logged(world, outlet.site, day)
    deeds = world.deeds_at(outlet.site, day)
    out: list[Record] = []
    for period, table in (("minute", made.minutes), ("hour", made.hours), ("day", made.days)):
        sent = delivery(outlet, day, period, table.start, deeds)
        mean = "Rtd" if period == "minute" and "rtd_means" in dialect else "Avg"
        for n in range(len(table.start)) if unsent else np.flatnonzero(sent.kept):
            due = datetime.fromtimestamp(int(sent.received[n]) / 1e6, UTC)
            ahead = timedelta(minutes=int(sent.label[n] - table.start[n]))
            content = partial(items_of, outlet, table, int(n), mean, dialect)
            out.append(Record(COMMANDS[period], instant_of(int(sent.label[n])), due, content, ahead))
            if period == "hour" and made.resent is not None and table.start[n] in made.resent.start:
                place = int(np.flatnonzero(made.resent.start == table.start[n])[0])
                changed = partial(items_of, outlet, made.resent, place, mean, dialect)
                out.append(replace(out[-1], due=due + paperwork.RESEND_AFTER, content=changed))
    return out + _information(world, outlet, day)


def items_of(outlet: Outlet, table: Table, n: int, mean: str, dialect: Dialect) -> tuple[Item, ...]:
    """CP items of one record: amount, means, converted means and flag of each factor."""
    codes = CODES_2005 if outlet.device.edition == 2005 else CODES
    values = table.plain
    return tuple(
        _factor(outlet, table, n, name, code, mean, dialect)
        for name, code in codes.items()
        if name in values and values[name][n] == values[name][n]  # not NaN
    )


def _factor(outlet: Outlet, table: Table, n: int, name: str, code: str, mean: str, dialect: Dialect) -> Item:
    values, item = table.plain, []
    amount = "volume" if name == "flow" else f"{name}_kg"
    if amount in values:
        decimals = VOLUME_DECIMALS if name == "flow" else KG_DECIMALS
        item.append((f"{code}-Cou", f"{values[amount][n]:.{decimals}f}"))
    decimals = _decimals(name, dialect)
    unit = FLOW_UNIT if name == "flow" else 1
    for field, end in (("Min", LEAST), (mean, ""), ("Max", MOST)):
        column = values.get(name + end)
        if column is not None:
            item.append((f"{code}-{field}", f"{column[n] / unit:.{decimals}f}"))
    for field, end in (("ZsMin", LEAST), (f"Zs{mean}", ""), ("ZsMax", MOST)):
        column = values.get(f"{name}_zs{end}")
        if column is not None and column[n] == column[n]:
            item.append((f"{code}-{field}", f"{column[n]:.2f}"))
        elif column is not None and outlet.device.edition == 2025:
            item.append((f"{code}-{field}", NO_VALUE))
    if name == "pm" and "vendor_field" in dialect:
        item.append((f"{code}-ValidNum", "60"))
    flag = table.letters[name][n] if name in table.flags else "N"
    if flag != "N" or "unflagged" not in dialect:
        item.append((f"{code}-Flag", flag))
    return item


def _decimals(name: str, dialect: Dialect) -> int:
    if name == "o2" and "long_numbers" in dialect:
        return 14
    return 6 if "oversize" in dialect else DECIMALS.get(name, 2)


def _information(world: World, outlet: Outlet, day: date) -> list[Record]:
    """Parameters and logs of a day, as 3020."""
    begin = instant_of(day.toordinal() * DAY_MINUTES)
    end = begin + timedelta(days=1)
    out = [
        info(at, 30, LOG, [(LOG, f"//{text}//")])
        for at, text in paperwork.logs(world, outlet.site, begin, end).select("at", "text").iter_rows()
    ]
    reports = paperwork.parameters(world, outlet.site, begin, end)
    for n, ((at, item), group) in enumerate(reports.group_by("at", "item", maintain_order=True)):
        if isinstance(at, datetime):
            values = [(INFO[name], f"{value:g}") for name, value in group.select("name", "value").iter_rows()]
            out.append(info(at + timedelta(seconds=n), 45, CODES[str(item)], values))
    return out


def info(at: datetime, seconds: int, about: str, values: list[tuple[str, str]]) -> Record:
    """A report of field information (3020) about a factor, sent some seconds later."""
    items = ((("PolId", about),), *(((f"{code}-Info", text),) for code, text in values))
    return Record(INFORMATION, at, at + timedelta(seconds=seconds), lambda: items)


def realtime(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The content of a minute as a reading of the moment."""
    return tuple(
        tuple((key.replace("-ZsAvg", "-ZsRtd").replace("-Avg", "-Rtd"), value) for key, value in item)
        for item in items
    )
