"""Layers that every city has: plants of the reduction list, open cases."""

from collections.abc import Iterator, Sequence
from itertools import starmap
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.cases.models import Case
from bihuan.cases.transitions import UNFINISHED
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.registry.access import visible
from bihuan.registry.models import Emitter


def _emitters(view: View) -> list[Keyed]:
    plants = visible(view.inside(Emitter.objects.filter(kind=Emitter.Kind.PLANT)), view.person)
    return list(starmap(Keyed, plants.order_by().values_list("pk", "lon", "lat")))


def _emitter_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    for row in Emitter.objects.in_bulk([spot.pk for spot in spots]).values():
        line = f"{row.industry} · {_('绩效')} {row.grade}"
        yield Mark(row.lon, row.lat, row.name, line, f"/units/{row.code}/", simulated=row.simulated)


def _cases(view: View) -> list[Keyed]:
    cases = visible(view.inside(Case.objects.filter(state__in=UNFINISHED)), view.person)
    rows = cases.order_by("-pk").values_list("pk", "lon", "lat", "due")
    return [
        Keyed(pk, lon, lat, "bad" if due and due < view.now else "warn")
        for pk, lon, lat, due in rows
        if lon is not None and lat is not None
    ]


def _case_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    known = Case.objects.in_bulk([spot.pk for spot in spots])
    for spot in spots:
        if (row := known.get(spot.pk)) is None:
            continue
        line = f"{row.number} · {_(row.get_state_display())}"
        overdue = f" · {_('超期')}" if spot.tone == "bad" else ""
        yield Mark(
            spot.lon, spot.lat, row.title, line + overdue, f"/cases/{row.number}/", spot.tone, simulated=row.simulated
        )  # fmt: skip


LAYERS: tuple[Layer[Any], ...] = (
    Layer("emitters", gettext_lazy("企业"), _emitters, _emitter_marks, "triangle", gettext_lazy("打开单位"), shown=False, place=20),
    Layer("cases", gettext_lazy("问题"), _cases, _case_marks, "pin", gettext_lazy("打开问题"), place=30),
)  # fmt: skip
