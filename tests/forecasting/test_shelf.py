"""Kept models: their record, the refusal of altered files, roles as of a moment, and what is cleared away."""

import contextlib
import hashlib
import json
import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.grid import Array
from bihuan.domain.forecast.model import Model
from bihuan.domain.forecast.trees import Size
from bihuan.forecasting.champions import REGIME, serving
from bihuan.forecasting.model_files import MAGIC, NotAModel, from_bytes, to_bytes
from bihuan.forecasting.records import Change, Record, Role, UnfitModel
from bihuan.forecasting.shelf import KEPT_RETIRED, ModelShelf, series_of
from bihuan.installation.backup import back_up, restore
from bihuan.installation.marker import make_installation
from tests.forecast.real import CITY, SITES, until

T0 = datetime(2019, 1, 13, tzinfo=UTC)
DAY = timedelta(days=1)


@cache
def fitted() -> Model:
    return models.fit(until("2019-01-13T08:00"), items=("pm25",))


def keep(shelf: ModelShelf, at: datetime, role: Role | None = None) -> Record:
    """A model that differs from the others in its validation only."""
    made = replace(fitted(), validation={"pm25": {"combined": [at.timestamp()] * 7}})
    record = shelf.keep(made, at, rows=5 * 12 * 24, fit_seconds=1.26)
    if role is not None:
        shelf.change(Change(at, record.model_id, role, "test"))
    return record


@pytest.fixture
def shelf(tmp_path: Path) -> ModelShelf:
    return ModelShelf(tmp_path, CITY)


def test_the_record_says_what_the_model_is(shelf: ModelShelf) -> None:
    made = shelf.keep(fitted(), T0, rows=1500, fit_seconds=1.26)
    content = (shelf.folder / f"{made.model_id}.model").read_bytes()
    assert (made.size, made.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert made.model_id == f"20190113T000000Z-{made.sha256[:12]}"
    assert (made.rows, made.fit_seconds, made.kind) == (1500, 1.3, models.VERSION)
    assert made.sites == SITES
    assert (made.first, made.until) == (fitted().first, T0)
    assert "persistence" in made.members["pm25"]
    assert "one" in made.columns["pm25"]
    assert made.validation["pm25"]["combined"] == fitted().validation["pm25"]["combined"]
    assert "LightGBM 4" in made.software
    assert shelf.record(made.model_id) == made
    assert shelf.load(made.model_id).name == fitted().name


def test_an_altered_file_is_refused_and_never_run(shelf: ModelShelf, tmp_path: Path) -> None:
    made = keep(shelf, T0)
    path = shelf.folder / f"{made.model_id}.model"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    for altered in (bytes(content), harmful(tmp_path)):
        path.write_bytes(altered)
        with pytest.raises(UnfitModel, match="SHA-256 不符"):
            shelf.load(made.model_id)
    assert not (tmp_path / "harm").exists()
    path.unlink()
    with pytest.raises(UnfitModel, match="已不存在"):
        shelf.load(made.model_id)


def test_a_file_that_is_linked_from_elsewhere_is_refused(shelf: ModelShelf, tmp_path: Path) -> None:
    made = keep(shelf, T0)
    path = shelf.folder / f"{made.model_id}.model"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnfitModel, match="已不存在"):
        shelf.load(made.model_id)


@pytest.mark.parametrize("name", ["20190113T000000Z-000000000000", "../x", ""])
def test_an_unknown_model_is_named(shelf: ModelShelf, name: str) -> None:
    with pytest.raises(UnfitModel, match="没有编号为"):
        shelf.load(name)


def test_a_model_of_software_with_other_parts_is_refused(shelf: ModelShelf) -> None:
    made = keep(shelf, T0)
    replace_file(shelf, made, lambda content: content.replace(b'"path_hours"', b'"a_part_old"', 1))
    with pytest.raises(UnfitModel, match="结构与本软件不同"):
        shelf.load(made.model_id)


def replace_file(shelf: ModelShelf, made: Record, change: Callable[[bytes], bytes]) -> None:
    """Change a model's file and its SHA-256 beside it, as somebody does who packs a backup anew."""
    path = shelf.folder / f"{made.model_id}.model"
    path.write_bytes(change(path.read_bytes()))
    record = json.loads((shelf.folder / f"{made.model_id}.json").read_text())
    record["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (shelf.folder / f"{made.model_id}.json").write_text(json.dumps(record))


def harmful(folder: Path) -> bytes:
    """A pickle that makes a folder when it is read."""

    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(folder / "harm"),)

    return pickle.dumps(Harmful())


@pytest.mark.parametrize("name", ["model", "pickle"])
def test_a_pickle_with_a_fitting_digest_is_never_run(shelf: ModelShelf, tmp_path: Path, name: str) -> None:
    made = keep(shelf, T0)
    replace_file(shelf, made, lambda _: harmful(tmp_path))
    if name == "pickle":
        (shelf.folder / f"{made.model_id}.model").rename(shelf.folder / f"{made.model_id}.pickle")
    with pytest.raises(UnfitModel, match="无法读取" if name == "model" else "下次训练时重新拟合"):
        shelf.load(made.model_id)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("name", ["model", "pickle"])
