"""What this scenario draws from a forecast run as soon as it is frozen."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from bihuan.archive.forecasts import ForecastStore
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions


def run(now: datetime) -> str:
    """Advice and suggestions of the newest run; one line about what was made."""
    newest = ForecastStore(Path(settings.DATA_DIR)).latest(now)
    return f"管控建议 {make_suggestions(newest, now)} 条" if newest else "没有预报，未作管控建议"
