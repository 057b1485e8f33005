"""What was found lately about a unit's gates, sites and stacks stands beside its suggestion, for who may see it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Finding
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.heavy_pollution.evidence import found_about_units
from bihuan.scenarios.heavy_pollution.tests.world import World

pytest.importorskip("bihuan.scenarios.vehicle_users")
HOUR = timedelta(hours=1)


def found(world: World, key: str, severity: str, days: float = 1) -> Finding:
    """A finding about the vehicle user that V1 of the reduction list is."""
    region = world.city.regions["140321"]
    VehicleUser.objects.get_or_create(
        code="U1", defaults={"name": "用车大户1", "region": region, "industry": "试验", "emitter_id": "V1", "lon": 113.7, "lat": 37.8}
    )  # fmt: skip
    began = clock.now() - timedelta(days=days)
    return open_or_extend(
        check_key=key, target_kind="vehicle_user", target="U1", target_name="用车大户1", title=f"{key} 有问题", region=region, started_at=began,
        until=began + HOUR, magnitude=1.0, unit="", severity=severity, evidence={},
    )[0]  # fmt: skip


def test_the_worst_of_the_week_and_their_number_stand_beside_the_suggestion(
    client: Client, world: World
) -> None:
    rows = world.suggest()
    assert found_about_units(rows, world.person(), clock.now()) == {}
    found(world, "gate.a", "minor")
    worst = found(world, "gate.b", "serious", days=2)
    found(world, "gate.c", "major", days=9)
    Finding.objects.filter(pk=found(world, "gate.d", "major").pk).update(status="rejected")
    told = found_about_units(rows, world.person(), clock.now())
    assert {code: (f.count, f.worst.pk) for code, f in told.items()} == {"V1": (2, worst.pk)}
    assert found_about_units(rows, world.person("dispatcher", "140311"), clock.now()) == {}
    client.force_login(world.person(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("heavy_pollution:index")).content.decode()
    assert "近七天发现 2 条" in page
    assert f'href="{reverse("finding", args=[worst.pk])}"' in page
