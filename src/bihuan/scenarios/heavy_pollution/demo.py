"""What the practice city has: a simulated emission base, and the suggestions of its newest forecast run."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from bihuan.archive.forecasts import ForecastStore
from bihuan.registry.models import Emitter, Region
from bihuan.scenarios.heavy_pollution.models import EmissionBase
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions

# Normal working day of the simulated city [kg/d]: near three times what its list can save at red, so that the list
# reaches some of the shares and misses others, as real lists do.
BASE = {"nox": 45_000.0, "so2": 13_000.0, "pm": 16_000.0, "voc": 2_500.0}
SOURCE = "模拟：练习城市正常工作日排放量"


def build(now: datetime) -> int:
    """Fill what is missing; returns how many suggestions are new."""
    for region in Region.objects.filter(city_sites__evaluated=True).distinct():
        if Emitter.objects.filter(region__code__startswith=region.prefix, simulated=True).exists():
            _base(region)
    run = ForecastStore(Path(settings.DATA_DIR)).latest(now)
    return make_suggestions(run, now) if run else 0


def _base(region: Region) -> None:
    for pollutant, kg in BASE.items():
        EmissionBase.objects.get_or_create(
            region=region,
            pollutant=pollutant,
            defaults={"kg_per_day": kg, "source": SOURCE, "simulated": True},
        )
