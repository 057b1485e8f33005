"""What the enterprise declares: outlets, limits, spans, marks (标记), logs, reported parameters, hours sent again."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from bihuan.simulate.plants.analyser import work_of
from bihuan.simulate.plants.calendar import DAY_MINUTES, epoch_us, instant_of, minute_of
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.deeds.effects import SLOPE, small_span
from bihuan.simulate.plants.delivery import delivery
from bihuan.simulate.plants.noise import day_draws
from bihuan.simulate.plants.output import INSTANT
from bihuan.simulate.plants.register import Outlet
from bihuan.simulate.plants.running import runs
from bihuan.simulate.plants.world import World, local_days, logged

RESEND_AFTER = timedelta(hours=6)
REPORTED_AT = 8 * 60
FIRST_DAY = date(2020, 1, 1)
VELOCITY = "velocity"
FALSE = {
    "false_maintenance": ("device", "维护", "分析仪维护保养"),
    "false_start": ("condition", "启炉", "炉窑启炉升温"),
}
TEXT = pl.String()
NUMBER = pl.Float64()
OUTLETS = {
    "site": TEXT, "name": TEXT, "enterprise": TEXT, "process": TEXT, "ref_o2": NUMBER,
    "rated_flow": NUMBER, "duct_area": NUMBER, "interval": pl.Int32(),
}  # fmt: skip
LIMITS = {
    "site": TEXT, "item": TEXT, "limit": NUMBER, "period": TEXT, "ultra_low": pl.Boolean(),
    "valid_from": pl.Date(), "valid_until": pl.Date(), "basis": TEXT,
}  # fmt: skip
SPANS = {"site": TEXT, "item": TEXT, "low": NUMBER, "high": NUMBER}


def table(rows: Iterable[tuple[Any, ...]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Rows as a table of these columns."""
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def outlets(world: World) -> pl.DataFrame:
    """The register of outlets, as a permit states them."""
    rows = (
        (
            o.site,
            o.name,
            o.enterprise,
            o.process.key,
            o.process.ref_o2,
            o.rated_flow,
            o.area,
            o.device.interval,
        )
        for o in world.outlets
    )
    return table(rows, OUTLETS)


def limits(world: World) -> pl.DataFrame:
    """Limits [mg/m³] of the hourly mean."""
    rows = (
        (o.site, item, float(limit), "hour", o.limits_kind == "ultra_low", FIRST_DAY, None, "模拟排污许可")
        for o in world.outlets
        for item, limit in o.limits.items()
    )
    return table(rows, LIMITS)


def spans(world: World, at: datetime) -> pl.DataFrame:
    """Measuring ranges as they are set in the analysers at an instant."""
    rows = ((o.site, item, 0.0, _span(o, item, at, world.deeds)) for o in world.outlets for item in o.items)
    return table(rows, SPANS)


def _span(outlet: Outlet, item: str, at: datetime, deeds: Iterable[Deed]) -> float:
    for deed in deeds:
        if (deed.site, deed.kind, deed.item) == (
            outlet.site,
            "small_span",
            item,
        ) and deed.start <= at < deed.until:
            return small_span(outlet, item)
    return outlet.span[item]


