"""A new database is what the migrations would make of it, made at once."""

import contextlib
import sqlite3
from pathlib import Path

import pytest
from django.db.migrations.loader import MigrationLoader

from bihuan.registry.new_database import files
from tests.servers.installed import run_python

STEP_BY_STEP = """
import django
django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), verbosity=0)
"""
AGAIN = "Make it anew with tools/pack_database.py"


def test_every_migration_is_packed() -> None:
    there = "".join(path.read_text(encoding="utf-8") for path in files().values() if path.exists())
    names = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    lacking = [key for key in names if f"VALUES ('{key[0]}', '{key[1]}'," not in there and key[0] != "toy"]
    assert not lacking, AGAIN


LEFT_OUT = ("id", "applied", "content_type_id")
"""Columns that tell when and in which order rows were made."""


def content(database: Path) -> dict[str, object]:
    """Every table, index and trigger as it was made, and the rows of every table."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        made = connection.execute(
            "SELECT name, type, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"
        ).fetchall()
        found: dict[str, object] = {row[0]: row[1:] for row in made}
        for table in [row[0] for row in made if row[1] == "table"]:
            columns = [
                f'"{row[1]}"'
                for row in connection.execute(f"PRAGMA table_info({table})")
                if row[1] not in LEFT_OUT
            ]
            rows = (
                connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall() if columns else []
            )
            found[f"rows of {table}"] = sorted(rows, key=repr)
    return found


@pytest.mark.slow
def test_it_is_what_the_migrations_make_step_by_step(empty_database: Path, tmp_path: Path) -> None:
    run_python(tmp_path, STEP_BY_STEP, BIHUAN_DATABASE=f"sqlite:///{tmp_path / 'db.sqlite3'}")
    slow, quick = content(tmp_path / "db.sqlite3"), content(empty_database)
    assert slow.keys() == quick.keys(), AGAIN
    assert [name for name, said in slow.items() if quick[name] != said] == [], AGAIN
    assert "cases_step_no_update" in quick
    assert quick["rows of django_migrations"]
