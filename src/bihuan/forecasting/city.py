"""One issue for a city, and one look after its models: what its jobs do at a moment, given what the register says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from bihuan.forecasting import champions, trials
from bihuan.forecasting.champions import Regime
from bihuan.forecasting.freezing import issue_and_freeze
from bihuan.forecasting.records import Change
from bihuan.forecasting.shelf import ModelShelf


@dataclass(frozen=True)
class Places:
    """cities, counties: region code -> evaluation stations. sites: all that are forecast. real: those to learn from."""

    cities: Mapping[str, Sequence[str]]
    counties: Mapping[str, Sequence[str]]
    sites: Sequence[str]
    real: Sequence[str]


@dataclass(frozen=True)
class Renewed:
    """trained: ids of the models fitted now. changes: of roles. gone: how many files and runs were cleared away."""

    trained: list[str]
    changes: list[Change]
    gone: int


def forecast(data: Path, moment: datetime, places: Places, regime: Regime, decisions: pl.DataFrame) -> str:
    """Issue as of `moment` and freeze; the run's id. Challengers issue at the same moment, apart from it. Raises NoHistory."""
    run_id, _ = issue_and_freeze(
        data,
        moment,
        sites=places.sites,
        cities=places.cities,
        counties=places.counties,
        known=places.real,
        regime=regime,
        decisions=decisions,
    )
    trials.issue_challengers(
        data, moment, sites=places.sites, cities=places.cities, known=places.real, decisions=decisions
    )
    return run_id


def renew(data: Path, moment: datetime, places: Places, regime: Regime, decisions: pl.DataFrame) -> Renewed:
    """Train what is due, decide trials that are due, clear away. Raises NoHistory."""
    shelf = ModelShelf(data, places.cities)
    before = len(shelf.changes(moment))
    trained = [
        champions.retrain(
            data,
            moment,
            cities=places.cities,
            sites=places.sites,
            known=places.real,
            regime=regime,
            weather=weather,
            decisions=decisions,
        )
        for weather in champions.weathers(data, moment)
    ]
    trials.decide(data, moment, cities=places.cities, regime=regime, decisions=decisions)
    changes = shelf.changes(moment)[before:]
    return Renewed([r.model_id for r in trained if r], changes, trials.tidy(shelf, moment))
