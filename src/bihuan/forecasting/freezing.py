"""From the archive to a frozen forecast run: what was received by a moment, the model that serves, an issue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.archive.forecasts import ForecastStore
from bihuan.archive.store import Archive
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import simplest
from bihuan.domain.forecast.areas import Areas, areas_of
from bihuan.domain.forecast.issuing import issue, issue_simplest
from bihuan.domain.forecast.model import NoHistory
from bihuan.domain.forecast.run_tables import Issue
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.forecasting.champions import (
    REGIME,
    Regime,
    Say,
    Serving,
    crown,
    fit_and_keep,
    serving,
    to_learn_from,
)
from bihuan.forecasting.known_inputs import inputs, said_weather
from bihuan.forecasting.shelf import ModelShelf

RECENT = timedelta(days=7)
STOOD_IN = "历史资料不足以训练模型，暂以最简成员“持续性”起报（现有 {days:.1f} 天，至少需要 {least} 天）"
SIMPLEST: dict[str, Any] = {
    "model": simplest.NAME, "model_id": "", "kind": simplest.NAME, "fitted_on": [], "validation": {},
}  # fmt: skip
"""What is written beside a run of the simplest member alone: no model was kept for it."""


def issue_and_freeze(
    data: Path,
    moment: datetime,
    *,
    sites: Sequence[str] | None = None,
    cities: Mapping[str, Sequence[str]] | None = None,
    counties: Mapping[str, Sequence[str]] | None = None,
    known: Sequence[str] | None = None,
    regime: Regime = REGIME,
    decisions: pl.DataFrame | None = None,
    say: Say | None = None,
) -> tuple[str, Issue]:
    """Forecast as of `moment` for `sites` (default: all that reported in the last 7 days), cities and counties; freeze it.

    data: the installation's folder. cities, counties: region code -> stations. known: sites to learn from (default: all). The model is the champion of these
    cities as of `moment`; where there is none that may serve, one is fitted on what had been received by then. A
    model whose file is not what was kept is never opened: another stands in, and the run says so (`fallback`). Where
    none can be fitted, the simplest member alone is issued, and the run says why. decisions: of reviewers, as taken by
    `moment`; values that they exclude are neither learned from nor looked at. Raises NoHistory without any value.
    """
    towns, areas = cities or {}, areas_of(cities, counties)
    archive, shelf = Archive(data / "archive"), ModelShelf(data, towns)
    recent = inputs(archive, moment, models.LOOK_BACK, known, decisions)
    wanted = sites or sorted(recent.filter(pl.col("start") >= moment - RECENT)["site"].unique())
    if not wanted:
        raise NoHistory(f"no site reported in the 7 days before {moment.isoformat()}")
    try:
        served = serving(shelf, moment, regime)
        if served is None:
            learned = to_learn_from(wanted, towns, recent["site"].unique().to_list())
            fitted = fit_and_keep(data, shelf, moment, learned, say, decisions=decisions)
            served = crown(shelf, fitted, moment, regime)
    except NoHistory:
        made = issue_simplest(recent, moment, sites=wanted, areas=areas)
        days = recent["start"].n_unique() / 24
        note = STOOD_IN.format(days=days, least=models.LEAST_DAYS)
        meta = SIMPLEST | said_of(moment, recent.height, made, note)
    else:
        made = said_by(data, served, recent, moment, wanted, areas)
        meta = about(served, moment, recent.height, made)
    meta["series"] = shelf.folder.name
    return ForecastStore(data).freeze(made.hours, made.days, made.members, meta), made


def said_by(
    data: Path, served: Serving, recent: pl.DataFrame, moment: datetime, sites: Sequence[str], areas: Areas
) -> Issue:
    """What a model says as of `moment`; its rows carry the name under which it was kept, whatever the software is by now."""
    weather = said_weather(data, served.model, moment)
    made = issue(served.model, recent, moment, sites=sites, areas=areas, said=weather, items=ITEM_NAMES)
    named = pl.col("model").str.replace(served.model.name, served.record.name, literal=True)
    return replace(made, hours=made.hours.with_columns(named), days=made.days.with_columns(named))


def about(served: Serving, moment: datetime, rows: int, made: Issue) -> dict[str, Any]:
    """What is written beside a run."""
    record = served.record
    return {
        "model": record.name,
        "model_id": record.model_id,
        "kind": record.kind,
        "fitted_on": [record.first, record.until],
        "validation": record.validation,
    } | said_of(moment, rows, made, served.note)


def said_of(moment: datetime, rows: int, made: Issue, note: str) -> dict[str, Any]:
    """What is written beside any run, whatever made it."""
    return {
        "issued": moment,
        "received_until": moment,
        "rows": rows,
        "reasons": made.reasons,
        "fallback": note,
    }
