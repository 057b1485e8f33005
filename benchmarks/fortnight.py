"""A fortnight of the practice city at full size: what every check finds in every hourly round, kept in files.

Used by incidents.py. The packets of all loggers, with frauds and faults of a seed, are made in advance and stored day by
day; each round looks at what had come by its own moment. For `OUTAGE` hours our own receiver is down: what was due then
comes within an hour afterwards (the loggers send again), and a share is lost. Later one vendor's platform, through which
all its loggers send, is down in the same way.

What the checks looked at in each round is kept too: a check that was changed is run again (`again`) without the rest.
"""

import gzip
import json
import os
import pickle
import random
import sys
import time
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = datetime(2019, 1, 11, 4, tzinfo=UTC)
DOWN, OUTAGE = AT + 3 * DAY - 10 * HOUR, 6 * HOUR
"""Our receiver goes down at 02:00 of a night."""
VENDOR_DOWN, VENDOR_OUTAGE = AT + 5 * DAY - 3 * HOUR, 4 * HOUR
"""The platform of the first vendor goes down at 09:00 of a day."""
LOST = 0.1
"""Share of loggers that send nothing again of what was not answered."""
SEED, SHARE = 41, 0.35
"""Of the deeds; share of the outlets with one. The practice city's own stories end at AT."""


@dataclass(frozen=True)
class Told:
    """A deed as it is kept beside the rounds: the truth for the scoring alone."""

    site: str
    kind: str
    fraud: bool
    start: datetime
    until: datetime
    item: str
    other: str | None


def django_of(folder: Path) -> None:
    """Work in the installation in `folder`."""
    os.environ |= {"BIHUAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bihuan.settings"}
    import django

    django.setup()


def build(folder: Path) -> None:
    """The practice city, at full size, at AT."""
    folder.mkdir(parents=True, exist_ok=True)
    django_of(folder)
    from bihuan.practice.build import build as city

    city(folder, size="full", at=AT, speed=0, say=lambda text, i, n: say(f"{text} {i}/{n}" if n else text))


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def deeds(until: datetime) -> tuple[list[Told], list[tuple[datetime, bytes]]]:
    """The truth of the fortnight, and all packets in the order of receipt."""
    from bihuan.scenarios.plant_emissions import demo
    from bihuan.scenarios.plant_emissions.media.sewage import demo as sewage_demo
    from bihuan.scenarios.plant_emissions.models import Outlet
    from bihuan.simulate.plants.deeds.planning import plan
    from bihuan.simulate.plants.past import received
    from bihuan.simulate.plants.sewage.deeds import plan as sewage_plan
    from bihuan.simulate.plants.sewage.world import SewageWorld
    from bihuan.simulate.plants.world import World

    known = set(Outlet.objects.values_list("code", flat=True))
    gas, water = demo.world_of(AT), sewage_demo.world_of(AT)
    before = (*gas.deeds, *water.deeds)  # the city's own stories: checks still look back at them
    stacks = [o for o in gas.outlets if o.site in known]
    sewers = [o for o in water.outlets if o.site in known]
    gas = World(gas.plants, plan(stacks, AT - DAY, until, seed=SEED, share=SHARE))
    water = SewageWorld(water.outlets, sewage_plan(sewers, AT - DAY, until, seed=SEED, share=SHARE))
    demo.marked(gas, AT, until)
    sewage_demo.marked(water, AT, until)
    packets = received(gas, stacks, AT, until) + received(water, sewers, AT, until)
    told = [
        Told(d.site, d.kind, getattr(d.of_kind, "fraud", True), d.start, d.until, d.item, d.other)
        for d in (*before, *gas.deeds, *water.deeds)
    ]
    ours = cut(packets, DOWN, OUTAGE)
    return told, sorted(cut(ours, VENDOR_DOWN, VENDOR_OUTAGE, loggers_of_vendor()), key=lambda p: p[0])


def loggers_of_vendor() -> set[bytes]:
    """MN of the loggers whose vendor's platform goes down."""
    from bihuan.registry.models import Organisation

    vendor = Organisation.objects.filter(kind=Organisation.Kind.VENDOR).order_by("pk")[0]
    return {mn.encode() for mn in vendor.loggers.values_list("mn", flat=True)}


