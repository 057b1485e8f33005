"""Names of the places of a forecast that a person may choose beside the city."""

from bihuan.registry.access import visible
from bihuan.registry.forecasting import counties
from bihuan.registry.models import Person, Region, Site


def place_names(person: Person) -> dict[str, str]:
    """Place key -> name of the counties with evaluation stations, then of these, that the person may see."""
    inside = visible(Region.objects.filter(pk__in=counties()), person).order_by("code")
    stations = visible(Site.objects.filter(evaluated=True), person).order_by("code")
    return {f"county:{code}": name for code, name in inside.values_list("code", "name")} | dict(
        stations.values_list("code", "name")
    )
