"""Triggers by which the database itself refuses to change or delete what may only grow.

They guard against slips; who can drop a trigger is still found out by the hash chain of what they guard.
"""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

VERBS = ("UPDATE", "DELETE")


@dataclass(frozen=True)
class AppendOnly:
    """Tables whose rows stay as they are; `function` names the trigger's function, `message` is what the database says.

    verbs: what is refused, both unless said otherwise.
    """

    tables: tuple[str, ...]
    function: str
    message: str
    verbs: tuple[str, ...] = VERBS

    def create(self, connection: BaseDatabaseWrapper) -> None:
        """Put the triggers in place, also where some are there already (SQLite and PostgreSQL)."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {self.function}() RETURNS trigger AS $$ "
                    f"BEGIN RAISE EXCEPTION '{self.message}'; END $$ LANGUAGE plpgsql"
                )
                body = f"FOR EACH ROW EXECUTE FUNCTION {self.function}()"
            else:
                body = f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
            for name, table, verb in self._names():
                cursor.execute(self._drop(connection, name, table, "IF EXISTS "))
                cursor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}")

    def drop(self, connection: BaseDatabaseWrapper) -> None:
        """Take the triggers away (a migration that rebuilds the tables, and tests of tampering)."""
        with connection.cursor() as cursor:
            for name, table, _ in self._names():
                cursor.execute(self._drop(connection, name, table))

    def _drop(self, connection: BaseDatabaseWrapper, name: str, table: str, maybe: str = "") -> str:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        return f"DROP TRIGGER {maybe}{name}{on}"

    def _names(self) -> list[tuple[str, str, str]]:
        return [(f"{table}_no_{verb.lower()}", table, verb) for table in self.tables for verb in self.verbs]
