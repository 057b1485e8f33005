"""A key is shown once, works, and ends; what could not be read is listed with what to do."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.registry.gate_secrets import secret_of
from bihuan.registry.hours import archive
from bihuan.registry.models import AuditEntry, GateKey
from bihuan.scenarios.gate_access.tests.world import refused, unit
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def office(client: Client, city: City, data_dir: Path) -> Client:
    clock.set_replay(NOW, 0)
    unit(city)
    client.force_login(
        city.person("dispatcher", "140300"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_a_key_is_shown_once_and_is_what_the_entrance_verifies_with(office: Client, data_dir: Path) -> None:
    given = {"unit": "V001", "how": "make", "dialect": "huanmen"}
    text = office.post(reverse("gate_access:key"), given).content.decode()
    key = GateKey.objects.get()
    secret = secret_of("V001", key.salt, data_dir)
    assert secret in text
    later = office.get(reverse("gate_access:index")).content.decode()
    assert secret not in later
    assert "环门" in later
    office.post(reverse("gate_access:key"), given | {"how": "renew"})
    assert GateKey.objects.filter(revoked_at=None).count() == 1
    assert secret_of("V001", GateKey.objects.get(revoked_at=None).salt, data_dir) != secret
    office.post(reverse("gate_access:key"), {"unit": "V001", "how": "revoke"})
    assert not GateKey.objects.filter(revoked_at=None).exists()
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["gate_key.make", "gate_key.make", "gate_key.revoke", "gate_key.revoke"]
    assert secret not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_an_unknown_dialect_makes_no_key(office: Client) -> None:
    for dialect in ("ledger", "nobody"):
        office.post(reverse("gate_access:key"), {"unit": "V001", "how": "make", "dialect": dialect})
    assert not GateKey.objects.exists()


def test_what_could_not_be_read_is_listed_with_its_remedy_until_it_is_set_aside(office: Client) -> None:
    refused()
    text = office.get(reverse("gate_access:index")).content.decode()
    assert "没有可读的过车时间" in text
    assert re.search(r"<code>soon</code>", text)
    (listed,) = archive().passages.refused.find()
    office.post(reverse("gate_access:dismiss", args=[listed.id]), {"reason": ""})
    assert archive().passages.refused.count() == 1
    office.post(reverse("gate_access:dismiss", args=[listed.id]), {"reason": "已重发"})
    assert archive().passages.refused.count() == 0
