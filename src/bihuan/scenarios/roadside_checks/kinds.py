"""What findings are about here: instruments at the road, and vehicles of the city's list by `plate colour`."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from bihuan.cases.targets import Kind, Target
from bihuan.registry.models import Organisation, Vehicle
from bihuan.scenarios.roadside_checks.models import SensingPoint
from bihuan.scenarios.roadside_checks.registers import POINT, VEHICLE


def key_of(plate: str, colour: str) -> str:
    """How a vehicle is named as a target and in addresses."""
    return f"{plate} {colour}"


def plate_and_colour(key: str) -> tuple[str, str]:
    """The other way round; an empty colour where none is said."""
    plate, _space, colour = key.partition(" ")
    return plate, colour


def _points(keys: Collection[str]) -> Mapping[str, Target]:
    rows = SensingPoint.objects.filter(pk__in=keys).select_related("region", "organisation")
    return {p.pk: Target(p.name, p.region, p.organisation, p.simulated, p.lon, p.lat) for p in rows}


def _vehicles(keys: Collection[str]) -> Mapping[str, Target]:
    wanted = Q(pk__in=[])
    for plate, colour in map(plate_and_colour, keys):
        wanted |= Q(plate=plate, colour=colour)
    rows = list(Vehicle.objects.filter(wanted).select_related("region"))
    owners = {o.name: o for o in Organisation.objects.filter(name__in={v.owner for v in rows if v.owner})}
    return {
        key_of(v.plate, v.colour): Target(v.plate, v.region, owners.get(v.owner), v.simulated) for v in rows
    }


KINDS = {
    POINT: Kind(_points, "roadside_checks:point"),
    VEHICLE: Kind(_vehicles, "roadside_checks:vehicle"),
}
