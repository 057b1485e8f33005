"""Trials: both issue on the same moments, apart; decisions rest on what had been received, and only when due."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.forecast import model as models
from bihuan.domain.timeaxis import parse_moment
from bihuan.forecasting import trials
from bihuan.forecasting.champions import REGIME, champion_of, fresh, retrain
from bihuan.forecasting.records import Change
from bihuan.forecasting.shelf import ModelShelf
from tests.forecast.real import CITY, history
from tests.forecast.test_promotion import pairs
from tests.forecasting.issuing import PLACES, installation, issued
from tests.forecasting.test_shelf import T0, keep

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = parse_moment("2019-02-01T08:00")


def _both(data: Path, moment: datetime) -> list[str]:
    issued(data, moment)
    return trials.issue_challengers(data, moment, sites=PLACES, cities=CITY, known=PLACES[:-1])


def test_challengers_issue_apart_and_pairs_hold_what_was_received(tmp_path: Path) -> None:
    data = tmp_path / "city"
    shelf = installation(data, "2019-01-01", "2019-02-12T08:00")
    assert _both(data, START) == []
    made = retrain(data, START + 6 * DAY, cities=CITY, sites=PLACES)
    assert made is not None
    runs = _both(data, START + 6 * DAY) + _both(data, START + 7 * DAY)
    store = trials.trial_runs(shelf)
    assert sorted(store.runs()) == sorted(runs)
    assert all(store.verify(r) and store.meta(r)["model_id"] == made.model_id for r in runs)
    assert not set(runs) & set(ForecastStore(data).runs())
    assert {ForecastStore(data).meta(r)["model_id"][:8] for r in ForecastStore(data).runs()} == {"20190201"}

    now = START + 8 * DAY
    champion = shelf.record(ForecastStore(data).meta(ForecastStore(data).runs()[0])["model_id"])
    both = trials.pairs_of(data, shelf, champion, made, made.fitted_at, now, CITY)
    assert set(both["model"]) == {"champion", "challenger"}
    # Runs of the last two days only; the last hour that had been received ends an hour before `now`.
    assert both["issued"].unique().sort().to_list() == [START + 6 * DAY, START + 7 * DAY]
    assert both["start"].max() == now - 2 * HOUR
    # Hours that at least three of the five stations measured, of the city, by both.
    hours = history().filter(
        pl.col("start").is_between(START + 6 * DAY, now - 2 * HOUR), pl.col("pm25").is_not_null()
    )
    whole = hours.group_by("start").len().filter(pl.col("len") >= 3)
    expected = sum(whole.filter(pl.col("start") >= START + k * DAY).height for k in (6, 7))
    assert both.filter(pl.col("site") == "city:140300").height == 2 * expected
    # What is measured later changes nothing of it.
    installation(data, "2019-02-12T08:00", "2019-02-14T08:00")
    again = trials.pairs_of(data, shelf, champion, made, made.fitted_at, now, CITY)
    keys = ["site", "item", "issued", "start", "model"]
    assert again.sort(keys).equals(both.sort(keys))


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelShelf:
    """A champion of T0 and, a day later, a challenger of another kind."""
    made = ModelShelf(tmp_path, CITY)
    keep(made, T0, "champion")
    monkeypatch.setattr(models, "VERSION", "bihuan-x")
    keep(made, T0 + DAY, "challenger")
    return made


def _said(monkeypatch: pytest.MonkeyPatch, challenger: float, days: int = 28) -> None:
    table = pairs(days, {"challenger": {"pm25": challenger}, "champion": {"pm25": 3.0}}, noise=0.3)
    monkeypatch.setattr(trials, "pairs_of", lambda *_: table)


def _decide(shelf: ModelShelf, day: int) -> list[tuple[str, str]]:
    made = trials.decide(shelf.folder.parent.parent, T0 + day * DAY, cities=CITY)
    return [(c.model_id[:8], c.role) for c in made]


def test_a_refit_takes_over_though_neither_side_has_issued_since(tmp_path: Path) -> None:
    """The worker stood still: no runs to compare, and the champion is too old."""
    made = ModelShelf(tmp_path, CITY)
    keep(made, T0, "champion")
    keep(made, T0 + 14 * DAY, "challenger")
    assert _decide(made, 15) == [(f"{T0 + 14 * DAY:%Y%m%d}", "champion")]


def test_a_better_kind_takes_over_at_the_first_look(
    shelf: ModelShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    _said(monkeypatch, 2.0)
    assert _decide(shelf, 28) == []  # 27 days on trial
    assert _decide(shelf, 29) == [("20190114", "champion")]
    change = champion_of(shelf.standing(T0 + 29 * DAY))
    assert change is not None
    assert change.reason.startswith("评比胜出：28 天")
    assert change.figures["days"] == 28
    assert json.dumps(change.figures)


def test_an_even_kind_is_looked_at_twice_and_then_dropped(
    shelf: ModelShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The champion can be fitted again (the challenger is the odd one).
    monkeypatch.setattr(trials, "kinds", lambda: {shelf.records(T0)[0].kind: "none"})
    _said(monkeypatch, 3.0)
    assert _decide(shelf, 29) == [("20190114", "challenger")]
    assert [_decide(shelf, day) for day in (30, 56)] == [[], []]
    assert _decide(shelf, 57) == [("20190114", "retired")]
    made = champion_of(shelf.standing(T0 + 57 * DAY))
    assert made is not None
    assert made.model_id[:8] == "20190113"


def test_an_even_kind_takes_over_from_one_that_cannot_be_fitted_again(
    shelf: ModelShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    _said(monkeypatch, 3.0)
    _decide(shelf, 29)
    assert _decide(shelf, 57) == [("20190114", "champion")]


def test_a_worse_kind_is_dropped_at_once(shelf: ModelShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    _said(monkeypatch, 4.0)
    assert _decide(shelf, 29) == [("20190114", "retired")]


def test_too_few_measured_days_decide_nothing(shelf: ModelShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    _said(monkeypatch, 1.0, days=20)
    assert _decide(shelf, 40) == []
    _said(monkeypatch, 1.0, days=21)
    assert _decide(shelf, 41) == [("20190114", "champion")]


def test_a_trial_goes_on_through_refits_of_its_kind(
    shelf: ModelShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = shelf.records(T0 + DAY)[0]
    keep(shelf, T0 + 8 * DAY, "challenger")
    shelf.change(Change(T0 + 8 * DAY, old.model_id, "retired", "newer"))
    _said(monkeypatch, 2.0)
    assert trials.trial_of(shelf, "bihuan-x", T0 + 20 * DAY) == (T0 + DAY, 0)
    assert _decide(shelf, 29) == [("20190121", "champion")]


@pytest.mark.parametrize(("error", "role"), [(3.3, "champion"), (4.2, "retired")])
def test_a_refit_takes_over_untested_unless_unsound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: float, role: str
) -> None:
    shelf = ModelShelf(tmp_path, CITY)
    keep(shelf, T0, "champion")
    keep(shelf, T0 + DAY, "challenger")
    _said(monkeypatch, error, days=250)
    assert _decide(shelf, 4) == []  # 13 days of history: a champion serves 4 days
    stays = [("20190113", "champion")] if role == "retired" else []
    assert _decide(shelf, 5) == [("20190114", role), *stays]
    # Another term: four days from the decision on.
    now = T0 + 9 * DAY
    made = champion_of(shelf.standing(now))
    assert made is not None
    assert made.model_id[:8] == ("20190113" if stays else "20190114")
    assert fresh(shelf.record(made.model_id), made, now, REGIME) == bool(stays)


def test_old_runs_of_challengers_are_deleted(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path, CITY)
    store, frame = trials.trial_runs(shelf), pl.DataFrame({"site": ["a"]})
    old, new = (store.freeze(frame, frame, frame, {"issued": T0 + k * DAY}) for k in (0, 2))
    assert trials.tidy(shelf, T0 + 121 * DAY) == 1
    assert store.runs() == [new]
    assert old != new
    assert replace(REGIME).looks * REGIME.trial < trials.KEPT_RUNS
