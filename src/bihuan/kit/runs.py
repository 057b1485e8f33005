"""The frozen forecast runs of the installation as of the clock: none that was issued later is ever shown."""

from functools import lru_cache

from django.conf import settings
from django.http import Http404

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore, Run


def forecasts() -> ForecastStore:
    """The frozen forecast runs."""
    return ForecastStore(settings.DATA_DIR)


@lru_cache(maxsize=8)
def _run(root: str, run_id: str) -> Run:
    return forecasts().load(run_id)


def newest_run() -> Run | None:
    """The last forecast issued by now."""
    found = forecasts().runs(clock.now(), limit=1)
    return _run(str(settings.DATA_DIR), found[0]) if found else None


def load_run(run_id: str) -> Run:
    """One frozen run; Http404 for one that was issued after now, or never."""
    if run_id not in forecasts().runs(clock.now()):
        raise Http404
    return _run(str(settings.DATA_DIR), run_id)
