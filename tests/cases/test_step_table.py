"""The table of all steps: only what was written since is read, and never what another database had."""

from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.cases import step_table
from bihuan.cases.models import Step
from bihuan.cases.step_table import EMPTY, FILE, Held, all_steps
from bihuan.cases.transitions import State
from tests.cases.world import World


@pytest.fixture(autouse=True)
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that has just started."""
    monkeypatch.setattr(step_table, "_memory", [EMPTY])


def chains() -> list[tuple[int, int, str]]:
    """Case, place and action of every step, as the database has them."""
    return list(Step.objects.order_by("case_id", "seq").values_list("case_id", "seq", "action"))


def read() -> list[tuple[int, int, str]]:
    return list(all_steps().select("case", "seq", pl.col("action").cast(pl.String)).iter_rows())


def test_steps_stand_by_case_and_place_whenever_they_were_written(world: World) -> None:
    first, second = world.case(State.PENDING), world.case(State.DISPATCHED)
    assert read() == chains()
    world.go(first, "dispatch")
    world.go(second, "sign")
    world.go(first, "sign")
    assert read() == chains()


def test_only_the_newer_steps_are_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_table, "LATE", 0)
    world.case(State.CLOSED)
    all_steps()
    world.case(State.DRAFT)
    seen: list[int] = []
    reading = step_table._read
    monkeypatch.setattr(step_table, "_read", lambda rows: seen.append(rows.count()) or reading(rows))
    all_steps()
    assert seen == [1]


def test_a_step_that_comes_with_a_lower_number_is_not_missed(world: World) -> None:
    """PostgreSQL gives numbers before a transaction ends: a later number may be seen first."""
    world.case(State.CLOSED)
    rows = all_steps()
    held = step_table._memory[0]
    step_table._memory[0] = Held(rows.filter(pl.col("id") != rows["id"][0]), held.entry, held.hash)
    assert read() == chains()


def test_what_another_database_had_is_forgotten(world: World) -> None:
    """A backup was restored in place: the same numbers mean other steps."""
    world.case(State.CLOSED)
    rows = all_steps().with_columns(action=pl.lit("void").cast(pl.Categorical))
    step_table._memory[0] = Held(rows, step_table._memory[0].entry, "0" * 64)
    assert read() == chains()


def test_a_process_that_starts_takes_the_file_and_reads_what_it_lacks(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_table, "UNKEPT", 5)
    world.case(State.CLOSED)
    all_steps()
    assert (data_dir / FILE).exists()
    monkeypatch.setattr(step_table, "_memory", [EMPTY])
    world.case(State.DRAFT)
    with CaptureQueriesContext(connection) as queries:
        assert read() == chains()
    assert len(queries) <= 6


def test_a_file_of_another_shape_or_database_is_not_believed(world: World, data_dir: Path) -> None:
    world.case(State.DISPATCHED)
    pl.DataFrame({"id": [1]}).write_parquet(data_dir / FILE)
    assert read() == chains()
    EMPTY.rows.write_parquet(data_dir / FILE, metadata={"entry": "1", "hash": "x", "steps": "0"})
    assert read() == chains()
