"""The values of monitors judged by the limits of their place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from bihuan.domain.dust.limits import Rule, judged, rules_for
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.dust_sites.tables import Dust

WARN, LIMIT, STOP = "warn", "limit", "stop"
NAMES = {"tsp": "TSP", "pm10": "PM10"}
ITEMS = {"tsp": "a34001", "pm10": "pm10"}
"""How findings name an item."""
AVERAGED = {"hour": "小时", "15min": "15 分钟", "5min": "5 分钟"}


@dataclass(frozen=True)
class Judged:
    """A rule, and the values (monitor, site, start, value, background, over, state) of the monitors for which it holds."""

    rule: Rule
    rows: pl.DataFrame


def by_rule(dust: Dust) -> Iterator[Judged]:
    """Each rule that holds for any site on the day of `dust.now`."""
    on = dust.now.astimezone(CST).date()
    for rule, sites in rules_by_site(dust.sites, on).items():
        means = {"hour": dust.hours, "15min": dust.quarters, "5min": dust.blocks}[rule.averaging]
        rows = dust.compared(means).filter(pl.col("site").is_in(sites)).with_columns(value=pl.col(rule.item))
        yield Judged(
            rule,
            judged(rows.select("monitor", "site", "start", "value", "background", "air", "dust"), rule),
        )


def rules_by_site(sites: pl.DataFrame, on: date) -> dict[Rule, list[str]]:
    """The rules that hold for any of the sites, each with these."""
    found: dict[Rule, list[str]] = {}
    for site, region, phase, setting in sites.select("site", "region", "phase", "setting").iter_rows():
        for rule in rules_for(region, on, phase, setting):
            found.setdefault(rule, []).append(site)
    return found
