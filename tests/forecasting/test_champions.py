"""Which model serves: the champion while fresh, a refit after it, another one when its file was altered."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from bihuan.domain.forecast import model as models
from bihuan.domain.timeaxis import parse_moment
from bihuan.forecasting.champions import MOST_LEARNED, REGIME, champion_of, retrain, serving, to_learn_from
from bihuan.forecasting.records import Change
from bihuan.forecasting.shelf import ModelShelf
from bihuan.settings import envdays
from tests.forecast.real import CITY
from tests.forecasting.issuing import PLACES, installation, issued

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
T0 = parse_moment("2019-02-01T08:00")  # 31 days of history: a third of them is 10 days


@pytest.fixture
def data(tmp_path: Path) -> Path:
    installation(tmp_path / "city", "2019-01-01", "2019-02-21T08:00")
    return tmp_path / "city"


def _shelf(data: Path) -> ModelShelf:
    return ModelShelf(data, CITY)


def _roles(data: Path, day: float) -> dict[str, str]:
    return {m[:8]: c.role for m, c in _shelf(data).standing(T0 + day * DAY).items()}


def _spoil(data: Path, model_id: str) -> None:
    path = _shelf(data).folder / f"{model_id}.model"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def test_the_first_model_is_champion_and_serves_a_third_of_its_history_and_a_day(data: Path) -> None:
    first = issued(data, T0)
    assert (first.meta["model_id"][:8], first.meta["fallback"]) == ("20190201", "")
    assert issued(data, T0 + 11 * DAY).meta["model_id"] == first.meta["model_id"]
    assert issued(data, T0 + 12 * DAY).meta["model_id"][:8] == "20190213"
    assert _roles(data, 12) == {"20190201": "retired", "20190213": "champion"}
    # A replay that has gone back sees what was then.
    assert issued(data, T0 + 9 * DAY).meta["model_id"] == first.meta["model_id"]


def test_a_refit_waits_as_challenger_and_takes_over_when_the_champion_is_old(data: Path) -> None:
    issued(data, T0)
    assert retrain(data, T0 + 4 * DAY, cities=CITY, sites=PLACES) is None  # a sixth of 31 days is 5
    refit = retrain(data, T0 + 6 * DAY, cities=CITY, sites=PLACES)
    assert refit is not None
    # The hour before the fit had not been received yet.
    assert (refit.until, refit.first) == (T0 + 6 * DAY - HOUR, parse_moment("2019-01-01T00:00"))
    assert issued(data, T0 + 6 * DAY).meta["model_id"][:8] == "20190201"
    assert _roles(data, 6) == {"20190201": "champion", "20190207": "challenger"}
    assert issued(data, T0 + 12 * DAY).meta["model_id"] == refit.model_id
    assert champion_of(_shelf(data).standing(T0 + 12 * DAY)) == Change(
        T0 + 12 * DAY, refit.model_id, "champion", "例行更新：前一模型已到更换期限"
    )


@pytest.mark.parametrize(("oldest", "who"), [(5, "20190207"), (6, "20190201")])
def test_the_setting_of_the_age_decides(data: Path, oldest: int, who: str) -> None:
    issued(data, T0)
    retrain(data, T0 + 6 * DAY, cities=CITY, sites=PLACES)
    served = serving(_shelf(data), T0 + 7 * DAY, replace(REGIME, oldest=oldest * DAY))
    assert served is not None
    assert served.record.model_id[:8] == who


def test_an_altered_champion_is_stood_in_for_and_the_run_says_so(data: Path) -> None:
    champion = issued(data, T0).meta["model_id"]
    refit = retrain(data, T0 + 6 * DAY, cities=CITY, sites=PLACES)
    assert refit is not None
    _spoil(data, champion)
    run = issued(data, T0 + 7 * DAY)
    assert run.meta["model_id"] == refit.model_id
    assert "SHA-256 不符" in run.meta["fallback"]
    assert f"暂由 {refit.model_id} 代替" in run.meta["fallback"]
    assert set(run.hours["site"]) == set(PLACES)
    # It only stands in: the roles are as they were, until somebody restores the file or trains.
    assert _roles(data, 7) == {"20190201": "champion", "20190207": "challenger"}


def test_what_a_comparison_refused_does_not_stand_in_and_another_kind_only_last(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, champion = _shelf(data), issued(data, T0).meta["model_id"]
    ids = []
    for day, version in ((1, models.VERSION), (2, models.VERSION), (3, "bihuan-x")):
        monkeypatch.setattr(models, "VERSION", version)
        made = retrain(data, T0 + day * DAY, cities=CITY, sites=PLACES, regime=replace(REGIME, retrain=DAY))
        assert made is not None
        ids.append(made.model_id)
    shelf.change(Change(T0 + 3 * DAY, ids[1], "retired", "unsound", figures={"n": 200}))
    _spoil(data, champion)
    assert issued(data, T0 + 4 * DAY).meta["model_id"] == ids[0]
    _spoil(data, ids[0])
    assert issued(data, T0 + 4 * DAY + HOUR).meta["model_id"] == ids[2]


def test_with_no_intact_model_left_one_is_trained_and_the_run_says_so(data: Path) -> None:
    champion = issued(data, T0).meta["model_id"]
    _spoil(data, champion)
    run = issued(data, T0 + DAY)
    assert run.meta["model_id"][:8] == "20190202"
    assert run.meta["fallback"] == f"正式模型 {champion} 不可用，已重新训练"
    assert _roles(data, 1) == {"20190201": "retired", "20190202": "champion"}
    assert issued(data, T0 + 2 * DAY).meta["fallback"] == ""


def test_a_replay_gone_back_behind_the_retention_trains_anew_and_that_is_no_fault(data: Path) -> None:
    shelf, first = _shelf(data), issued(data, T0).meta["model_id"]
    later = issued(data, T0 + 12 * DAY).meta["model_id"]
    (shelf.folder / f"{first}.model").unlink()  # as the retention does with retired ones in the end
    run = issued(data, T0 + DAY)
    assert run.meta["model_id"][:8] == "20190202"
    assert run.meta["fallback"] == ""
    assert issued(data, T0 + 12 * DAY).meta["model_id"] == later
    # The file of the last champion is gone by no retention.
    (shelf.folder / f"{later}.model").unlink()
    assert "已不存在" in issued(data, T0 + 13 * DAY).meta["fallback"]


def test_a_new_kind_is_a_challenger_and_the_old_one_goes_on(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = issued(data, T0).meta["model_id"]
    monkeypatch.setattr(models, "VERSION", "bihuan-x")
    new = retrain(data, T0 + DAY, cities=CITY, sites=PLACES)  # no model of this kind yet: due at once
    assert new is not None
    assert new.kind == "bihuan-x"
    # 14 days pass and the old kind cannot be fitted again: it serves on, for the trial's 56 days.
    run = issued(data, T0 + 15 * DAY)
    assert run.meta["model_id"] == old
    assert (
        run.hours["model"].unique().to_list() == run.days["model"].unique().to_list() == [run.meta["model"]]
    )
    assert not run.meta["model"].startswith("bihuan-x")
    assert _roles(data, 15) == {"20190201": "champion", "20190202": "challenger"}
    assert REGIME.last_stand == 70 * DAY


def test_a_model_appointed_by_a_person_serves_as_long_as_a_fresh_one(data: Path) -> None:
    issued(data, T0)
    second = issued(data, T0 + 12 * DAY).meta["model_id"]
    former = next(m for m in _shelf(data).standing(T0 + 12 * DAY) if m != second)
    _shelf(data).change(Change(T0 + 13 * DAY, former, "champion", "back", "admin"))
    assert issued(data, T0 + 20 * DAY).meta["model_id"] == former


def test_a_nation_of_sites_does_not_make_the_fit_longer() -> None:
    known = [f"{i:04d}A" for i in range(1500)]
    chosen = to_learn_from(["0007A", "9999A"], {"140300": ["1001A", "1002A"]}, known)
    assert len(chosen) == MOST_LEARNED
    assert {"0007A", "1001A", "1002A"} <= set(chosen)
    assert "9999A" not in chosen
    assert to_learn_from([], {}, known[:5]) == known[:5]


@pytest.mark.parametrize("value", ["0", "-1", "7.5", "a week", ""])
def test_a_setting_that_is_no_number_of_days_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("BIHUAN_RETRAIN_DAYS", value)
    with pytest.raises(ImproperlyConfigured, match="write a whole number of days"):
        envdays("BIHUAN_RETRAIN_DAYS", 7)
    monkeypatch.setenv("BIHUAN_RETRAIN_DAYS", "3")
    assert envdays("BIHUAN_RETRAIN_DAYS", 7) == 3 * DAY
