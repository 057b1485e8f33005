"""What is kept of a fitted model beside its file: its record, and the roles that it had."""

import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from bihuan import __version__
from bihuan.archive.forecasts import STAMP
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.model import Model
from bihuan.domain.forecast.training import ItemModel
from bihuan.errors import BihuanError

Role = Literal["champion", "challenger", "retired"]
SYSTEM = "system"


class UnfitModel(BihuanError):
    """A kept model is absent, was altered, or was made by software that this one does not understand."""


@dataclass(frozen=True)
class Record:
    """What is kept of a model. `fitted_at`: the clock at the fit; rows from `first` to `until` were learned from.

    kind: version and weather; models of one kind differ only in what they learned from. columns: item -> names of
    what its members look at. validation: item -> member -> RMSE by lead block, out of time, in units of the item.
    """

    model_id: str
    kind: str
    name: str
    fitted_at: datetime
    first: datetime
    until: datetime
    rows: int
    sites: tuple[str, ...]
    inputs: tuple[str, ...]
    members: dict[str, tuple[str, ...]]
    columns: dict[str, tuple[str, ...]]
    validation: dict[str, dict[str, list[float]]]
    size: int
    sha256: str
    software: str
    fit_seconds: float


@dataclass(frozen=True)
class Change:
    """A model got a role at a moment of the clock; figures: what the decision rested on."""

    at: datetime
    model_id: str
    role: Role
    reason: str
    who: str = SYSTEM
    figures: dict[str, Any] = field(default_factory=dict)


def kind_now(weather: models.Weather = "none") -> str:
    """The kind that this software fits."""
    return models.VERSION if weather == "none" else f"{models.VERSION}+{weather}-weather"


def kinds() -> dict[str, models.Weather]:
    """The kinds that a running centre fits -> the weather that they take."""
    return {kind_now("none"): "none", kind_now("forecast"): "forecast"}


def standing(changes: Iterable[Change]) -> dict[str, Change]:
    """Model -> its last change; a new champion retires the one before it."""
    roles: dict[str, Change] = {}
    for change in changes:
        if change.role == "champion":
            for other, was in roles.items():
                if was.role == "champion" and other != change.model_id:
                    roles[other] = Change(
                        change.at, other, "retired", f"由 {change.model_id} 接替", change.who
                    )
        roles[change.model_id] = change
    return roles


def describe(model: Model, at: datetime, rows: int, content: bytes, digest: str, seconds: float) -> Record:
    """The record of a fitted model; content: its bytes, digest: their SHA-256."""
    software = f"bihuan {__version__}, {models.VERSION}, Python {platform.python_version()}, numpy {version('numpy')}, LightGBM {version('lightgbm')}"
    return Record(
        model_id=f"{at.astimezone(UTC):{STAMP}}-{digest[:12]}",
        kind=kind_now(model.weather),
        name=model.name,
        fitted_at=at,
        first=model.first,
        until=model.until,
        rows=rows,
        sites=model.sites,
        inputs=model.inputs,
        members={item: fitted.members for item, fitted in model.items.items()},
        columns={item: _columns(fitted) for item, fitted in model.items.items()},
        validation=model.validation,
        size=len(content),
        sha256=digest,
        software=software,
        fit_seconds=round(seconds, 1),
    )


def _columns(fitted: ItemModel) -> tuple[str, ...]:
    """Names of what the members of an item look at, each once."""
    names = [n for linear in fitted.linear.values() for n in linear.names]
    names += [n for trees in fitted.trees.values() for n in trees.names]
    return tuple(dict.fromkeys(names))


def read_record(path: Path) -> Record:
    """Read a record. Raises UnfitModel when it is damaged."""
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        moments = {k: datetime.fromisoformat(row[k]) for k in ("fitted_at", "first", "until")}
        lists = {k: tuple(row[k]) for k in ("sites", "inputs")}
        tables = {k: {i: tuple(v) for i, v in row[k].items()} for k in ("members", "columns")}
        return Record(**{**row, **moments, **lists, **tables})
    except (ValueError, KeyError, TypeError) as error:
        raise UnfitModel(f"{path.name} 不是模型的登记（{error}）；请从备份恢复") from error
