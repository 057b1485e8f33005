"""What stands beside a finding of this folder: the wind, the county's background, and from which sites a peak may have come."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.cases.targets import Target
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Site
from bihuan.registry.subjects import there_on
from bihuan.scenarios.dust_sites.inputs import dust_of
from bihuan.scenarios.dust_sites.kinds import KINDS
from bihuan.scenarios.dust_sites.models import DustSite, Monitor
from bihuan.scenarios.dust_sites.suspects import LACKS, answer_of, peak_at

SHOWN = 4


def told(request: Asked, finding: Finding) -> Mapping[str, Any]:
    """Of a finding about a site, a monitor or a station; suspects that the person may not see are counted, not named."""
    place = _place(finding)
    if place is None or place.lon is None or place.lat is None:
        return {}
    today = finding.until.astimezone(CST).date()
    sites = list(DustSite.objects.filter(there_on(today)))
    monitors = list(Monitor.objects.filter(there_on(today)))
    start, until = finding.started_at, max(finding.until, finding.started_at + HOUR)
    dust = dust_of(sites, monitors, start - HOUR, clock.now(), min(until, clock.now()), coarse=True)
    county = place.region.code[:6]
    back = dust.background.filter(pl.col("county") == county, pl.col("start") >= start - HOUR)[
        "background"
    ].mean()
    peak = peak_at(dust, finding.target, place.lon, place.lat, start - HOUR, until, _risen(finding))
    answer = answer_of(dust, peak, start - HOUR, until)
    own = visible(DustSite.objects.filter(pk__in=[s.code for s in answer.shares]), request.user).in_bulk()
    suspects = [(s, own.get(s.code)) for n, s in enumerate(answer.shares) if n < SHOWN or not s.code]
    return {
        "finding": finding,
        "wind": peak.wind,
        "background": back,
        "suspects": suspects,
        "lacks": [LACKS[code] for code in answer.lacks],
    }


def _place(finding: Finding) -> Target | None:
    if finding.target_kind in KINDS:
        return KINDS[finding.target_kind].targets([finding.target]).get(finding.target)
    site = Site.objects.filter(pk=finding.target).select_related("region").first()
    return Target(site.name, site.region, None, site.simulated, site.lon, site.lat) if site else None


def _risen(finding: Finding) -> float:
    """By how much it rose: the finding's own number where that is a concentration, else what is usual of a peak."""
    return float(finding.magnitude) if finding.magnitude and finding.unit == "µg/m³" else 80.0
