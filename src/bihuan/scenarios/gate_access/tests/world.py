"""A unit with a key of its own, a record that could not be read, and the addresses of the folder."""

from pathlib import Path

from bihuan import clock
from bihuan.feeds.reading import Refusal
from bihuan.reasons import Reason
from bihuan.registry import gate_secrets
from bihuan.registry.hours import archive
from bihuan.registry.models import VehicleUser
from tests.people import City
from tests.rights.address import RUN, WATCH, Address
from tests.web.world import MINE, NOW


def unit(people: City) -> VehicleUser:
    """A steel works in 平定县."""
    return VehicleUser.objects.create(
        code="V001", name="钢厂", region=people.regions[MINE], lon=113.6, lat=37.8, industry="钢铁"
    )


def refused() -> None:
    """A record whose time nobody can read."""
    why = Reason("gate_no_time")
    archive().passages.refused.put(16, "gates", NOW, [Refusal("V001", 2, "time", "soon", why)])


def addresses(people: City, folder: Path) -> list[Address]:
    """All of it is for posts of the whole city."""
    clock.set_replay(NOW, 0)
    gate_secrets.make(unit(people), "bihuan")
    refused()
    return [
        Address("index", WATCH),
        Address("key", writes=RUN, data={"unit": "V001", "how": "revoke"}, works="city:dispatcher"),
        Address(
            "dismiss", writes=RUN, values={"number": 1}, data={"reason": "已重发"}, works="city:dispatcher"
        ),
    ]
