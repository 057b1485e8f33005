"""A new database of SQLite begins as the migrations would leave it, from packed statements: a blink, not a dozen seconds.

Each line of business packs its own tables beside its migrations, the register those of all others; `tools/pack_database.py`
writes them, a test compares them with what the migrations make. Migrations that are not packed yet run as always.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.transaction import atomic

PACKED = "empty.sql"
APART = ";\n\n"
"""Between two statements; no statement holds it."""
RECORDED = "INSERT INTO django_migrations (app, name, applied) VALUES ('{}', '{}', CURRENT_TIMESTAMP)"


def files() -> dict[str, Path]:
    """Where the tables of an app are packed, by its label; those without a place of their own lie with the register."""
    scenarios = [c for c in apps.get_app_configs() if c.name.startswith("bihuan.scenarios.")]
    return {
        c.label: Path(c.path) / "migrations" / PACKED for c in (apps.get_app_config("registry"), *scenarios)
    }


def begin(connection: Any) -> None:
    """Give an empty database of SQLite all that is packed. Nothing happens to any other one."""
    if connection.vendor != "sqlite" or connection.introspection.table_names():
        return
    with atomic(using=connection.alias), connection.cursor() as cursor:
        if not connection.introspection.table_names(cursor):  # another process may have been quicker
            for path in files().values():
                for statement in path.read_text(encoding="utf-8").split(APART) if path.exists() else ():
                    cursor.execute(statement)


def packed(connection: Any) -> dict[Path, str]:
    """What the files must hold, read from a database that was migrated."""
    found = defaultdict(list)
    for label, statement in _statements(connection):
        found[label if label in files() else "registry"].append(statement)
    return {files()[label]: APART.join(statements) for label, statements in sorted(found.items())}


def _statements(connection: Any) -> Iterator[tuple[str, str]]:
    """Tables, indexes and triggers in the order in which they can be made, then the migrations, each with its app."""
    labels = sorted((c.label for c in apps.get_app_configs()), key=len, reverse=True)
    order = "CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%%' ORDER BY {order}, name"
        )
        for table, statement in cursor.fetchall():
            yield next((label for label in labels if table.startswith(f"{label}_")), ""), statement
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        for app, name in cursor.fetchall():
            yield app, RECORDED.format(app, name)
