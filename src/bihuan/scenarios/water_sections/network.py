"""Which section lies below which on the rivers, and how long the water takes."""

from collections.abc import Collection, Mapping
from math import isnan, nan

import polars as pl

from bihuan.domain.river_network import KM_PER_HOUR
from bihuan.registry.models import Reach
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.quality.frames import SECTIONS


def pairs_below(codes: Collection[str]) -> pl.DataFrame:
    """SECTIONS: each of these sections with the next of them downstream, and the hours to it where every reach on the way has a speed."""
    reaches = {r.code: r for r in Reach.objects.all()}
    on: dict[str, list[Section]] = {}
    rows = Section.objects.filter(code__in=list(codes), reach__isnull=False, km__isnull=False)
    for section in rows.order_by("reach", "km", "code"):
        on.setdefault(str(section.reach_id), []).append(section)
    found = [_next(section, on, reaches) for sections in on.values() for section in sections]
    alone = [(code, None, None) for code in codes if code not in {row[0] for row in found}]
    return pl.DataFrame([*found, *alone], schema=SECTIONS, orient="row")


def _next(
    section: Section, on: Mapping[str, list[Section]], reaches: Mapping[str, Reach]
) -> tuple[str, str | None, float | None]:
    """The section, the next below it, and the hours between; both None at the end of the river."""
    reach, at, hours, met = reaches[str(section.reach_id)], section.km or 0.0, 0.0, set[str]()
    rest = on[reach.code][on[reach.code].index(section) + 1 :]
    while True:
        end = (rest[0].km or 0.0) if rest else reach.length_km
        hours += (end - at) / reach.speed / KM_PER_HOUR if reach.speed else nan
        if rest:
            return section.code, rest[0].code, None if isnan(hours) else hours
        met.add(reach.code)
        if reach.below_id is None or reach.below_id in met:
            return section.code, None, None
        reach, at = reaches[reach.below_id], 0.0
        rest = on.get(reach.code, [])
