"""Reasons in small databases: a code and its values (JSON) in columns `code` and `facts`, both empty where there is none."""

import json
import sqlite3

from bihuan.reasons import Reason, as_told
from bihuan.reasons.recognised import recognised

COLUMNS = "code TEXT NOT NULL DEFAULT '', facts TEXT NOT NULL DEFAULT ''"


def kept(why: Reason) -> tuple[str, str]:
    """What stands in the two columns."""
    code, values = why.plain
    return code, json.dumps(values, ensure_ascii=False)


def reason_of(code: str, facts: str) -> Reason:
    """What `kept` was given."""
    return Reason.of((code, json.loads(facts)))


def keep_reasons(base: sqlite3.Connection, table: str, sentence: str, remedy: str | None = None) -> None:
    """Bring a table of before there were reasons to them: its columns with English texts go. Needs the caller's transaction.

    What the catalogue does not say stays as it was told. Indexes on these columns must be gone.
    """
    if sentence not in {str(row[1]) for row in base.execute(f"PRAGMA table_info({table})")}:
        return
    for column in COLUMNS.split(", "):
        base.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    other = remedy or "''"
    for said, mend in base.execute(f"SELECT DISTINCT {sentence}, {other} FROM {table}").fetchall():
        if said:
            why = recognised(f"{said}; {mend}" if mend else said) or as_told(said, mend)
            base.execute(
                f"UPDATE {table} SET code = ?, facts = ? WHERE {sentence} = ? AND {other} = ?",
                (*kept(why), said, mend),
            )
    for column in filter(None, (sentence, remedy)):
        base.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
