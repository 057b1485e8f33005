"""What of vehicle users belongs to units of the reduction list: they themselves and their gates."""

from collections.abc import Collection, Iterator

from bihuan.registry.transport import Gate, VehicleUser
from bihuan.scenarios.vehicle_users.found import GATE, UNIT


def listed_objects(codes: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Code of the unit of the list, target_kind, target."""
    for emitter, unit in VehicleUser.objects.filter(emitter__in=codes).values_list("emitter_id", "pk"):
        yield emitter, UNIT, unit
    for emitter, gate in Gate.objects.filter(unit__emitter__in=codes).values_list("unit__emitter_id", "pk"):
        yield emitter, GATE, gate
