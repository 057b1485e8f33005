"""What loggers have sent in a past span, as the receiver would have journalled it: for a city that begins with a history."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from os import cpu_count

from bihuan.simulate.plants.dialects import dialect_of
from bihuan.simulate.plants.packets import stamp, upload
from bihuan.simulate.plants.sending import AnyOutlet, AnyWorld, records

MOST_PARTS = 9
CHUNK = 8
Packets = list[tuple[datetime, bytes]]


def received(world: AnyWorld, outlets: Sequence[AnyOutlet], start: datetime, until: datetime) -> Packets:
    """Packets of outlets with the time of their receipt, in the order of receipt. Several processes make them."""
    of_one = partial(_of, world, start, until)
    sites = [o.site for o in outlets]
    with ProcessPoolExecutor(cpu_count(), mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(of_one, sites, chunksize=CHUNK))
    return sorted((p for part in parts for p in part), key=lambda p: p[0])


def _of(world: AnyWorld, start: datetime, until: datetime, site: str) -> Packets:
    """Packets of an outlet's logger; never encrypted, as the journal keeps them."""
    device = world.by_site[site].device
    dialect = replace(dialect_of(device), key=None)
    made: Packets = []
    last = start
    for record in records(world, site, start, until, dialect):
        if record.due > until:
            continue
        last = max(record.due + record.ahead, last + timedelta(seconds=1))
        numbers = (stamp(last + timedelta(milliseconds=k), milli=True) for k in range(MOST_PARTS))
        text = stamp(record.data_time)
        packets = upload(device, dialect, numbers, record.cn, text, record.content())
        made += [(record.due, p.data) for p in packets]
    return made
