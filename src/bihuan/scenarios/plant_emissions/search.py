"""Outlets in the search box."""

from django.db.models import Q
from django.urls import reverse

from bihuan.registry.models import Person
from bihuan.scenarios.contract import Hit
from bihuan.scenarios.plant_emissions.register import outlets_seen


def find(person: Person, text: str, most: int) -> list[Hit]:
    """Outlets by their code or name, or by the name of their enterprise."""
    named = Q(code__icontains=text) | Q(name__icontains=text) | Q(emitter__name__icontains=text)
    return [
        Hit(str(o), o.code, reverse("plant_emissions:outlet", args=[o.code]), o.simulated)
        for o in outlets_seen(person).filter(named)[:most]
    ]
