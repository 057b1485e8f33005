"""Where sites stand: the flag, 六个百分百, the days above limits, the month's means; ranking and the red and black list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from django.db.models import QuerySet

from bihuan import clock
from bihuan.domain.dust.flags import GREEN, RED, Standing, flag
from bihuan.domain.dust.limits import days, rules_for
from bihuan.domain.timeaxis import CST, HOUR, day_start
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region
from bihuan.registry.subjects import there_on
from bihuan.scenarios.dust_sites.inputs import dust_of
from bihuan.scenarios.dust_sites.inspections import Seen, newest
from bihuan.scenarios.dust_sites.judging import WARN, by_rule
from bihuan.scenarios.dust_sites.models import DustSite, Monitor
from bihuan.scenarios.dust_sites.settings import in_force
from bihuan.scenarios.dust_sites.tables import Dust

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Measured:
    """What the monitors of a site told. over_days, judged_days: of the last seven; pm10: mean of the span, over: mean above the county's background [µg/m³];
    hours: share of the hours of the span that came; wind [m/s]; values are None where nothing was measured."""

    over_days: int = 0
    judged_days: int = 0
    pm10: float | None = None
    over: float | None = None
    hours: float | None = None
    newest: datetime | None = None
    wind: float | None = None


@dataclass(frozen=True)
class Line:
    """A site with everything that the list shows. rank: from the best, of those that were measured in the span; None of all others."""

    site: DustSite
    seen: Seen | None
    measured: Measured
    monitors: int
    flag: str
    rank: int | None = None

    @property
    def thin(self) -> bool:
        """Did too few hours come to say much of the span?"""
        return self.measured.hours is not None and self.measured.hours < in_force().capture


def sites_seen(person: Person, region: Region | None = None) -> QuerySet[DustSite]:
    """The sites in use that a person may see."""
    today = clock.now().astimezone(CST).date()
    rows = visible(DustSite.objects.filter(there_on(today)), person).select_related("region", "organisation")
    return rows.filter(region__code__startswith=_beginning(region.code)) if region else rows


def _beginning(code: str) -> str:
    return code.rstrip("0") if len(code) == 6 else code


def lines_of(sites: Sequence[DustSite], begin: date, end: date, now: datetime) -> list[Line]:
    """Sites as of the end of a span that begins on `begin` (`end`: exclusive, no later than now), ranked by how far they were above their county, the best first.

    The flag is told by the last seven days of the span, means and shares by the hours of the whole span.
    """
    moment, codes = min(day_start(end), now), [s.code for s in sites]
    monitors = list(Monitor.objects.filter(there_on(moment.astimezone(CST).date()), site__in=codes))
    week = dust_of(sites, monitors, moment - WEEK, now, moment, coarse=_by_hours(sites, moment))
    whole = dust_of(sites, monitors, day_start(begin), now, moment, coarse=True)
    over = {site: (o, j) for site, o, j in over_days(week, moment).iter_rows()}
    measured, looked = measured_of(whole, over, day_start(begin), moment), newest(codes, moment)
    number = Counter(m.site_id for m in monitors)
    return _ranked([_line(s, looked.get(s.code), measured[s.code], number[s.code]) for s in sites])


def _by_hours(sites: Sequence[DustSite], moment: datetime) -> bool:
    """Are all limits of the sites those of hours? Then shorter records need not be read where hours were sent."""
    on = moment.astimezone(CST).date()
    rules = {r for s in sites for r in rules_for(s.region_id, on, s.phase, s.setting)}
    return all(rule.averaging == "hour" for rule in rules)


def _line(site: DustSite, seen: Seen | None, measured: Measured, monitors: int) -> Line:
    standing = Standing(
        len(seen.score.failed) if seen else None, measured.over_days, measured.judged_days, bool(seen and seen.falsified), bool(seen and seen.refused),
        monitors > 0,
    )  # fmt: skip
    return Line(site, seen, measured, monitors, flag(standing, in_force().flags))


def _ranked(lines: Sequence[Line]) -> list[Line]:
    """Ties share a rank; sites that nobody measured, or of which too few hours came, have none and stand last."""
    counted = sorted(
        (x for x in lines if x.measured.over is not None and not x.thin), key=lambda x: x.measured.over or 0.0
    )
    ranks: dict[str, int] = {}
    for n, x in enumerate(counted, 1):
        same = n > 1 and round(counted[n - 2].measured.over or 0) == round(x.measured.over or 0)
        ranks[x.site.code] = ranks[counted[n - 2].site.code] if same else n
    ranked = [Line(x.site, x.seen, x.measured, x.monitors, x.flag, ranks.get(x.site.code)) for x in lines]
    return sorted(ranked, key=lambda x: (x.rank is None, x.rank or 0, x.site.code))


def measured_of(
    dust: Dust, over: Mapping[str, tuple[int, int]], begin: datetime, end: datetime
) -> Mapping[str, Measured]:
    """By site, of all sites. over: days above and days judged. Hours in an official sand-dust period count in nothing."""
    hours = dust.compared(dust.hours).filter(pl.col("site").is_not_null(), ~pl.col("dust"))
    known = hours.filter(pl.col("pm10").is_not_null() | pl.col("tsp").is_not_null())
    sums = known.group_by("site").agg(
        pm10=pl.col("pm10").mean(),
        over=(pl.col("pm10") - pl.col("background")).mean(),
        n=pl.col("start").n_unique(),
        newest=pl.col("start").max() + pl.duration(hours=1),
        wind=pl.col("wind").mean(),
    )
    due = max((end - begin) / HOUR, 1.0)
    found = {
        r["site"]: (r["pm10"], r["over"], min(r["n"] / due, 1.0), r["newest"], r["wind"])
        for r in sums.iter_rows(named=True)
    }
    return {site: Measured(*over.get(site, (0, 0)), *found.get(site, ())) for site in dust.sites["site"]}


def over_days(dust: Dust, moment: datetime) -> pl.DataFrame:
    """site, over, judged: days of the seven before a moment on which a limit was not kept or an order's value was reached, and days that were judged at all; a warning is none."""
    since = (moment - WEEK).astimezone(CST).date()
    named = dust.monitors.select("monitor", "site")
    schema = {"site": pl.String(), "day": pl.Date(), "met": pl.Boolean()}
    pieces = [
        days(one.rows, one.rule)
        .filter(pl.col("day") > since, pl.col("judged") > 0)
        .join(named, on="monitor")
        .select(list(schema))
        for one in by_rule(dust)
        if one.rule.grade != WARN
    ]
    by_day = (
        pl.concat([pl.DataFrame(schema=schema), *pieces]).group_by("site", "day").agg(pl.col("met").all())
    )
    return by_day.group_by("site").agg(
        over=(~pl.col("met")).sum().cast(pl.Int64), judged=pl.len().cast(pl.Int64)
    )


def red_list(lines: Sequence[Line]) -> list[Line]:
    """红榜: sites at work with a green flag that were inspected and measured."""
    return [
        x for x in lines if x.flag == GREEN and x.measured.judged_days and x.site.phase != DustSite.Phase.IDLE
    ]


def black_list(lines: Sequence[Line]) -> list[Line]:
    """黑榜: sites with a red flag."""
    return [x for x in lines if x.flag == RED]
