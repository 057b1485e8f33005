"""What the walk over all addresses needs of this folder: a station in 平定县 and a day that has a brief."""

from datetime import UTC, datetime
from pathlib import Path

from bihuan import clock
from tests.people import City
from tests.rights.address import ALL, IN_REGION, Address
from tests.rights.address import city as of_city
from tests.web.world import NOW, make_objects

READ_BY_ALL = ("sites", "evaluation", "evaluation_excel", "calendar", "newest_brief")


def addresses(city: City, folder: Path) -> list[Address]:
    """Who opens what of this folder."""
    clock.set_replay(NOW, 0)
    make_objects(city)
    day = {"day": datetime(2019, 2, 24, tzinfo=UTC).date()}
    return [
        *(Address(name, ALL) for name in READ_BY_ALL),
        *(Address(name, ALL, values=day) for name in ("brief", "brief_word", "brief_chart")),
        *(Address(name, IN_REGION, values={"code": "X1"}) for name in ("site", "site_series")),
        Address(
            "target", writes=of_city("dispatcher", "chief"), works="city:chief",
            data={"year": "2019", "item": "pm25", "value": "35"},
        ),
    ]  # fmt: skip
