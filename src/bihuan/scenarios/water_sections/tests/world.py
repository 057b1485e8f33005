"""A section of the county, and the addresses of the folder."""

from pathlib import Path

from bihuan import clock
from bihuan.scenarios.water_sections.models import Section
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW


def section(people: City, code: str = "山西·甲", **more: object) -> Section:
    """A section of the county's government."""
    given = {
        "name": code.rpartition("·")[2], "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": 113.6, "lat": 37.8,
        "rank": "nation",
    }  # fmt: skip
    return Section.objects.create(code=code, **given | more)


def addresses(people: City, folder: Path) -> list[Address]:
    """The list of sections, their months, and one of them."""
    clock.set_replay(NOW, 0)
    code = section(people).code
    whole = [Address(name, ALL) for name in ("index", "month", "month_word", "month_book", "rivers")]
    return [
        *whole,
        *(Address(name, IN_REGION_OR_UNIT, values={"code": code}) for name in ("section", "series")),
    ]
