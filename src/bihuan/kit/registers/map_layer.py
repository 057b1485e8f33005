"""The layer of a register: every object that is in use, where it lies, with its shape."""

from collections.abc import Iterator, Sequence
from itertools import starmap
from typing import Any

from django.db.models import Q
from django.urls import reverse

from bihuan.domain.timeaxis import CST
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.kit.registers.declared import Register
from bihuan.registry.access import visible


def layer_of(register: Register) -> Layer[Keyed]:
    """The map layer of a register of Subjects that asks for one by the title of its `layer`; it knows nothing bad of any."""

    def rows(view: View) -> list[Keyed]:
        day = view.moment.astimezone(CST).date()
        used = Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day)
        found = visible(view.inside(register.model._default_manager.filter(*used)), view.person)
        return list(
            starmap(Keyed, found.order_by().values_list("pk", "lon", "lat").iterator(chunk_size=5000))
        )

    def marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
        objects = register.model._default_manager.select_related("region")
        known: dict[Any, Any] = objects.in_bulk([spot.pk for spot in spots])
        for spot in spots:
            if (found := known.get(spot.pk)) is not None:
                yield Mark(
                    spot.lon, spot.lat, found.name, found.region.name, _address(register, spot.pk),
                    simulated=found.simulated, shape=found.geometry,
                )  # fmt: skip

    return Layer(f"register-{register.kind}", register.layer, rows, marks, shown=False)


def _address(register: Register, pk: Any) -> str:
    return reverse(register.page, args=[pk]) if register.page else ""
