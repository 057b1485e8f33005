"""Issue the city's forecast as of a moment and freeze it: what the worker, the practice city and nobody else does."""

import pickle
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from django.conf import settings

from bihuan.archive import Archive
from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.forecast.issuing import issue
from bihuan.domain.forecast.model import Model, fit
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.registry.models import Site

LOOK_BACK = timedelta(days=270)
REFIT_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Fitted:
    """A model and the moment as of which it was fitted."""

    moment: datetime
    model: Model

    def serves(self, moment: datetime) -> bool:
        """May it be used at this moment? Never before its own, and for a week after."""
        return timedelta() <= moment - self.moment < REFIT_AFTER


class Forecaster:
    """Keeps the fitted model, in memory and beside the runs; it is fitted weekly, always on what was known then."""

    def __init__(self) -> None:
        self.fitted: Fitted | None = None

    def run(self, moment: datetime) -> str:
        """Forecast as of `moment`; returns the frozen run's id. Raises NoHistory with too little data."""
        sites = list(Site.objects.filter(simulated=False).values_list("code", flat=True))
        rows = Archive(settings.DATA_DIR / "archive").ambient.as_of(moment, sites=sites, start=moment - LOOK_BACK)
        history = rows.select("site", "start", *ITEM_NAMES).collect()
        model = self._model(moment, history)
        own = list(Site.objects.filter(evaluated=True).values_list("code", flat=True))
        made = issue(model, history, moment, sites=[*own, *(f"city:{code}" for code in cities())])
        meta = {"issued": moment, "model": model.name, "first": model.first, "until": model.until, "reasons": made.reasons}
        return ForecastStore(settings.DATA_DIR).freeze(made.hours, made.days, made.members, meta)

    def _model(self, moment: datetime, history: pl.DataFrame) -> Model:
        path = settings.DATA_DIR / "model.pickle"
        if self.fitted is None and path.exists():
            self.fitted = pickle.loads(path.read_bytes())
        if self.fitted is None or not self.fitted.serves(moment):
            self.fitted = Fitted(moment, fit(history, cities=cities()))
            beside = path.with_suffix(".new")
            beside.write_bytes(pickle.dumps(self.fitted))
            beside.replace(path)
        return self.fitted.model


def cities() -> dict[str, list[str]]:
    """Region code -> its evaluation stations, for every city that has some."""
    found: dict[str, list[str]] = {}
    for code, city in Site.objects.filter(evaluated=True, city__isnull=False).values_list("code", "city_id"):
        found.setdefault(city, []).append(code)
    return found
