"""What the operator of a sewage outlet declares: register, limits, ranges, marks (标记), logs, reported parameters."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.simulate.plants.calendar import DAY_MINUTES, instant_of
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.output import INSTANT
from bihuan.simulate.plants.paperwork import (
    FIRST_DAY,
    LIMITS,
    NUMBER,
    OUTLETS,
    REPORTED_AT,
    SPANS,
    TEXT,
    table,
)
from bihuan.simulate.plants.sewage.analyser import work_of
from bihuan.simulate.plants.sewage.deeds import SLOPE, range_of
from bihuan.simulate.plants.sewage.register import Sewer
from bihuan.simulate.plants.sewage.world import SewageWorld
from bihuan.simulate.plants.world import local_days

PH = (6.0, 9.0)


def outlets(world: SewageWorld) -> pl.DataFrame:
    """The register of outlets, as a permit states them."""
    rows = (
        (o.site, o.name, o.enterprise, o.kind.key, None, o.rated, None, o.device.interval)
        for o in world.outlets
    )
    return table(rows, OUTLETS)


def limits(world: SewageWorld) -> pl.DataFrame:
    """Limits [mg/L] of the day's mean, and the range of pH."""
    rows: list[tuple[Any, ...]] = []
    for o in world.outlets:
        said = [(item, float(limit), None) for item, limit in o.limits.items()] + [("ph", PH[1], PH[0])]
        rows += [
            (o.site, i, v, "day", False, FIRST_DAY, None, f"{o.kind.basis}（模拟）", low)
            for i, v, low in said
        ]
    return table(rows, LIMITS | {"low": NUMBER})


def spans(world: SewageWorld, at: datetime) -> pl.DataFrame:
    """Ranges as they are set in the analysers at an instant."""
    rows = ((o.site, i, 0.0, range_of(o, i, at, world.deeds)) for o in world.outlets for i in o.items)
    return table(rows, SPANS)


def marks(world: SewageWorld, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """Marks that touch [start, until): maintenance and faults of the analysers."""
    sewer, rows = world.by_site[site], []
    for day in local_days(start - timedelta(days=1), until):
        work = work_of(sewer, day)
        for code, span, reason in (
            ("维护", work.maintenance, "清洗采样管路、更换试剂"),
            ("故障", work.fault, "分析仪故障，已报修"),
        ):
            if span is not None:
                begin, end = (instant_of(day.toordinal() * DAY_MINUTES + minute) for minute in span)
                at = begin + timedelta(hours=1)
                rows.append((site, "device", code, begin, end, reason, "企业环保专员", at))
    schema = {
        "site": TEXT, "kind": TEXT, "code": TEXT, "start": INSTANT, "until": INSTANT, "reason": TEXT,
        "who": TEXT, "at": INSTANT,
    }  # fmt: skip
    return table([r for r in rows if r[3] < until and r[4] > start], schema).sort("start")


def logs(world: SewageWorld, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """What the site writes into its log (i11001) in [start, until)."""
    sewer, rows = world.by_site[site], []
    for day in local_days(start, until):
        midnight, work = day.toordinal() * DAY_MINUTES, work_of(sewer, day)
        for span, text in (
            (work.calibration, "自动标液校准"),
            (work.maintenance, "现场维护：清洗采样管路，更换试剂；恢复正常"),
            (work.fault, "分析仪报警，故障处理"),
        ):
            if span is not None:
                rows.append((site, instant_of(midnight + span[1]), text))
    inside = [r for r in rows if start <= r[1] < until]
    return table(inside, {"site": TEXT, "at": INSTANT, "text": TEXT}).sort("at")


def parameters(world: SewageWorld, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """Reports of slope, intercept and range by item: every morning."""
    sewer, rows = world.by_site[site], []
    for day in local_days(start, until):
        at = instant_of(day.toordinal() * DAY_MINUTES + REPORTED_AT)
        for item in sewer.items:
            rows.append((site, at, item, "slope", _slope(sewer, item, at, world.deeds)))
            rows.append((site, at, item, "intercept", 0.0))
            rows.append((site, at, item, "span", range_of(sewer, item, at, world.deeds)))
    schema = {"site": TEXT, "at": INSTANT, "item": TEXT, "name": TEXT, "value": NUMBER}
    return table([r for r in rows if start <= r[1] < until], schema).sort("at", maintain_order=True)


def _slope(sewer: Sewer, item: str, at: datetime, deeds: Iterable[Deed]) -> float:
    changed = any(
        d.site == sewer.site and d.kind == "slope" and d.item == item and d.start <= at < d.until
        for d in deeds
    )
    return SLOPE if changed else 1.0
