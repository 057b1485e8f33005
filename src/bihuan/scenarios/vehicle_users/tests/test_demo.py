"""The practice city: units, gates and passages through the real entrances; frauds stand as findings, and pages show them."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.models import CheckRun, Finding
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter
from bihuan.registry.transport import Gate, VehicleUser
from bihuan.scenarios.checking import check
from bihuan.scenarios.vehicle_users import demo
from bihuan.scenarios.vehicle_users.models import InPlantVehicle, SpotDraw
from tests.people import City
from tests.people import person as someone
from tests.web.world import MINE, NOW


@pytest.fixture
def built(place: City) -> City:
    for n in range(13):
        Emitter.objects.create(
            code=f"V{n + 1:03d}", name=f"用车大户{n + 1}", kind="vehicles", region=place.regions[MINE], industry="大宗物料运输", grade="C",
            lon=113.3 + 0.05 * n, lat=37.8, simulated=True,
        )  # fmt: skip
    # Another folder's demo has a unit of its own, which sent nothing in these days.
    VehicleUser.objects.create(
        code="A1", name="别的单位（模拟）", region=place.regions[MINE], lon=113.6, lat=37.8, industry="焦化", simulated=True
    )  # fmt: skip
    someone("diaodu", ("dispatcher", place.regions["140300"], place.governments["140300"]))
    demo.build(NOW)
    return place


def test_frauds_are_found_and_shown(built: City, client: Client) -> None:
    assert VehicleUser.objects.exclude(emitter=None).count() == 13
    (drawn,) = SpotDraw.objects.all()
    assert drawn.unit_id == "V001"
    assert len(drawn.drawn["rows"]) == 10
    assert Gate.objects.count() > 13
    assert InPlantVehicle.objects.filter(simulated=True).count() == 24
    rows = archive().passages.current().collect()
    assert rows.height > 2500
    assert set(rows["unit"]) <= {f"V{n + 1:03d}" for n in range(12)}
    check(NOW, lambda *_: None, looks_at="gates")
    assert not CheckRun.objects.exclude(error="").exists()
    found = Finding.objects.filter(check_key__startswith="gate.")
    assert len(set(found.values_list("check_key", flat=True))) >= 4
    assert all(found.values_list("simulated", flat=True))
    client.force_login(built.person("chief", "140300"))
    assert "用车大户1（模拟）" in client.get(reverse("vehicle_users:index")).content.decode()
    page = client.get(reverse("vehicle_users:unit", args=["V001"])).content.decode()
    assert "晋" in page
    assert "门（模拟）" in page
    assert 'data-head="排放阶段">国' in page, "a stage in words, not as it is kept"
    assert 'data-head="排放阶段">5' not in page


def test_it_is_made_once(built: City) -> None:
    assert demo.build(NOW) == "用车单位已有"
