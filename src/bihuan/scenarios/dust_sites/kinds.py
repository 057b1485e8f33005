"""What findings are about here: sites with yards, and monitors, each with the chart of its last days."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from bihuan.cases.targets import Kind, Target
from bihuan.scenarios.dust_sites.models import DustSite, Monitor
from bihuan.scenarios.dust_sites.registers import MONITOR, SITE


def _sites(keys: Collection[str]) -> Mapping[str, Target]:
    rows = DustSite.objects.filter(pk__in=keys).select_related("region", "organisation")
    return {s.pk: Target(s.name, s.region, s.organisation, s.simulated, s.lon, s.lat) for s in rows}


def _monitors(keys: Collection[str]) -> Mapping[str, Target]:
    rows = Monitor.objects.filter(pk__in=keys).select_related("region", "organisation", "site__organisation")
    return {
        m.pk: Target(
            m.name,
            m.region,
            m.organisation or (m.site.organisation if m.site else None),
            m.simulated,
            m.lon,
            m.lat,
        )
        for m in rows
    }


def _chart(page: str) -> Callable[[str, str, datetime], str]:
    def chart(key: str, item: str, until: datetime) -> str:
        return f"{reverse(page, args=[key])}?{urlencode({'until': until.isoformat()})}"

    return chart


KINDS = {
    SITE: Kind(_sites, "dust_sites:site", chart=_chart("dust_sites:site_series")),
    MONITOR: Kind(_monitors, "dust_sites:monitor", chart=_chart("dust_sites:monitor_series")),
}
