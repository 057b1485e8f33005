"""Who runs the loggers of the practice city's plants."""

from bihuan.registry.models import Organisation


def vendor_of(plant: str) -> Organisation | None:
    """The company that runs all loggers of a plant, of gas and of sewage alike; the plants take turns (P001, P002, ...)."""
    vendors = Organisation.objects.filter(kind=Organisation.Kind.VENDOR).order_by("pk")
    return vendors[int(plant.removeprefix("P")) % len(vendors)] if vendors else None
