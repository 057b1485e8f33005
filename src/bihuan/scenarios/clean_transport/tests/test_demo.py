"""The practice city: three units, their month and the troubles that they are there for; all marked simulated."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.models import CheckRun, Finding
from bihuan.registry.hours import archive
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.checking import check
from bihuan.scenarios.clean_transport import demo
from bihuan.scenarios.clean_transport.models import Batch, Haul, Report
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def built(place: City) -> City:
    demo.build(NOW)
    return place


def test_the_story_is_told_as_it_happened_and_marked_as_simulated(built: City, client: Client) -> None:
    for model in (VehicleUser, Batch, Report, Haul):
        assert model.objects.exists()
        assert not model.objects.filter(simulated=False).exists()
    assert archive().passages.current().collect()["noted"].str.split(" ").explode().unique().to_list() == [
        "photo_missing"
    ]
    check(NOW, lambda *_: None, looks_at="clean")
    assert not CheckRun.objects.exclude(error="").exists()
    found = Finding.objects.filter(check_key__startswith="clean.")
    assert {(f.check_key.removeprefix("clean."), f.target) for f in found} == {
        ("below_goal", "SIM-QT1"), ("no_evidence", "SIM-QT1"), ("silent", "SIM-JH1"), ("unweighed", "SIM-SN1"), ("differs", "SIM-SN1"),
    }  # fmt: skip
    assert not found.filter(simulated=False).exists()
    client.force_login(built.person("chief", "140300"))
    for page in (
        reverse("clean_transport:index"),
        reverse("clean_transport:trucks"),
        reverse("clean_transport:unit", args=["SIM-QT1"]),
    ):
        assert "模拟" in client.get(page).content.decode()
    assert demo.build(NOW) == "清洁运输已有"
