"""Which model serves: the champion while it is fresh, else a refit of its kind; a damaged one is stood in for."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive.store import Archive
from bihuan.archive.weather import WeatherStore
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.model import Model, NoHistory
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.forecasting.known_inputs import inputs, known_rows
from bihuan.forecasting.records import SYSTEM, Change, Record, Role, UnfitModel, kind_now, kinds
from bihuan.forecasting.shelf import ModelShelf

FIT_SPAN = timedelta(days=400)
MOST_LEARNED = 60
LEAST_WEATHER = timedelta(days=60)
ENOUGH = 0.8
"""A model with forecast weather is fitted once forecasts were here in time for this share of the hours of LEAST_WEATHER (ours)."""
GRACE = timedelta(days=1)
"""How much longer an issue bears with a champion than the daily decision does, so that the decision comes first."""
ROUTINE = "例行更新：前一模型已到更换期限"
Say = Callable[[str, int, int], None]
Towns = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Regime:
    """How models come and go; all figures are ours (docs/decisions/0008).

    retrain: a new fit after this time. oldest: a champion of that age gives way to the refit of its kind. trial: between
    looks at another kind; looks: how many before it is dropped. least: days with measurements that a look needs.
    """

    retrain: timedelta = timedelta(days=7)
    oldest: timedelta = timedelta(days=14)
    trial: timedelta = timedelta(days=28)
    looks: int = 2
    least: int = 21

    @property
    def last_stand(self) -> timedelta:
        """Until when a champion serves that this software cannot fit again."""
        return self.oldest + self.looks * self.trial


REGIME = Regime()


@dataclass(frozen=True)
class Serving:
    """The model that issues; `note` (Chinese) says so when it only stands in for the champion."""

    model: Model
    record: Record
    note: str = ""


def weathers(data: Path, moment: datetime) -> tuple[models.Weather, ...]:
    """What kinds of model can be fitted at `moment`: with forecast weather once enough of it was here in time."""
    since = moment - LEAST_WEATHER - timedelta(days=1)
    kept = WeatherStore(data).said(since, moment).filter(pl.col("day") == 0, pl.col("start") < moment)
    enough = kept["start"].n_unique() * timedelta(hours=1) >= ENOUGH * LEAST_WEATHER
    return ("none", "forecast") if enough else ("none",)


def to_learn_from(wanted: Sequence[str], cities: Towns, known: Sequence[str]) -> list[str]:
    """At most MOST_LEARNED sites: those of the cities, then the wanted ones, then others spread evenly by code.

    The model is pooled: more sites hardly make it better, and each makes the fit longer.
    """
    chosen = dict.fromkeys(s for sites in cities.values() for s in sites if s in known)
    for more in (sorted(set(wanted) & set(known)), sorted(known)):
        rest = [s for s in more if s not in chosen]
        room = MOST_LEARNED - len(chosen)
        if room > 0 and rest:
            step = max(len(rest) / room, 1.0)
            chosen |= dict.fromkeys(rest[int(i * step)] for i in range(min(room, len(rest))))
    return sorted(chosen)


def champion_of(roles: Mapping[str, Change]) -> Change | None:
    """The change that made the present champion."""
    return next((c for c in roles.values() if c.role == "champion"), None)


def holding(shelf: ModelShelf, role: Role, moment: datetime) -> list[Record]:
    """Records of the models in a role, newest first."""
    roles = shelf.standing(moment)
    return [r for r in shelf.records(moment) if r.model_id in roles and roles[r.model_id].role == role]


def age(record: Record, made: Change, moment: datetime) -> timedelta:
    """Age of a champion: since its fit, or since a person or a refused successor left it in its place."""
    chosen = made.who != SYSTEM or made.figures.get("extended", False)
    return moment - (max(record.fitted_at, made.at) if chosen else record.fitted_at)


def fresh(record: Record, made: Change, moment: datetime, regime: Regime) -> bool:
    """May it go on without a refit? Not beyond `oldest`, nor beyond a third of its history while that is short.

    One whose kind this software cannot fit any more goes on until its trial against the new kind is over.
    """
    if record.kind not in kinds():
        return age(record, made, moment) <= regime.last_stand
    return age(record, made, moment) <= min(regime.oldest, (record.until - record.first) / 3)


def serving(shelf: ModelShelf, moment: datetime, regime: Regime) -> Serving | None:
    """The model to issue with; None when a new fit is needed. A refit that takes over is made champion."""
    roles = shelf.standing(moment)
    made = champion_of(roles)
    if made is None:
        return None
    try:
        record = shelf.record(made.model_id)
        if not fresh(record, made, moment - GRACE, regime):
            return _routine(shelf, record.kind, moment, regime)
        return Serving(shelf.load(made.model_id), record)
    except UnfitModel as error:
        if shelf.cleared(made.model_id):
            return None
        return _stand_in(shelf, roles, made.model_id, moment, regime, str(error))


def _routine(shelf: ModelShelf, kind: str, moment: datetime, regime: Regime) -> Serving | None:
    """The waiting refit of the champion's kind takes over, if there is a sound one that is fresh itself."""
    for record in holding(shelf, "challenger", moment):
        change = Change(moment, record.model_id, "champion", ROUTINE)
        if record.kind != kind or not fresh(record, change, moment, regime):
            continue
        try:
            model = shelf.load(record.model_id)
        except UnfitModel as error:
            shelf.change(Change(moment, record.model_id, "retired", f"文件不可用：{error}"))
            continue
        shelf.change(change)
        return Serving(model, record)
    return None


