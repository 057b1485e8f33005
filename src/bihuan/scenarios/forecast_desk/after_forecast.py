"""What the desk keeps of a forecast run as soon as it is frozen: members, why, similar days."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from bihuan.archive.forecasts import ForecastStore
from bihuan.scenarios.forecast_desk.run_cache import NotKept, keep


def run(now: datetime) -> str:
    """Keep the newest run's parts; one line about it."""
    newest = ForecastStore(Path(settings.DATA_DIR)).latest(now)
    if newest is None:
        return "没有预报，会商台无可列"
    try:
        made = keep(newest)
    except NotKept as error:
        return f"会商台未列成员：{error}"
    return "会商台已列成员、原因和相似日" if made else "会商台的成员已在"
