"""The forms of parks: a visit to a park, and a sample taken at an outlet or a station, whose numbers become observations."""

from collections.abc import Iterator
from pathlib import Path

from bihuan.kit.inspection.declared import Form, Item, of_register
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.industrial_parks.models import ParkOutlet
from bihuan.scenarios.industrial_parks.registers import OUTLETS, PARKS, SITE, STATIONS, TARGET

FOLDER = Path(__file__).parent / "forms"


def _rain_outlets(person: Person) -> Iterator[Item]:
    rows = visible(ParkOutlet.objects.filter(kind=ParkOutlet.Kind.RAIN, until=None), person)
    for code, name, park in rows.values_list("code", "name", "park_id"):
        yield {"name": code, "label": name, "park": park}


def _sites(person: Person) -> Iterator[tuple[str, str]]:
    for register in (OUTLETS, STATIONS):
        yield from of_register(register)(person)


CHECK = Form(
    "park_check",
    "工业园区现场检查",
    FOLDER / "park_check.xlsx",
    about=TARGET,
    objects=of_register(PARKS),
    lists={"park_rain_outlets.csv": _rain_outlets},
)
WATER = Form("park_water", "园区排口和点位采样", FOLDER / "park_water.xlsx", about=SITE, objects=_sites)
FORMS = (CHECK, WATER)
