"""The layer of a register: every object that is in use, or that is asked for, where it lies, with its shape."""

from collections.abc import Callable, Iterator, Sequence
from itertools import starmap
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from bihuan.cases.targets import kind_of
from bihuan.domain.timeaxis import CST
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.kit.registers.declared import Register
from bihuan.registry.access import visible


def key_of(register: Register) -> str:
    """What the layer of a register is called in addresses."""
    return f"register-{register.kind}"


Chosen = Callable[[Register, View], "QuerySet[Any]"]
Address = Callable[[Register, Any], str]


def in_use(register: Register, view: View) -> "QuerySet[Any]":
    """The objects that are there on the day that is shown and that the person may see."""
    day = view.moment.astimezone(CST).date()
    used = Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day)
    return visible(register.model._default_manager.filter(*used), view.person)


def own_page(register: Register, pk: Any) -> str:
    """The page that the line of business has for an object; empty where it has none."""
    page = register.page or _page_of_target(register.target)
    return reverse(page, args=[pk]) if page else ""


def _page_of_target(target: str) -> str:
    """The page that any line of business has for what findings are about; none where it is the one that all registers share."""
    kind = kind_of(target) if target else None
    return kind.page if kind is not None and not kind.args else ""


def layer_of(register: Register, chosen: Chosen = in_use, address: Address = own_page) -> Layer[Keyed]:
    """The map layer of a register of Subjects, called by the title of its `layer`, else by its own; it knows nothing bad of any.

    chosen: which objects, of those that the person may see. address: what the card of an object opens.
    """

    def rows(view: View) -> list[Keyed]:
        found = view.inside(chosen(register, view))
        return list(
            starmap(Keyed, found.order_by().values_list("pk", "lon", "lat").iterator(chunk_size=5000))
        )

    def marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
        objects = register.model._default_manager.select_related("region")
        known: dict[Any, Any] = objects.in_bulk([spot.pk for spot in spots])
        for spot in spots:
            if (found := known.get(spot.pk)) is not None:
                yield Mark(
                    spot.lon, spot.lat, found.name, found.region.name, address(register, spot.pk),
                    simulated=found.simulated, shape=found.geometry,
                )  # fmt: skip

    return Layer(key_of(register), register.layer or register.title, rows, marks, shown=False)
