"""The city's forecast: which stations it is for and which it learns from, by the register."""

from datetime import datetime

from django.conf import settings

from bihuan.archive.forecasting import issue_and_freeze
from bihuan.registry.models import Site


def cities() -> dict[str, list[str]]:
    """Region code -> its evaluation stations, for every city that has some."""
    found: dict[str, list[str]] = {}
    for code, city in Site.objects.filter(evaluated=True, city__isnull=False).values_list("code", "city_id"):
        found.setdefault(city, []).append(code)
    return found


def forecast_city(moment: datetime) -> str:
    """Forecast the evaluation stations and their cities as of `moment`; returns the frozen run's id.

    It learns from all real stations of the register. Raises NoHistory with too little data.
    """
    towns = cities()
    own = sorted(code for codes in towns.values() for code in codes)
    real = sorted(Site.objects.filter(simulated=False).values_list("code", flat=True))
    run_id, _ = issue_and_freeze(
        settings.DATA_DIR, moment, sites=[*own, *(f"city:{c}" for c in towns)], cities=towns, known=real
    )
    return run_id
