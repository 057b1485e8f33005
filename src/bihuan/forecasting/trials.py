"""Trials: challengers issue on the champion's moments, apart from the city's forecast; then it is decided."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.archive.forecasts import ForecastStore
from bihuan.archive.store import Archive
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.areas import areas_of, is_area
from bihuan.domain.forecast.promotion import ITEMS, Verdict, judged, unsound
from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.verification.pairs import observed_long, paired
from bihuan.forecasting.champions import (
    REGIME,
    ROUTINE,
    Regime,
    Serving,
    Towns,
    champion_of,
    fresh,
    holding,
)
from bihuan.forecasting.freezing import about, said_by
from bihuan.forecasting.known_inputs import inputs, known_rows
from bihuan.forecasting.records import Change, Record, Role, UnfitModel, kinds
from bihuan.forecasting.shelf import ModelShelf

DAY = timedelta(days=1)
KEPT_RUNS = timedelta(days=120)
"""Runs of challengers are deleted after this time: twice as long as any trial looks back. What was decided stays."""
STAYS = "接替者异常，续任"
NOTHING: dict[str, Any] = {
    "site": pl.String,
    "item": pl.String,
    "issued": INSTANT,
    "start": INSTANT,
    "model": pl.String,
}
COLUMNS = ("site", "item", "issued", "start", "q05", "q10", "q25", "q50", "q75", "q90", "q95")


def trial_runs(shelf: ModelShelf) -> ForecastStore:
    """Where challengers' runs are frozen: never among the city's own."""
    return ForecastStore(shelf.folder)


def issue_challengers(
    data: Path,
    moment: datetime,
    *,
    sites: Sequence[str],
    cities: Towns,
    known: Sequence[str],
    decisions: pl.DataFrame | None = None,
) -> list[str]:
    """Freeze what each challenger says as of `moment`; ids of the runs. One whose file is damaged is retired."""
    shelf = ModelShelf(data, cities)
    waiting = holding(shelf, "challenger", moment)
    if not waiting:
        return []
    recent = inputs(Archive(data / "archive"), moment, models.LOOK_BACK, known, decisions)
    runs = []
    for record in waiting:
        try:
            served = Serving(shelf.load(record.model_id), record)
        except UnfitModel as error:
            shelf.change(Change(moment, record.model_id, "retired", f"文件不可用：{error}"))
            continue
        made = said_by(data, served, recent, moment, sites, areas_of(cities))
        meta = about(served, moment, recent.height, made) | {"series": shelf.folder.name}
        runs.append(trial_runs(shelf).freeze(made.hours, made.days, made.members, meta))
    return runs


def decide(
    data: Path,
    moment: datetime,
    *,
    cities: Towns,
    regime: Regime = REGIME,
    decisions: pl.DataFrame | None = None,
) -> list[Change]:
    """Take what decisions are due as of `moment`, on measurements received by then and not excluded; the changes that were made."""
    shelf = ModelShelf(data, cities)
    made = champion_of(shelf.standing(moment))
    if made is None:
        return []
    try:
        champion = shelf.record(made.model_id)
    except UnfitModel:
        return []  # the next issue stands in for it
    changes: list[Change] = []
    for record in holding(shelf, "challenger", moment):
        if any(c.role == "champion" for c in changes):
            break  # the others are compared with the new champion from now on
        if record.kind != champion.kind:
            found = _trial(data, shelf, champion, record, moment, cities, regime, decisions)
        elif fresh(champion, made, moment, regime):
            found = []
        else:
            found = _routine(data, shelf, champion, record, moment, cities, decisions)
        for change in found:
            shelf.change(change)
        changes += found
    return changes


def _routine(
    data: Path,
    shelf: ModelShelf,
    champion: Record,
    record: Record,
    moment: datetime,
    cities: Towns,
    decisions: pl.DataFrame | None,
) -> list[Change]:
    """The refit of the same kind takes over without a trial, unless its shadow runs show that it is unsound.

    Then the champion has another term, in which the next refit comes.
    """
    pairs = pairs_of(data, shelf, champion, record, record.fitted_at, moment, cities, decisions)
    verdict = judged(pairs, least=1)
    if unsound(verdict):
        why = f"并行期间误差为正式模型的 {verdict.ratio:.2f} 倍，不予接替，请核查训练数据"
        refused = Change(moment, record.model_id, "retired", why, figures=verdict.figures())
        return [refused, Change(moment, champion.model_id, "champion", STAYS, figures={"extended": True})]
    return [Change(moment, record.model_id, "champion", ROUTINE, figures=verdict.figures())]


def _trial(
    data: Path,
    shelf: ModelShelf,
    champion: Record,
    record: Record,
    moment: datetime,
    cities: Towns,
    regime: Regime,
    decisions: pl.DataFrame | None,
) -> list[Change]:
    """A look at another kind, when one is due: its trial goes on through its refits."""
    began, looks = trial_of(shelf, record.kind, moment)
    if moment - began < (looks + 1) * regime.trial:
        return []
    pairs = pairs_of(data, shelf, champion, record, began, moment, cities, decisions)
    verdict = judged(pairs, least=regime.least)
    if verdict.outcome == "too short":
        return []
    role, why = _outcome(verdict, looks + 1 >= regime.looks, champion.kind not in kinds())
    figures = verdict.figures() | {"look": looks + 1}
    return [Change(moment, record.model_id, role, f"{why}：{_said(verdict)}", figures=figures)]


def _outcome(verdict: Verdict, last: bool, ageing: bool) -> tuple[Role, str]:
    """What becomes of a challenger at a look, and why. ageing: the champion's kind cannot be fitted again."""
    if verdict.outcome == "better":
        return "champion", "评比胜出"
    if last and ageing and verdict.outcome == "undecided":
        return "champion", "前一版本已无法再训练，新版本不更差"
    if last or verdict.outcome == "worse":
        return "retired", "评比未胜出"
    return "challenger", "未分胜负，继续评比"


