"""An entry of the audit log: who, what, when by both clocks, and from which address; it stays as it was written."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.utils import timezone

from bihuan import clock
from bihuan.registry.audit import record
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry
from tests.people import City

REPLAYED = datetime(2019, 1, 11, 4, tzinfo=UTC)


def test_an_entry_has_the_time_of_the_clock_and_the_real_one(city: City, data_dir: Path) -> None:
    clock.set_replay(REPLAYED, 0)
    record(city.person("chief"), "person.close", "li.si", reason="离职")
    entry = AuditEntry.objects.get()
    assert entry.at == REPLAYED
    assert timezone.now() - entry.real_at < timedelta(minutes=1)
    assert (str(entry.person), entry.action, entry.target, entry.detail) == (
        "chief_140321",
        "person.close",
        "li.si",
        {"reason": "离职"},
    )
    assert entry.address is None


def test_the_address_is_that_of_the_request(city: City) -> None:
    for sent, kept in (("203.0.113.7", "203.0.113.7"), ("2001:db8::1", "2001:db8::1")):
        record(None, "person.lock", "x", RequestFactory().get("/", REMOTE_ADDR=sent))
        entry = AuditEntry.objects.first()
        assert entry is not None
        assert (entry.address, entry.person) == (kept, None)


def test_a_forwarded_address_is_believed_of_nobody_unless_the_installation_says_so(city: City) -> None:
    asked = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7", HTTP_X_FORWARDED_FOR="198.51.100.1")
    record(None, "person.lock", "x", asked)
    assert AuditEntry.objects.get().address == "203.0.113.7"


def test_an_entry_is_written_once_and_never_deleted(city: City) -> None:
    record(None, "person.lock", "x")
    entry = AuditEntry.objects.get()
    entry.target = "y"
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    assert AuditEntry.objects.get().target == "x"
    assert check_log() == []
