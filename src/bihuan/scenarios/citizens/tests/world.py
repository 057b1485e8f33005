"""A city with two counties whose boundaries are squares, and reports in them."""

from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.cases.evidence import Upload
from bihuan.registry.models import Region
from bihuan.scenarios.citizens import deciding
from bihuan.scenarios.citizens.models import Report
from bihuan.scenarios.citizens.receiving import Said, receive
from tests.cases.world import photo as a_photo
from tests.people import City
from tests.rights.address import ALL, COLLEAGUE, IN_REGION, IN_REGION_OR_UNIT, SIGNED_IN, Address, covering
from tests.web.world import MINE, NOW

OTHER = "140322"
SQUARES = {
    "140300": (113.0, 37.5, 114.0, 38.5),
    MINE: (113.5, 37.5, 114.0, 38.0),
    OTHER: (113.0, 38.0, 113.5, 38.5),
}
INSIDE = {MINE: ("37.80000", "113.70000"), OTHER: ("38.20000", "113.20000")}
HOME = "192.0.2.1"
"""An address of the documentation's range."""


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """An area with straight sides."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def with_boundaries(city: City) -> City:
    """The city and two of its counties know where they lie."""
    for code, sides in SQUARES.items():
        Region.objects.filter(pk=code).update(geometry=square(*sides))
    return city


def said(county: str = MINE, **other: str) -> Said:
    """Smoke, seen at a point of a county."""
    lat, lon = INSIDE[county]
    return Said(**{"service": "smoke", "text": "砖厂烟囱冒黄烟", "lat": lat, "lon": lon, **other})


def sent(county: str = MINE, files: tuple[Upload, ...] = (), address: str = HOME, **other: str) -> Report:
    """A report that was taken in."""
    return receive(said(county, **other), address, files)


def addresses(city: City, folder: Path) -> list[Address]:
    """All of the folder, with a report in 平定县 that waits, one that its government has, and one for the post."""
    clock.set_replay(NOW, 0)
    with_boundaries(city)
    waits = sent(files=(a_photo(),), name="张某", phone="1")
    taken = sent(address="192.0.2.2", name="李某", phone="2")
    deciding.hand_over(taken, city.person("dispatcher", MINE), city.governments[MINE], "已交办")
    file = {"pk": waits.pk, "photo_pk": waits.photos.get().pk}
    office = covering("dispatcher", "chief")
    handler = frozenset({"mine:handler", "mine:enterprise", COLLEAGUE})
    return [
        Address("index", ALL),
        Address("report", IN_REGION, values={"pk": waits.pk}),
        Address("report", IN_REGION_OR_UNIT, values={"pk": taken.pk}),
        Address("photo", IN_REGION, values=file),
        Address("contact", writes=office, works="mine:chief", values={"pk": waits.pk}),
        Address("contact", writes=handler, works=COLLEAGUE, values={"pk": taken.pk}),
        Address(
            "decide", writes=office, works="mine:dispatcher", values={"pk": waits.pk, "how": "refuse"},
            data={"answer": "不属于环境问题"},
        ),
        *(_open(name) for name in ("new", "ask")),
        _open("status", code=waits.code),
        *(_open(f"open311_{name}", form="json") for name in ("services", "requests")),
        _open("open311_service", code="smoke", form="json"),
        _open("open311_request", code=waits.code, form="xml"),
    ]  # fmt: skip


def _open(name: str, **values: str) -> Address:
    """For everybody, signed in or not."""
    return Address(name, SIGNED_IN, SIGNED_IN, values=values, open=True)
