"""What findings are about here besides parks: the outlets and stations of parks, by their code."""

from collections.abc import Collection

from bihuan.cases.targets import Kind, Target
from bihuan.scenarios.industrial_parks.models import ParkOutlet, ParkStation
from bihuan.scenarios.industrial_parks.registers import SITE


def _sites(keys: Collection[str]) -> dict[str, Target]:
    found = {}
    for of in (ParkOutlet, ParkStation):
        rows = of._default_manager.filter(pk__in=keys).select_related(
            "region", "organisation", "park__organisation"
        )
        for site in rows:
            unit = site.organisation or site.park.organisation
            found[site.pk] = Target(site.name, site.region, unit, site.simulated, site.lon, site.lat)
    return found


def parks_of_places() -> dict[str, str]:
    """The park of every outlet and station, by code."""
    found: dict[str, str] = {}
    for of in (ParkOutlet, ParkStation):
        found |= dict(of._default_manager.values_list("pk", "park_id"))
    return found


KINDS = {SITE: Kind(_sites, "industrial_parks:site")}