def test_a_pickle_in_a_backup_is_not_run_after_the_restore(tmp_path: Path, name: str) -> None:
    """Whoever can change a backup can make its sums fit; the centre then fits a model of its own."""
    data = tmp_path / "city"
    make_installation(data)
    shelf = ModelShelf(data, CITY)
    made = keep(shelf, T0, "champion")
    replace_file(shelf, made, lambda _: harmful(tmp_path))
    if name == "pickle":
        (shelf.folder / f"{made.model_id}.model").rename(shelf.folder / f"{made.model_id}.pickle")
    back_up(data, tmp_path / "city.tar.gz", at=T0)
    restore(tmp_path / "city.tar.gz", tmp_path / "again")
    again = ModelShelf(tmp_path / "again", CITY)
    assert serving(again, T0 + DAY, REGIME) is None  # a new fit is needed
    assert not (tmp_path / "harm").exists()


@given(place=st.floats(0, 1), byte=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_whatever_is_changed_in_a_file_ends_in_a_model_or_in_words(place: float, byte: int) -> None:
    content = bytearray(to_bytes(fitted()))
    text = int.from_bytes(content[len(MAGIC) : len(MAGIC) + 8], "little")
    content[len(MAGIC) + 8 + int(place * (text - 1))] = byte
    with contextlib.suppress(NotAModel):
        assert isinstance(from_bytes(bytes(content)), Model)


@pytest.mark.parametrize("cut", [0, 10, 23, 1000, -1])
def test_a_file_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(NotAModel):
        from_bytes(to_bytes(fitted())[:cut])


def test_a_model_forecasts_the_same_after_it_was_kept(shelf: ModelShelf) -> None:
    """Trees too, and what similar days remember: every part is the same to the last bit."""
    made = models.fit(until("2019-04-01T08:00"), items=("pm25",), size=Size(2000, 5, 4, 50, 0.5))
    assert made.items["pm25"].trees
    assert made.items["pm25"].past is not None
    again = shelf.load(shelf.keep(made, T0, rows=1, fit_seconds=0).model_id)
    assert to_bytes(again) == to_bytes(made)
    history, end = until("2019-04-01T08:00"), datetime(2019, 4, 1, tzinfo=UTC)
    np.testing.assert_array_equal(_said(made, history, end), _said(again, history, end))


def _said(model: Model, history: pl.DataFrame, end: datetime) -> Array:
    seen = models.view(model, history, end=end)
    origin = np.array([seen.grid.row_of(end) - 1])
    return np.stack([models.means(model, seen, "pm25", origin, lead) for lead in (1, 24, 72)])


def test_a_damaged_record_is_refused_and_hides_only_itself(shelf: ModelShelf) -> None:
    good, bad = keep(shelf, T0), keep(shelf, T0 + DAY)
    (shelf.folder / f"{bad.model_id}.json").write_text(json.dumps({"model_id": bad.model_id}))
    with pytest.raises(UnfitModel, match="不是模型的登记"):
        shelf.load(bad.model_id)
    assert shelf.records(T0 + DAY) == [good]


def test_roles_are_as_of_a_moment_and_there_is_one_champion(shelf: ModelShelf) -> None:
    first, second = keep(shelf, T0, "champion"), keep(shelf, T0 + 7 * DAY, "challenger")
    shelf.change(Change(T0 + 14 * DAY, second.model_id, "champion", "refit"))

    def roles(days: int) -> dict[str, str]:
        return {m: c.role for m, c in shelf.standing(T0 + days * DAY).items()}

    assert roles(-1) == {}
    assert roles(6) == {first.model_id: "champion"}
    assert roles(13) == {first.model_id: "champion", second.model_id: "challenger"}
    assert roles(14) == {first.model_id: "retired", second.model_id: "champion"}
    assert [r.model_id for r in shelf.records(T0 + 6 * DAY)] == [first.model_id]


def test_a_line_cut_short_by_a_full_disk_spoils_only_itself(shelf: ModelShelf) -> None:
    made = keep(shelf, T0, "champion")
    with (shelf.folder / "roles.jsonl").open("a") as file:
        file.write('\n{"at": "2019-01-14T0')
    shelf.change(Change(T0 + DAY, made.model_id, "retired", "test"))
    assert [c.role for c in shelf.changes(T0 + DAY)] == ["champion", "retired"]


def test_files_of_former_models_go_and_all_records_stay(shelf: ModelShelf) -> None:
    former = [keep(shelf, T0 + k * DAY, "champion") for k in range(KEPT_RETIRED + 3)]
    waiting, later = keep(shelf, T0 + 10 * DAY, "challenger"), keep(shelf, T0 + 30 * DAY, "retired")
    gone = shelf.tidy(T0 + 20 * DAY)
    # The last of `former` is champion; of the others the newest KEPT_RETIRED stay.
    assert sorted(gone) == [r.model_id for r in former[:2]]
    left = {p.stem for p in shelf.folder.glob("*.model")}
    assert left == {r.model_id for r in (*former[2:], waiting, later)}
    assert len(shelf.records(T0 + 30 * DAY)) == len(former) + 2
    with pytest.raises(UnfitModel, match="已不存在"):
        shelf.load(former[0].model_id)


def test_models_of_other_cities_never_meet(tmp_path: Path) -> None:
    assert series_of({"1": ["a", "b"]}) != series_of({"1": ["a", "c"]})
    keep(ModelShelf(tmp_path, CITY), T0, "champion")
    assert ModelShelf(tmp_path, {}).records(T0) == []
