"""Frozen forecast runs: written once, found by time, altered ones noticed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive.forecasts import ForecastStore, RunError

T0 = datetime(2019, 2, 1, tzinfo=UTC)


def _freeze(store: ForecastStore, issued: datetime, value: float = 1.0) -> str:
    frame = pl.DataFrame({"site": ["a"], "mean": [value]})
    return store.freeze(frame, frame, frame, {"issued": issued, "model": "m", "received_until": issued})


def test_a_run_comes_back_as_it_was_frozen(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    run = store.load(_freeze(store, T0, 7.0))
    assert run.hours["mean"].to_list() == [7.0]
    assert (run.issued, run.meta["model"]) == (T0, "m")
    assert store.verify(run.run_id)


def test_latest_as_of_never_looks_ahead(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    assert store.latest(T0) is None
    first, second = (_freeze(store, T0 + timedelta(hours=6 * k)) for k in (0, 1))
    assert store.runs() == [second, first]
    assert store.runs(until=T0 + timedelta(hours=5)) == [first]
    latest = store.latest(T0 + timedelta(hours=5))
    assert latest is not None
    assert latest.run_id == first
    assert store.runs(limit=1) == [second]


def test_the_same_contents_again_change_nothing(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    assert _freeze(store, T0) == _freeze(store, T0)
    assert len(store.runs()) == 1
    _freeze(store, T0, 2.0)
    assert len(store.runs()) == 2


def test_an_altered_run_is_noticed_and_never_overwritten(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    run_id = _freeze(store, T0)
    altered = pl.DataFrame({"site": ["a"], "mean": [99.0]})
    altered.write_parquet(tmp_path / "forecasts" / run_id / "hours.parquet")
    assert not store.verify(run_id)
    with pytest.raises(RunError, match="altered"):
        _freeze(store, T0)
    assert store.load(run_id).hours["mean"].to_list() == [99.0]


def test_nothing_half_written_remains_when_writing_fails(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    frame = pl.DataFrame({"a": [1]})
    with pytest.raises(AttributeError):
        store.freeze(frame, frame, None, {"issued": T0})  # type: ignore[arg-type]  # a frame that cannot be written
    assert list((tmp_path / "forecasts").iterdir()) == []


def test_an_unknown_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no forecast run x"):
        ForecastStore(tmp_path).load("x")


def test_one_part_of_many_runs_knows_which_run_a_row_is_of(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    runs = [_freeze(store, T0 + timedelta(hours=6 * k), float(k)) for k in (0, 1)]
    rows = store.part("members", runs).sort("issued")
    assert rows.select("issued", "mean").rows() == [(T0, 0.0), (T0 + timedelta(hours=6), 1.0)]
    assert store.part("members", runs, ["b"]).is_empty()
    assert store.part("members", []).is_empty()


def test_a_column_that_older_runs_lack_is_null_there(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    old = _freeze(store, T0)
    frame = pl.DataFrame({"site": ["a"], "mean": [2.0], "p75": [0.5]})
    new = store.freeze(frame, frame, frame, {"issued": T0 + timedelta(hours=6), "model": "m"})
    assert store.part("hours", [old, new]).sort("issued")["p75"].to_list() == [None, 0.5]
