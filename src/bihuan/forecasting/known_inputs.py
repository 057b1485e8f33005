"""What a forecast may know at a moment: hours as they had been received, without what was excluded; forecast weather."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive.store import Archive
from bihuan.archive.weather import WeatherStore
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.model import Model
from bihuan.domain.forecast.screen import screened
from bihuan.domain.quality import apply_decisions


def known_rows(
    archive: Archive,
    moment: datetime,
    span: timedelta,
    sites: Sequence[str] | None = None,
    decisions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Ambient hours of the `span` before `moment`, as they had been received by then (of `sites`, or of all).

    decisions: of reviewers, as taken by then (`domain.quality.DECISIONS`); what they exclude is null.
    """
    rows = archive.ambient.as_of(moment, sites=sites, start=moment - span, end=moment).collect()
    known = models.known_until(rows.drop("received", strict=False), moment)
    return known if decisions is None else apply_decisions(known, decisions)


def inputs(
    archive: Archive,
    moment: datetime,
    span: timedelta,
    sites: Sequence[str] | None = None,
    decisions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The hours of `known_rows` that a model looks at: without lone jumps."""
    return screened(known_rows(archive, moment, span, sites, decisions))


def said_weather(data: Path, model: Model, moment: datetime) -> pl.DataFrame | None:
    """Forecast weather for a model that looks at it, as known at `moment`; None for one that does not."""
    if model.weather != "forecast":
        return None
    return WeatherStore(data).said(moment - models.LOOK_BACK, moment)
