"""Two sources of one county, and the addresses of the folder."""

from pathlib import Path

from bihuan import clock
from bihuan.scenarios.drinking_water.models import Source
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW


def source(people: City, code: str = "W1", **more: object) -> Source:
    """A source that the county's government runs."""
    given = {
        "name": f"水源{code}", "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": 113.6, "lat": 37.8,
        "kind": "ground", "rank": "county", "quantity": 1000.0,
    }  # fmt: skip
    return Source.objects.create(code=code, **given | more)


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a source is seen in its county and by who runs it."""
    clock.set_replay(NOW, 0)
    source(people)
    return [
        *(Address(name, ALL) for name in ("index", "word", "book")),
        Address("source", IN_REGION_OR_UNIT, values={"code": "W1"}),
    ]
