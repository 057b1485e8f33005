"""The ledgers of a vehicle user as one workbook: road vehicles under official heads, and each register of what works inside, as that is imported."""

from collections.abc import Iterator

import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.export import table_of
from bihuan.kit.tables import Sheet
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.transport import AtUser, VehicleUser
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.vehicle_users.ledger_list import official


def inside(unit: VehicleUser, person: Person) -> Iterator[tuple[Register, "QuerySet[AtUser]"]]:
    """Each register of vehicles or machines that work inside a unit, with those that the person may see; vehicles first."""
    for register in sorted(every_register().values(), key=lambda r: r.has("code")):
        if issubclass(register.model, AtUser):
            yield register, visible(register.model._default_manager.filter(user=unit), person)


def sheets(unit: VehicleUser, rows: pl.DataFrame, person: Person) -> Iterator[Sheet]:
    """The sheets of the workbook; rows: of the road ledger."""
    yield Sheet(Written("进出厂运输车辆"), official(rows))
    for register, objects in inside(unit, person):
        yield Sheet(Written(_(register.title)), table_of(register, objects))
