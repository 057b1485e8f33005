"""Yearly targets: who sets them, and what is noticed when somebody else does."""

import pytest

from bihuan.errors import NotAllowed
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry, Target
from bihuan.registry.targets import set_target, targets_of
from tests.people import CITY_CODE, City


@pytest.fixture
def target(city: City) -> Target:
    """A target that was set, and changed once."""
    for value in (50.0, 45.0):
        set_target(city.person("chief", CITY_CODE), city.regions[CITY_CODE], 2019, "pm25", value)
    return Target.objects.get()


def test_setting_changing_and_taking_back_are_no_tampering(city: City, target: Target) -> None:
    assert target.value == 45.0
    assert check_log() == []
    by, region = city.person("dispatcher", CITY_CODE), city.regions[CITY_CODE]
    set_target(by, region, 2019, "pm25", None)
    assert not targets_of(region, 2019).exists()
    set_target(by, region, 2019, "pm25", None)  # there is none
    assert check_log() == []
    set_target(by, region, 2019, "pm25", 40.0)
    assert check_log() == []
    assert AuditEntry.objects.filter(action="target.set").count() == 5


@pytest.mark.parametrize(
    "change", [{"value": 60.0}, {"year": 2020}, {"item": "pm10"}, {"region_id": "140321"}]
)
def test_a_target_changed_by_sql_is_named(target: Target, change: dict[str, object]) -> None:
    Target.objects.filter(pk=target.pk).update(**change)
    assert [(f.kind, f.key) for f in check_log()] == [("registry.target", str(target.pk))]


def test_a_target_that_is_gone_or_invented_is_named(city: City, target: Target) -> None:
    Target.objects.all().delete()
    Target.objects.create(region=city.regions[CITY_CODE], year=2019, item="pm10", value=70)
    assert sorted(f.why.split(",")[0] for f in check_log()) == ["is gone", "is not in the log"]


@pytest.mark.parametrize(("role", "region"), [("chief", "140321"), ("verifier", CITY_CODE)])
def test_others_set_none(city: City, role: str, region: str) -> None:
    with pytest.raises(NotAllowed):
        set_target(city.person(role, region), city.regions[CITY_CODE], 2019, "pm25", 1.0)
    assert not AuditEntry.objects.exists()
