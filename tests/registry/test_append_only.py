"""What may only grow: the database itself takes no change and no deletion, says why, and lets go where a migration must."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from bihuan.cases import guards as of_cases
from bihuan.registry import guards as of_registry
from bihuan.registry.append_only import VERBS, AppendOnly

TABLE = "scratch_of_guards"
GUARD = AppendOnly((TABLE,), "scratch_function", "只能追加")
DELETE_ONLY = AppendOnly((TABLE,), "scratch_delete", "不能删除", verbs=("DELETE",))
pytestmark = pytest.mark.django_db


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def rows() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, said FROM {TABLE} ORDER BY id")
        return list(cursor.fetchall())


@pytest.fixture(autouse=True)
def table(db: None) -> None:
    """A table with one row; it goes with the test's transaction."""
    run(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, said text)")
    run(f"INSERT INTO {TABLE} VALUES (1, 'a')")


@pytest.mark.parametrize("sql", [f"UPDATE {TABLE} SET said = 'b'", f"DELETE FROM {TABLE}", f"UPDATE {TABLE} SET id = 2 WHERE id = 1"])  # fmt: skip
def test_a_guarded_row_stays_and_the_database_says_why(sql: str) -> None:
    GUARD.create(connection)
    with pytest.raises(DatabaseError, match="只能追加"):
        run(sql)
    assert rows() == [(1, "a")]


def test_new_rows_still_come(table: None) -> None:
    GUARD.create(connection)
    run(f"INSERT INTO {TABLE} VALUES (2, 'b')")
    assert rows() == [(1, "a"), (2, "b")]


def test_what_is_put_up_twice_stands_once(table: None) -> None:
    GUARD.create(connection)
    GUARD.create(connection)
    GUARD.drop(connection)
    run(f"DELETE FROM {TABLE}")
    assert rows() == []


def test_a_guard_against_deletion_alone_lets_a_row_change(table: None) -> None:
    DELETE_ONLY.create(connection)
    run(f"UPDATE {TABLE} SET said = 'b'")
    with pytest.raises(DatabaseError, match="不能删除"):
        run(f"DELETE FROM {TABLE}")
    assert rows() == [(1, "b")]


def guarded() -> list[str]:
    """Every table that one of the two modules guards."""
    found = [g for module in (of_registry, of_cases) for g in vars(module).values()]
    return sorted({name for guard in found if isinstance(guard, AppendOnly) for name in guard.tables})


def test_a_migrated_database_has_both_guards_of_every_table(empty_database: Path) -> None:
    with closing(sqlite3.connect(empty_database)) as opened:
        rows = opened.execute("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    there = {(table, verb) for table, sql in rows for verb in VERBS if f"BEFORE {verb} ON {table}" in sql}
    assert {(table, verb) for table in guarded() for verb in VERBS} - there == set()


def test_what_the_bureau_must_be_able_to_show_is_guarded() -> None:
    for kept in ("auditentry", "logentry", "valuedecision", "batch", "change"):
        assert f"registry_{kept}" in guarded()
    for kept in (
        "step",
        "attachment",
        "proposal",
        "regrouping",
        "handover",
        "takeover",
        "ruleversion",
    ):
        assert f"cases_{kept}" in guarded()