def _stand_in(
    shelf: ModelShelf, roles: Mapping[str, Change], absent: str, moment: datetime, regime: Regime, why: str
) -> Serving | None:
    """Another intact model that no comparison has refused and that is not too old: of the champion's kind first, then the newest."""
    records = shelf.records(moment)
    kind = next((r.kind for r in records if r.model_id == absent), kind_now())
    for record in sorted(records, key=lambda r: r.kind != kind):
        was = roles.get(record.model_id)
        refused = was is None or (was.role == "retired" and was.figures)
        if refused or moment - record.fitted_at > regime.last_stand:
            continue
        try:
            model = shelf.load(record.model_id)
        except UnfitModel:
            continue
        return Serving(model, record, f"正式模型不可用（{why}），暂由 {record.model_id} 代替起报")
    return None


def fit_and_keep(
    data: Path,
    shelf: ModelShelf,
    moment: datetime,
    sites: Sequence[str],
    say: Say | None,
    weather: models.Weather = "none",
    decisions: pl.DataFrame | None = None,
) -> Serving:
    """Fit on what had been received of `sites` by `moment`, without what `decisions` exclude, and keep it. Raises NoHistory.

    With forecast weather it learns from the hours only for which there was some.
    """
    began = time.monotonic()
    rows, said = inputs(Archive(data / "archive"), moment, FIT_SPAN, sites, decisions), None
    if weather == "forecast":
        said = WeatherStore(data).said(moment - FIT_SPAN, moment)
        rows = rows.filter(pl.col("start") >= said["start"].min())
    if rows.filter(pl.any_horizontal(pl.col(ITEM_NAMES).is_not_null())).is_empty():
        raise NoHistory("no measurement of any item; import measurements first")
    model = models.fit(rows, weather=weather, said=said, say=say)
    if not model.items:
        raise NoHistory(f"no item has {models.LEAST_DAYS} days of values at any site")
    record = shelf.keep(model, moment, rows=rows.height, fit_seconds=time.monotonic() - began)
    return Serving(model, record)


def crown(shelf: ModelShelf, made: Serving, moment: datetime, regime: Regime) -> Serving:
    """A model that was fitted because none could serve is champion at once; says why, as a note where one is damaged."""
    was = champion_of(shelf.standing(moment))
    known = {r.model_id: r for r in shelf.records(moment)}
    before = known.get(was.model_id) if was else None
    note = ""
    if was is None:
        reason = "首个模型"
    elif before and not fresh(before, was, moment, regime):
        reason = ROUTINE if before.kind == made.record.kind else "前一版本已无法再训练，且已到最长服务期限"
    elif shelf.cleared(was.model_id):
        reason = "前一模型的文件已按期清理，重新训练"
    else:
        reason = "前一模型不可用，已重新训练"
        note = f"正式模型 {was.model_id} 不可用，已重新训练"
    shelf.change(Change(moment, made.record.model_id, "champion", reason))
    return Serving(made.model, made.record, note)


def retrain(
    data: Path,
    moment: datetime,
    *,
    cities: Towns,
    sites: Sequence[str],
    known: Sequence[str] | None = None,
    regime: Regime = REGIME,
    weather: models.Weather = "none",
    decisions: pl.DataFrame | None = None,
    say: Say | None = None,
) -> Record | None:
    """Fit a challenger of the kind that takes this weather when the newest fit of this kind is old enough; None when none is due. Raises NoHistory.

    sites: for which it forecasts; known: to learn from (default: all). While history is short, a sixth of it is old
    enough: the refit is there before the champion has to go. A challenger of the same kind that was waiting is retired: the newer one has its place.
    """
    shelf = ModelShelf(data, cities)
    mine = [r for r in shelf.records(moment) if r.kind == kind_now(weather)]
    if mine and moment - mine[0].fitted_at < min(regime.retrain, (mine[0].until - mine[0].first) / 6):
        return None
    recent = known_rows(Archive(data / "archive"), moment, models.LOOK_BACK, known)["site"].unique().to_list()
    learned = to_learn_from(sites, cities, recent)
    made = fit_and_keep(data, shelf, moment, learned, say, weather, decisions)
    was = champion_of(shelf.standing(moment))
    if was is None:
        crown(shelf, made, moment, regime)
        return made.record
    for old in holding(shelf, "challenger", moment):
        if old.kind == made.record.kind:
            shelf.change(Change(moment, old.model_id, "retired", f"由更新的 {made.record.model_id} 接替"))
    kinds = {r.model_id: r.kind for r in shelf.records(moment)}
    same = kinds.get(was.model_id) == made.record.kind
    reason = "例行重新训练，等待接替" if same else f"另一类模型 {made.record.kind}，与正式模型评比"
    shelf.change(Change(moment, made.record.model_id, "challenger", reason))
    return made.record
