"""The practice city: twelve outfalls, three of which walk the survey from the phone to the sign, through the real entrances."""

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.inspection.rounds.progress import mine
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.log_check import check_log
from bihuan.registry.models import Person
from bihuan.scenarios.checking import check
from bihuan.scenarios.outfalls import demo
from bihuan.scenarios.outfalls.duplicates import doubles_seen
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.resolved import every_register
from bihuan.simulate import rivers
from tests.people import City, person
from tests.web.world import NOW

ACCOUNTS = {"lingdao": "chief", "diaodu": "dispatcher", "hecha": "verifier", "hecha2": "verifier"}


@pytest.fixture
def built(place: City) -> City:
    """The accounts and rivers of the practice city, and the story."""
    for name, role in ACCOUNTS.items():
        person(name, (role, place.regions["140300"], None))
    person("pd-wangge", ("ranger", place.regions[demo.COUNTY], None))
    bring_rows(every_register()["rivers"], rivers.rivers())
    for reach in rivers.reaches():
        bring_rows(every_register()["reaches"], [reach])
    demo.build(NOW)
    return place


def test_the_survey_is_walked_from_the_phone_to_the_sign(built: City, client: Client) -> None:
    assert clock.now() == NOW
    assert Outfall.objects.count() == 12
    assert not Outfall.objects.filter(simulated=False).exists()
    assert not Outfall.objects.filter(reach=None).exists()
    first, second, third = (Outfall.objects.get(name=name) for name, _share in demo.FINDS)
    assert [o.stage for o in (first, second, third)] == ["supervised", "accepted", "duplicate"]
    assert third.duplicate_of == second
    way = ["find", "check", "monitor", "trace", "plan", "milestone", "accept", "supervise"]
    assert [s.action for s in first.steps.all()] == way
    assert [s.action for s in second.steps.all()] == way[:-1]
    assert str(first.organisation) == demo.UNIT
    assert check_log() == []
    assert client.get(reverse("outfalls:public", args=[first.pk])).status_code == 200
    client.force_login(built.person("chief", "140300"))
    shown = client.get(reverse("outfalls:outfall", args=[second.pk])).content.decode()
    assert "86 mg/L" in shown
    assert "已并入本排污口" in shown
    assert demo.build(NOW + timedelta(days=1)) == "排污口已有"


def test_what_is_wrong_there_is_found_and_what_is_due_waits_for_the_ranger(built: City) -> None:
    assert doubles_seen(built.person("chief", "140300")) == {}
    check(NOW, lambda *_: None, looks_at="outfalls")
    found = Finding.objects.filter(check_key__startswith="outfall.")
    assert Counter(found.values_list("check_key", "target")) == {
        ("outfall.unlicensed", "SIM-P09"): 1, ("outfall.late", "SIM-P04"): 1,
    }  # fmt: skip
    assert all(found.values_list("simulated", flat=True))
    ranger = Person.objects.get(username="pd-wangge")
    due = [s.task.target for s in mine(ranger, rounds_of(ranger)) if s.open]
    assert "SIM-P03" in due
    assert len(due) == 2
