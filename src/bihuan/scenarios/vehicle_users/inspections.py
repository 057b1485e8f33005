"""The form of a spot check of a unit's ledger (现场核查): what was drawn is compared with papers and video; its answer has a score."""

from collections.abc import Iterator
from pathlib import Path

from bihuan.kit.inspection.declared import Form, Item
from bihuan.kit.spans import today
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.vehicle_users.found import UNIT
from bihuan.scenarios.vehicle_users.models import SpotDraw

SHOWN = 200


def _units(person: Person) -> Iterator[tuple[str, str]]:
    rows = visible(VehicleUser.objects.filter(there_on(today())), person)
    yield from rows.values_list("pk", "name")


def _draws(person: Person) -> Iterator[Item]:
    for made in visible(SpotDraw.objects.all(), person)[:SHOWN]:
        yield {"name": str(made.pk), "label": f"{made.pk} · {made.seed}", "unit": made.unit_id}


FORM = Form(
    "gate_spot_check",
    "门禁台账现场核查",
    Path(__file__).parent / "forms" / "gate_spot_check.xlsx",
    about=UNIT,
    objects=_units,
    lists={"draws.csv": _draws},
)
