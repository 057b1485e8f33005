"""What the logger of a sewage outlet has to send, in the order in which it is due."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

import numpy as np

from bihuan.simulate.plants.calendar import DAY_MINUTES, instant_of
from bihuan.simulate.plants.delivery import delivery
from bihuan.simulate.plants.dialects import Dialect
from bihuan.simulate.plants.logger import KG_DECIMALS, VOLUME_DECIMALS, Table
from bihuan.simulate.plants.packets import Item
from bihuan.simulate.plants.records import COMMANDS, INFO, LOG, Record, in_order, info
from bihuan.simulate.plants.sewage import paperwork
from bihuan.simulate.plants.sewage.analyser import DECIMALS
from bihuan.simulate.plants.sewage.logger import FLOW_UNIT
from bihuan.simulate.plants.sewage.register import Sewer
from bihuan.simulate.plants.sewage.world import SewageWorld, logged

CODES = {
    "cod": "w01018", "nh3n": "w21003", "tp": "w21011", "tn": "w21001", "ph": "w01001", "water_temp": "w01010",
    "water_flow": "w00000",
}  # fmt: skip
CODES_2005 = CODES | {"cod": "011", "nh3n": "060", "tp": "101", "tn": "065", "ph": "001", "water_flow": "B01"}
"""HJ/T 212-2005 has no code for the temperature; loggers use the later one."""


def records(
    world: SewageWorld, site: str, start: datetime, until: datetime, dialect: Dialect, *, unsent: bool = False
) -> Iterator[Record]:
    """Records whose period starts in [start, until), by when they are due; `unsent` as of stacks."""
    return in_order(
        lambda day: _of_day(world, world.by_site[site], day, dialect, unsent=unsent), start, until
    )


def _of_day(world: SewageWorld, sewer: Sewer, day: date, dialect: Dialect, *, unsent: bool) -> list[Record]:
    made, deeds = logged(world, sewer.site, day), world.deeds_at(sewer.site, day)
    out: list[Record] = []
    for period, table in (("minute", made.minutes), ("hour", made.hours), ("day", made.days)):
        sent = delivery(sewer, day, period, table.start, deeds)
        for n in range(len(table.start)) if unsent else np.flatnonzero(sent.kept):
            due = datetime.fromtimestamp(int(sent.received[n]) / 1e6, UTC)
            ahead = timedelta(minutes=int(sent.label[n] - table.start[n]))
            content = partial(items_of, sewer, table, int(n), dialect)
            out.append(Record(COMMANDS[period], instant_of(int(sent.label[n])), due, content, ahead))
    return out + _information(world, sewer, day)


def codes_of(sewer: Sewer) -> dict[str, str]:
    """The codes of the edition that the logger speaks."""
    return CODES_2005 if sewer.device.edition == 2005 else CODES


def items_of(sewer: Sewer, table: Table, n: int, dialect: Dialect) -> tuple[Item, ...]:
    """CP items of one record: amount, mean and flag of each factor."""
    names = [name for name in CODES if name in table.values]
    return tuple(_factor(codes_of(sewer)[name], table, n, name, dialect) for name in names)


def _factor(code: str, table: Table, n: int, name: str, dialect: Dialect) -> Item:
    values, item = table.plain, []
    amount = "volume" if name == "water_flow" else f"{name}_kg"
    if amount in values:
        decimals = VOLUME_DECIMALS if amount == "volume" else KG_DECIMALS
        item.append((f"{code}-Cou", f"{values[amount][n]:.{decimals}f}"))
    flow = name == "water_flow"
    value = values[name][n] / FLOW_UNIT if flow else values[name][n]
    item.append((f"{code}-Avg", f"{value:.{2 if flow else DECIMALS[name]}f}"))
    flag = table.letters[name][n] if name in table.flags else "N"
    if flag != "N" or "unflagged" not in dialect:
        item.append((f"{code}-Flag", flag))
    return item


def _information(world: SewageWorld, sewer: Sewer, day: date) -> list[Record]:
    """Parameters and logs of a day, as 3020."""
    begin = instant_of(day.toordinal() * DAY_MINUTES)
    end = begin + timedelta(days=1)
    said = paperwork.logs(world, sewer.site, begin, end).select("at", "text").iter_rows()
    out = [info(at, 30, LOG, [(LOG, f"//{text}//")]) for at, text in said]
    reports = paperwork.parameters(world, sewer.site, begin, end)
    for n, ((at, item), group) in enumerate(reports.group_by("at", "item", maintain_order=True)):
        if isinstance(at, datetime):
            values = [(INFO[name], f"{value:g}") for name, value in group.select("name", "value").iter_rows()]
            out.append(info(at + timedelta(seconds=n), 45, codes_of(sewer)[str(item)], values))
    return out
