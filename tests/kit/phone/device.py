"""A phone as the server meets it: what it posts, without a browser."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.cases.evidence import Upload
from bihuan.cases.models import Case
from bihuan.registry.models import Person

SAVED = "2019-01-12T05:30:00.000Z"


@dataclass
class Device:
    """One person's phone."""

    person: Person
    id: str = field(default_factory=lambda: str(uuid4()))
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.sign_in()

    def sign_in(self) -> None:
        """The person types the password."""
        self.client.force_login(self.person)

    def send(self, item: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer."""
        answer = self.client.post(reverse("phone_item"), {"item": json.dumps(item)})
        return answer.status_code, answer.json()

    def settled(self, item: dict[str, Any]) -> dict[str, Any]:
        """The answer of an item that is settled at once."""
        status, answer = self.send(item)
        assert status == 200, answer
        return answer

    def photo(self, upload: Upload, sha256: str = "") -> tuple[int, dict[str, Any]]:
        """Send a photo under its hash, or under a forged one."""
        address = reverse("phone_file", args=[sha256 or hash_of(upload)])
        answer = self.client.post(address, {"file": SimpleUploadedFile(upload.name, upload.content)})
        return answer.status_code, answer.json()

    def item(self, kind: str, chain: str, *, seq: int = 1, **more: Any) -> dict[str, Any]:
        """An item with a new number."""
        told = {
            "id": str(uuid4()),
            "person": self.person.pk,
            "device": self.id,
            "chain": chain,
            "seq": seq,
            "kind": kind,
        }
        return {**told, "saved_at": SAVED, "version": 0, "given": {}, "photos": [], **more}  # fmt: skip

    def step(
        self, case: Case, action: str, *photos: dict[str, Any], seq: int = 1, **given: str
    ) -> dict[str, Any]:
        """A step of a case as the phone saw it."""
        return self.item(
            "step",
            case.number,
            seq=seq,
            version=case.version,
            given={"action": action, **given},
            photos=list(photos),
        )

    def report(self, *photos: dict[str, Any], **given: str) -> dict[str, Any]:
        """A new problem in 平定县."""
        told = {"title": "路边焚烧垃圾", "region": "140321", "source": "patrol", "level": "minor", **given}
        return self.item("report", str(UUID(int=1)), given=told, photos=list(photos))


def hash_of(upload: Upload) -> str:
    return hashlib.sha256(upload.content).hexdigest()


def named(upload: Upload, **said: Any) -> dict[str, Any]:
    """How an item names a photo; `said` is what the phone read from the original."""
    return {"sha256": hash_of(upload), "name": upload.name, **said}
