"""Kept models: their record, the refusal of altered files, roles as of a moment, and what is cleared away."""

import hashlib
import json
import os
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from bihuan.archive.model_records import Change, Record, Role, UnfitModel
from bihuan.archive.models import KEPT_RETIRED, ModelShelf, series_of
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.model import Model
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
    content = (shelf.folder / f"{made.model_id}.pickle").read_bytes()
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
    path = shelf.folder / f"{made.model_id}.pickle"

    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "harm"),)

    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    for altered in (bytes(content), pickle.dumps(Harmful())):
        path.write_bytes(altered)
        with pytest.raises(UnfitModel, match="SHA-256 不符"):
            shelf.load(made.model_id)
    assert not (tmp_path / "harm").exists()
    path.unlink()
    with pytest.raises(UnfitModel, match="已不存在"):
        shelf.load(made.model_id)


def test_a_file_that_is_linked_from_elsewhere_is_refused(shelf: ModelShelf, tmp_path: Path) -> None:
    made = keep(shelf, T0)
    path = shelf.folder / f"{made.model_id}.pickle"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnfitModel, match="已不存在"):
        shelf.load(made.model_id)


@pytest.mark.parametrize("name", ["20190113T000000Z-000000000000", "../x", ""])
def test_an_unknown_model_is_named(shelf: ModelShelf, name: str) -> None:
    with pytest.raises(UnfitModel, match="没有编号为"):
        shelf.load(name)


def test_a_model_of_software_with_other_parts_is_refused(shelf: ModelShelf) -> None:
    older = replace(fitted())
    object.__setattr__(older, "a_part_of_old", 1)
    made = shelf.keep(older, T0, rows=1, fit_seconds=0)
    with pytest.raises(UnfitModel, match="结构与本软件不同"):
        shelf.load(made.model_id)


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
    left = {p.stem for p in shelf.folder.glob("*.pickle")}
    assert left == {r.model_id for r in (*former[2:], waiting, later)}
    assert len(shelf.records(T0 + 30 * DAY)) == len(former) + 2
    with pytest.raises(UnfitModel, match="已不存在"):
        shelf.load(former[0].model_id)


def test_models_of_other_cities_never_meet(tmp_path: Path) -> None:
    assert series_of({"1": ["a", "b"]}) != series_of({"1": ["a", "c"]})
    keep(ModelShelf(tmp_path, CITY), T0, "champion")
    assert ModelShelf(tmp_path, {}).records(T0) == []