def _said(verdict: Verdict) -> str:
    return (
        f"{verdict.days} 天、{verdict.n} 个小时值，损失比 {verdict.ratio:.3f}"
        f"（95% 区间 {verdict.low:.3f}–{verdict.high:.3f}）"
    )


def trial_of(shelf: ModelShelf, kind: str, moment: datetime) -> tuple[datetime, int]:
    """Since when a kind is on trial without a break, and how often it was looked at since."""
    began, looks = moment, 0
    kinds = {r.model_id: r.kind for r in shelf.records(moment)}
    for change in reversed([c for c in shelf.changes(moment) if kinds.get(c.model_id) == kind]):
        if change.role == "champion" or (change.role == "retired" and "look" in change.figures):
            break
        began = change.at
        looks += "look" in change.figures
    return began, looks


def pairs_of(
    data: Path,
    shelf: ModelShelf,
    champion: Record,
    challenger: Record,
    first: datetime,
    moment: datetime,
    cities: Towns,
    decisions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What both kinds said from runs issued in [first, moment], with what had been measured and received by `moment`."""
    rows = [
        said.with_columns(model=pl.lit(name))
        for name, said in (
            ("champion", _said_by(ForecastStore(data), shelf, champion.kind, first, moment)),
            ("challenger", _said_by(trial_runs(shelf), shelf, challenger.kind, first, moment)),
        )
        if not said.is_empty()
    ]
    if len(rows) < 2:
        return pl.DataFrame(schema=NOTHING)
    both = pl.concat(rows)
    stations = sorted({s for s in both["site"].unique() if not is_area(s)} | _members(cities))
    archive = Archive(data / "archive")
    measured = known_rows(archive, moment, moment - first + DAY, stations, decisions)
    return paired(both, observed_long(measured, ITEMS, areas_of(cities)))


def _members(cities: Mapping[str, Sequence[str]]) -> set[str]:
    return {s for sites in cities.values() for s in sites}


def _said_by(
    store: ForecastStore, shelf: ModelShelf, kind: str, first: datetime, moment: datetime
) -> pl.DataFrame:
    """Hours of the runs of a kind of model; one row for each target."""
    wanted = []
    for run in store.runs(moment):
        meta = store.meta(run)
        if datetime.fromisoformat(meta["issued"]) < first:
            break
        if meta.get("series") == shelf.folder.name and meta.get("kind") == kind:
            wanted.append(run)
    if not wanted:
        return pl.DataFrame()
    rows = store.part("hours", wanted).filter(pl.col("item").is_in(ITEMS)).select(*COLUMNS, "lead")
    return rows.unique(["site", "item", "issued", "start"])


def tidy(shelf: ModelShelf, moment: datetime) -> int:
    """Delete models and challengers' runs that are no longer needed; how many files and folders."""
    gone = len(shelf.tidy(moment))
    store = trial_runs(shelf)
    for run in store.runs(moment - KEPT_RUNS):
        shutil.rmtree(store.folder / run)
        gone += 1
    return gone
