"""现场检查: the form by which an outlet of gas is inspected (HJ 75-2017), and what it may choose from."""

from collections.abc import Iterator
from pathlib import Path

from bihuan.kit.inspection.declared import Form
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.plant_emissions.models import Channel, Outlet
from bihuan.scenarios.plant_emissions.register import outlets_seen


def _outlets(person: Person) -> Iterator[tuple[str, str]]:
    for outlet in outlets_seen(person).filter(kind=Outlet.Kind.GAS):
        yield outlet.code, str(outlet)


def _loggers(person: Person) -> Iterator[dict[str, str]]:
    """Which logger measures at which outlet."""
    for channel in visible(Channel.objects.select_related("logger__vendor"), person):
        vendor = channel.logger.vendor
        label = f"{channel.logger_id}（{vendor.name}）" if vendor else channel.logger_id
        yield {"name": channel.logger_id, "label": label, "outlet": channel.outlet_id}


FORMS = (
    Form(
        "outlet_check",
        "废气自动监控现场检查",
        Path(__file__).parent / "forms" / "outlet_check.xlsx",
        about="outlet",
        objects=_outlets,
        lists={"loggers.csv": _loggers},
    ),
)
