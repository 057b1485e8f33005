"""Its segments, as they are told to other lines of business."""

from collections.abc import Collection, Sequence
from datetime import date

from django.urls import reverse

from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.scenarios.road_dust.models import Segment
from bihuan.scenarios.roads import Road, Roads


def _given(day: date) -> Sequence[Road]:
    return [
        Road(s.code, s.name, s.region_id, s.lon, s.lat, s.km, s.geometry or {}, s.simulated, reverse("road_dust:segment", args=[s.code]))
        for s in Segment.objects.filter(there_on(day)).order_by("code")
    ]  # fmt: skip


def _seen(person: Person) -> Collection[str]:
    return visible(Segment.objects.order_by(), person).values_list("pk", flat=True)


def _knows(code: str) -> bool:
    return Segment.objects.filter(pk=code).exists()


ROADS = Roads(_given, _seen, _knows)
