"""The map: machines by what was found about them of late, zones as areas."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.registry.access import visible
from bihuan.registry.subjects import there_on
from bihuan.scenarios.nonroad_machines.models import ControlZone, NonroadMachine
from bihuan.scenarios.nonroad_machines.registers import TARGET

LATELY = timedelta(days=31)


def _found(view: View) -> Counter[str]:
    rows = Finding.objects.filter(
        target_kind=TARGET, until__gte=view.moment - LATELY, started_at__lte=view.moment
    ).order_by()
    return Counter(visible(rows, view.person).values_list("target", flat=True))


def _machine_rows(view: View) -> list[Keyed]:
    found = _found(view)
    rows = visible(NonroadMachine.objects.filter(there_on(view.moment.astimezone(CST).date())), view.person)
    places = view.inside(rows).order_by().values_list("pk", "lon", "lat")
    return [Keyed(pk, lon, lat, "bad" if found[pk] else "good") for pk, lon, lat in places]


def _machine_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    known = NonroadMachine.objects.in_bulk([spot.pk for spot in spots])
    for spot in spots:
        if (m := known.get(spot.pk)) is not None:
            line = f"{m.get_kind_display()} · {m.get_stage_display() or m.get_fuel_display()} · {m.label or _('没有标牌')}"
            url = reverse("nonroad_machines:machine", args=[m.pk])
            yield Mark(spot.lon, spot.lat, m.name, line, url, tone=spot.tone, simulated=m.simulated)


def _zone_rows(view: View) -> list[Keyed]:
    rows = visible(ControlZone.objects.filter(there_on(view.moment.astimezone(CST).date())), view.person)
    return [
        Keyed(pk, lon, lat, "accent")
        for pk, lon, lat in view.inside(rows).order_by().values_list("pk", "lon", "lat")
    ]


def _zone_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    known = ControlZone.objects.in_bulk([spot.pk for spot in spots])
    for spot in spots:
        if (z := known.get(spot.pk)) is not None:
            line = _("要求%(stage)s及以上") % {"stage": z.get_least_display()}
            url = reverse("register_object", args=["nonroad_zones", z.pk])
            yield Mark(
                spot.lon, spot.lat, z.name, line, url, tone=spot.tone, simulated=z.simulated, shape=z.geometry
            )


LAYERS = (
    Layer("nonroad-machines", "非道路移动机械", _machine_rows, _machine_marks, opens="机械", shown=False),
    Layer("nonroad-zones", "低排放控制区", _zone_rows, _zone_marks, opens="控制区", shown=False),
)