def cut(
    packets: Iterable[tuple[datetime, bytes]],
    down: datetime,
    length: timedelta,
    loggers: Container[bytes] | None = None,
) -> Iterator[tuple[datetime, bytes]]:
    """What was due while nothing of these loggers (None: of all) got through comes within half an hour after it, from most of them."""
    rng = random.Random(SEED)
    up = down + length
    gone: dict[bytes, bool] = {}
    for due, data in packets:
        mn = data.partition(b"MN=")[2].partition(b";")[0]
        if not down <= due < up or (loggers is not None and mn not in loggers):
            yield due, data
        elif not gone.setdefault(mn, rng.random() < LOST):
            yield up + (due - down) / 12 + timedelta(seconds=rng.uniform(0, 300)), data


def write_lives(folder: Path) -> None:
    """What the receiver records of itself: it worked until DOWN, and from the end of the outage on."""
    from bihuan.atomic import write_text
    from bihuan.heartbeat import FOLDER, RECEIVER, Life, Moment

    def moment(at: datetime) -> Moment:
        return Moment(at.timestamp(), at.timestamp(), 1.0)

    spans = ((AT - 4 * DAY, DOWN), (DOWN + OUTAGE, AT + 60 * DAY))
    lives = [json.dumps(asdict(Life(moment(a), moment(b)))) for a, b in spans]
    (folder / FOLDER).mkdir(exist_ok=True)
    write_text(folder / FOLDER / f"{RECEIVER}.jsonl", "\n".join([*lives, ""]))


def rounds(folder: Path, days: int) -> None:
    """Run every check each hour of `days`, and keep what it found in DIR/rounds; what is kept already is not run again."""
    django_of(folder)
    from bihuan.pipeline.packets import store_all
    from bihuan.registry.hours import archive
    from bihuan.scenarios.plant_emissions.demo import SOURCE

    into = folder / "rounds"
    into.mkdir(exist_ok=True)
    write_lives(folder)
    told, packets = deeds(AT + days * DAY)
    (into / "deeds.json").write_text(json.dumps([asdict(t) for t in told], default=str, ensure_ascii=False))
    say(f"{len(told)} deeds, {len(packets)} packets")
    done = 0
    for n in range(1, days * 24 + 1):
        now = AT + n * HOUR
        end = done
        while end < len(packets) and packets[end][0] <= now:
            end += 1
        came, done = packets[done:end], end
        if (into / f"{n:04d}.parquet").exists():
            continue
        archive().devices.journal.append_many([(SOURCE, data, due) for due, data in came])
        store_all(archive())
        began = time.perf_counter()
        found = one_round(now, into / f"{n:04d}.tables")
        found.write_parquet(into / f"{n:04d}.parquet")
        say(f"{now:%m-%d %H:%M} {found.height} rows {time.perf_counter() - began:.1f} s")
        if n % 24 == 0:
            archive().compact()


def one_round(now: datetime, kept: Path) -> pl.DataFrame:
    """What all checks find at a moment: FINDINGS and the key of the check. What they look at is kept in a file."""
    from bihuan import clock
    from bihuan.scenarios.catalogue import every_check
    from bihuan.scenarios.checking import inputs_of

    clock.set_replay(now, 0)
    made, looked = [], {}
    entries = [e for e in every_check() if e.check.looks_at != "forecast"]
    for folder, of_scenario in groupby(entries, key=lambda e: e.folder):
        listed = list(of_scenario)
        given = looked[folder] = inputs_of(listed[0].scenario, now)
        made += [found_by(e.check, given) for e in listed]
    with gzip.open(kept, "wb", compresslevel=1) as file:
        pickle.dump(looked, file)
    return pl.concat(made)


def found_by(check: Any, given: tuple[Any, ...]) -> pl.DataFrame:
    """What a check finds: FINDINGS and its key."""
    found: pl.DataFrame = check.run(*given).with_columns(check=pl.lit(check.key))
    return found


def again(folder: Path, keys: Collection[str]) -> None:
    """Run some checks again on what was looked at in each round that is kept, and keep what they find now instead."""
    django_of(folder)
    from bihuan.scenarios.catalogue import every_check

    chosen = [e for e in every_check() if e.check.key in keys]
    for path in sorted((folder / "rounds").glob("*.tables")):
        with gzip.open(path, "rb") as file:
            looked = pickle.load(file)
        rounds_file = path.with_suffix(".parquet")
        others = pl.read_parquet(rounds_file).filter(~pl.col("check").is_in(list(keys)))
        pl.concat([others, *(found_by(e.check, looked[e.folder]) for e in chosen)]).write_parquet(rounds_file)
