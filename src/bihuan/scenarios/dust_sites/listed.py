"""What of sites and yards belongs to units of the reduction list: they themselves and their monitors."""

from collections.abc import Collection, Iterator

from bihuan.scenarios.dust_sites.models import DustSite, Monitor
from bihuan.scenarios.dust_sites.registers import MONITOR, SITE


def listed_objects(codes: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Code of the unit of the list, target_kind, target."""
    for emitter, site in DustSite.objects.filter(emitter__in=codes).values_list("emitter", "pk"):
        yield emitter, SITE, site
    for emitter, monitor in Monitor.objects.filter(site__emitter__in=codes).values_list(
        "site__emitter", "pk"
    ):
        yield emitter, MONITOR, monitor
