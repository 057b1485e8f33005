"""From the archive to a frozen forecast run: what was received by a moment, the model that serves, an issue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.archive.champions import (
    REGIME,
    Regime,
    Say,
    Serving,
    crown,
    fit_and_keep,
    known_rows,
    said_weather,
    serving,
    to_learn_from,
)
from bihuan.archive.forecasts import ForecastStore
from bihuan.archive.models import ModelShelf
from bihuan.archive.store import Archive
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.issuing import Issue, issue
from bihuan.domain.forecast.model import NoHistory

RECENT = timedelta(days=7)


def issue_and_freeze(
    data: Path,
    moment: datetime,
    *,
    sites: Sequence[str] | None = None,
    cities: Mapping[str, Sequence[str]] | None = None,
    known: Sequence[str] | None = None,
    regime: Regime = REGIME,
    say: Say | None = None,
) -> tuple[str, Issue]:
    """Forecast as of `moment` for `sites` (default: all that reported in the last 7 days) and cities; freeze it.

    data: the installation's folder. known: sites to learn from (default: all). The model is the champion of these
    cities as of `moment`; where there is none that may serve, one is fitted on what had been received by then. A
    model whose file is not what was kept is never opened: another stands in, and the run says so (`fallback`).
    Raises NoHistory.
    """
    towns = {k: tuple(v) for k, v in (cities or {}).items()}
    archive, shelf = Archive(data / "archive"), ModelShelf(data, towns)
    recent = known_rows(archive, moment, models.LOOK_BACK, known)
    wanted = sites or sorted(recent.filter(pl.col("start") >= moment - RECENT)["site"].unique())
    if not wanted:
        raise NoHistory(f"no site reported in the 7 days before {moment.isoformat()}")
    served = serving(shelf, moment, regime)
    if served is None:
        learned = to_learn_from(wanted, towns, recent["site"].unique().to_list())
        served = crown(shelf, fit_and_keep(data, shelf, moment, learned, towns, say), moment, regime)
    made = said_by(data, served, recent, moment, wanted)
    meta = about(served, moment, recent.height, made) | {"series": shelf.folder.name}
    return ForecastStore(data).freeze(made.hours, made.days, made.members, meta), made


def said_by(
    data: Path, served: Serving, recent: pl.DataFrame, moment: datetime, sites: Sequence[str]
) -> Issue:
    """What a model says as of `moment`; its rows carry the name under which it was kept, whatever the software is by now."""
    weather = said_weather(data, served.model, moment)
    made = issue(served.model, recent, moment, sites=sites, said=weather)
    named = pl.col("model").str.replace(served.model.name, served.record.name, literal=True)
    return replace(made, hours=made.hours.with_columns(named), days=made.days.with_columns(named))


def about(served: Serving, moment: datetime, rows: int, made: Issue) -> dict[str, Any]:
    """What is written beside a run."""
    return {
        "issued": moment,
        "model": served.record.name,
        "model_id": served.record.model_id,
        "kind": served.record.kind,
        "fitted_on": [served.record.first, served.record.until],
        "received_until": moment,
        "rows": rows,
        "validation": served.record.validation,
        "reasons": made.reasons,
        "fallback": served.note,
    }
