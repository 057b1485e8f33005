"""Works on a reach as places from which polluted water may come."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.domain.water_suspects import Discharge
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.scenarios.discharges import Discharges
from bihuan.scenarios.sewage_works.grades import CODES, grades
from bihuan.scenarios.sewage_works.models import Term, Works

SECONDS = 86_400


def given(at: datetime) -> list[Discharge]:
    """The works that are there and lie on a reach: their grade stands for what they let out, their design capacity for how much."""
    day = at.astimezone(CST).date()
    there = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))
    capacity = dict(Term.objects.filter(there).values_list("works_id", "capacity"))
    rows = Works.objects.filter(there_on(day), reach__isnull=False).order_by("code")
    return [_discharge(works, capacity) for works in rows]


def _discharge(works: Works, capacity: Mapping[str, float]) -> Discharge:
    grade = grades().get(works.grade)
    limits: dict[str, float | None] = {CODES[i]: v for i, v in grade.limits.items()} if grade else {}
    flow = capacity[works.code] / SECONDS if works.code in capacity else None
    url = reverse("sewage_works:works", args=[works.code])
    return Discharge(
        works.code, works.name, _("污水处理厂"), str(works.reach_id), works.km, limits, flow, url, works.simulated
    )  # fmt: skip


def seen(person: Person) -> Collection[str]:
    """The codes of the works that a person may see."""
    return set(visible(Works.objects.all(), person).values_list("code", flat=True))


DISCHARGES = Discharges(given, seen, form="works_check")