def marks(world: World, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """Marks that touch [start, until): what the process and the analysers did, and the false ones."""
    outlet = world.by_site[site]
    rows = [*_process_marks(outlet, start, until), *_work_marks(outlet, start, until)]
    rows += [row for deed in world.deeds if deed.site == site for row in _false_marks(deed)]
    touching = [row for row in rows if row[3] < until and row[4] > start]
    schema = {
        "site": TEXT, "kind": TEXT, "code": TEXT, "start": INSTANT, "until": INSTANT, "reason": TEXT,
        "who": TEXT, "at": INSTANT,
    }  # fmt: skip
    return table(touching, schema).sort("start")


def _mark(
    site: str, kind: str, code: str, start: datetime, until: datetime, reason: str, after: float
) -> tuple[Any, ...]:
    return (site, kind, code, start, until, reason, "企业环保专员", start + timedelta(hours=after))


def _process_marks(outlet: Outlet, start: datetime, until: datetime) -> list[tuple[Any, ...]]:
    first, last = minute_of(start) - 40 * DAY_MINUTES, minute_of(until) + 40 * DAY_MINUTES
    rows, before = [], None
    for run in runs(outlet, first, last):
        lit, down = instant_of(run.lit), instant_of(run.down)
        begin, end = instant_of(run.start), instant_of(run.end)
        if before is not None:
            rows.append(_mark(outlet.site, "condition", "停运", before, begin, "停产", 0.5))
        rows.append(_mark(outlet.site, "condition", "启炉", begin, lit, "启炉升温", 0.5))
        rows.append(_mark(outlet.site, "condition", "停炉", down, end, "停炉降温", 0.5))
        before = end
    return rows


def _work_marks(outlet: Outlet, start: datetime, until: datetime) -> list[tuple[Any, ...]]:
    rows = []
    for day in local_days(start - timedelta(days=1), until):
        midnight, work = day.toordinal() * DAY_MINUTES, work_of(outlet, day)
        for code, span, reason in (
            ("维护", work.maintenance, "更换滤芯、清洗采样管路"),
            ("故障", work.fault, "分析仪故障，已报修"),
        ):
            if span is not None:
                begin, end = (instant_of(midnight + minute) for minute in span)
                rows.append(_mark(outlet.site, "device", code, begin, end, reason, 1.0))
    return rows


def _false_marks(deed: Deed) -> list[tuple[Any, ...]]:
    """A false start is one long mark; false maintenance is marked afternoon by afternoon, some time later."""
    if deed.kind not in FALSE:
        return []
    kind, code, reason = FALSE[deed.kind]
    if deed.of_kind.hours is None:
        return [_mark(deed.site, kind, code, deed.start, deed.until, reason, 2.0)]
    first, last = deed.of_kind.hours
    rows = []
    for day in local_days(deed.start, deed.until):
        midnight = day.toordinal() * DAY_MINUTES
        begin = max(instant_of(midnight + first * 60), deed.start)
        end = min(instant_of(midnight + last * 60), deed.until)
        if begin < end:
            rows.append(_mark(deed.site, kind, code, begin, end, reason, 9.0))
    return rows


def logs(world: World, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """What the site writes into its log (i11001) in [start, until)."""
    outlet, rows = world.by_site[site], []
    for day in local_days(start, until):
        midnight, work = day.toordinal() * DAY_MINUTES, work_of(outlet, day)
        for span, text in (
            (work.calibration, "自动零点量程校准"),
            (work.maintenance, "现场维护：更换滤芯，清洗采样管路；恢复正常"),
            (work.fault, f"分析仪报警，故障部位：{work.fault_of}"),
        ):
            if span is not None:
                rows.append((site, instant_of(midnight + span[1]), text))
    for run in runs(outlet, minute_of(start), minute_of(until)):
        rows += [(site, instant_of(run.start), "点火启炉"), (site, instant_of(run.end), "停炉")]
    inside = [row for row in rows if start <= row[1] < until]
    return table(inside, {"site": TEXT, "at": INSTANT, "text": TEXT}).sort("at")


def parameters(world: World, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """Reports of slope, intercept and span by item, and of the velocity coefficient: every morning."""
    outlet, rows = world.by_site[site], []
    coefficient = round(0.8 + 0.08 * float(day_draws(outlet, FIRST_DAY)[30]), 3)
    for day in local_days(start, until):
        minute = day.toordinal() * DAY_MINUTES + REPORTED_AT
        at = instant_of(minute)
        for item in outlet.items:
            rows.append((site, at, item, "slope", _slope(outlet, item, at, world.deeds)))
            rows.append((site, at, item, "intercept", 0.0))
            rows.append((site, at, item, "span", _span(outlet, item, at, world.deeds)))
        rows.append((site, at, VELOCITY, "velocity_coefficient", coefficient))
    inside = [row for row in rows if start <= row[1] < until]
    schema = {"site": TEXT, "at": INSTANT, "item": TEXT, "name": TEXT, "value": NUMBER}
    return table(inside, schema).sort("at", maintain_order=True)


def _slope(outlet: Outlet, item: str, at: datetime, deeds: Iterable[Deed]) -> float:
    for deed in deeds:
        if (deed.site, deed.kind, deed.item) == (
            outlet.site,
            "slope",
            item,
        ) and deed.start <= at < deed.until:
            return SLOPE
    return 1.0


def corrections(world: World, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """Hours in [start, until) that were sent again with other means."""
    outlet, rows = world.by_site[site], []
    for day in local_days(start, until):
        made = logged(world, site, day)
        if made.resent is None:
            continue
        sent = delivery(outlet, day, "hour", made.hours.start, world.deeds_at(site, day))
        place = {int(minute): n for n, minute in enumerate(made.hours.start)}
        for k, minute in enumerate(made.resent.start):
            n = place[int(minute)]
            came = datetime.fromtimestamp(int(sent.received[n]) / 1e6, UTC)
            for item in outlet.items:
                first, last = made.hours.values[item][n], made.resent.values[item][k]
                rows.append(
                    (
                        site,
                        "hour",
                        int(epoch_us(int(minute))),
                        item,
                        float(first),
                        float(last),
                        came,
                        came + RESEND_AFTER,
                    )
                )
    schema = {
        "site": TEXT, "period": TEXT, "start": pl.Int64(), "item": TEXT, "first": NUMBER, "last": NUMBER,
        "first_received": INSTANT, "last_received": INSTANT,
    }  # fmt: skip
    whole = table(rows, schema).with_columns(
        pl.col("start").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )
    return whole.filter(pl.col("start") >= start, pl.col("start") < until)
