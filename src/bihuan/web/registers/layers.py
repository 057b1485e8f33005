"""Every register whose objects have a place as a layer of the map: the same objects as its list, asked for by the same fields."""

from typing import Any

from django.db.models import QuerySet

from bihuan.cases.deadlines import local_day
from bihuan.kit.layers import Keyed, Layer, View
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.map_layer import key_of, layer_of, own_page
from bihuan.registry.subjects import Subject
from bihuan.scenarios import resolved
from bihuan.web.registers.kinds import url_of
from bihuan.web.registers.listing import rows_of


def layer_key(register: Register) -> str:
    """The key of its layer; empty where its objects have no place."""
    return key_of(register) if issubclass(register.model, Subject) else ""


def register_layers(*, of_the_city: bool = False) -> list[Layer[Keyed]]:
    """The layers of all registers with places, or of those that declare a title for the city's map."""
    registers = resolved.every_register().values()
    wanted = (r for r in registers if layer_key(r) and (r.layer or not of_the_city))
    return [layer_of(register, _asked, _page) for register in wanted]


def _asked(register: Register, view: View) -> "QuerySet[Any]":
    """What the list would show."""
    return rows_of(register, view.person, view.asked, local_day(view.moment))


def _page(register: Register, pk: Any) -> str:
    return own_page(register, pk) or url_of(register, pk)
