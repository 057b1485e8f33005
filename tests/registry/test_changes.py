"""The history of the registers: whatever is changed in it, taken out or put in afterwards is found by the walk over the log."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from bihuan.registry import guards
from bihuan.registry.changes import Batch, Change, changes_of, enter_batch
from bihuan.registry.log import LogEntry
from bihuan.registry.log_check import check_log
from bihuan.registry.models import Region
from tests.people import City

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def entered(reason: str, *keys: str) -> Batch:
    batch = Batch(kind="registry.region", operator="root", reason=reason, at=NOW, real_at=NOW)
    rows = [
        Change(kind="registry.region", key=key, action="changed", before={"name": "旧"}, after={"name": "新"})
        for key in keys
    ]
    with transaction.atomic():
        return enter_batch(batch, rows)


@pytest.fixture
def two(city: City) -> list[Batch]:
    return [entered("更名", "140302", "140303"), entered("再更名", "140302")]


def test_a_batch_of_many_rows_is_one_entry_of_the_log(two: list[Batch]) -> None:
    assert [(e.kind, e.key) for e in LogEntry.objects.all()] == [("registry.batch", str(b.pk)) for b in two]
    assert check_log() == []
    assert [c.batch.reason for c in changes_of(Region, "140302")] == ["再更名", "更名"]


TAMPERINGS = {
    "DELETE FROM registry_change WHERE key = '140303'": "has 1 changes, but 2 were entered",
    "UPDATE registry_change SET after = '{}' WHERE key = '140303'": "has changes that were changed",
    "UPDATE registry_change SET action = 'ended' WHERE key = '140303'": "has changes that were changed",
    "UPDATE registry_change SET key = '140311' WHERE key = '140303'": "has changes that were changed",
    "INSERT INTO registry_change (batch_id, kind, key, action, before, after) SELECT batch_id, kind, key, action, before, after FROM registry_change WHERE key = '140303'": "has 3 changes, but 2 were entered",
    "UPDATE registry_batch SET reason = 'x' WHERE reason = '更名'": "was changed after it was entered",
    "UPDATE registry_batch SET person_id = (SELECT min(id) FROM registry_person) WHERE reason = '更名'": "was changed after it was entered",
}


@pytest.mark.parametrize("text", TAMPERINGS)
def test_whatever_is_changed_behind_the_log_is_named(two: list[Batch], text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)
    faults = check_log()
    assert {f.key for f in faults} == {str(two[0].pk)}
    assert any(TAMPERINGS[text] in f.why for f in faults)


def test_a_change_moved_to_another_batch_is_found_in_both(two: list[Batch]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_change SET batch_id = %s WHERE key = '140303'", [two[1].pk])
    assert {f.key for f in check_log()} == {str(b.pk) for b in two}


@pytest.mark.parametrize("verb", ["DELETE FROM registry_change", "UPDATE registry_batch SET reason = ''"])
def test_the_database_itself_refuses_to_change_the_history(two: list[Batch], verb: str) -> None:
    guards.guard_changes(connection)
    try:
        with (
            pytest.raises(IntegrityError, match="只能追加"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(verb)
    finally:
        guards.free_changes(connection)
