"""Triggers by which the database itself refuses to change or delete a bulletin, an act or guidance.

They guard against slips; who can drop a trigger is still found out by `actions.intact`.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("forecast_desk_bulletin", "forecast_desk_act", "forecast_desk_guidance")
VERBS = ("UPDATE", "DELETE")
MESSAGE = "会商预报只能追加新版本, 不能修改或删除"


def _names() -> list[tuple[str, str, str]]:
    return [(f"{table}_no_{verb.lower()}", table, verb) for table in TABLES for verb in VERBS]


def create(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place (SQLite and PostgreSQL)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION forecast_desk_append_only() RETURNS trigger AS $$ "
                f"BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$ LANGUAGE plpgsql"
            )
        for name, table, verb in _names():
            if connection.vendor == "postgresql":
                body = "FOR EACH ROW EXECUTE FUNCTION forecast_desk_append_only()"
            else:
                body = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away (a migration that rebuilds the tables, and tests of tampering)."""
    with connection.cursor() as cursor:
        for name, table, _ in _names():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")
