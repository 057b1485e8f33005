"""The audit log: one function that writes, nothing that changes or deletes."""

from typing import Any

from django.http import HttpRequest

from bihuan import clock
from bihuan.registry.addresses import address_of
from bihuan.registry.models import AuditEntry, Person


def record(
    person: Person | None, action: str, target: str, request: HttpRequest | None = None, **detail: Any
) -> None:
    """Append one entry; `action` is `object.verb`, e.g. `site.exclude`."""
    address = address_of(request) if request else None
    AuditEntry.objects.create(
        at=clock.now(), person=person, action=action, target=target, detail=detail, address=address
    )
