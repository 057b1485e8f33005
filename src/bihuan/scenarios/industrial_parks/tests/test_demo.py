"""The practice city: three parks of which one is foul and one does not add up, through the real entrances."""

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.log_check import check_log
from bihuan.scenarios.checking import check
from bihuan.scenarios.industrial_parks import demo
from bihuan.scenarios.industrial_parks.models import Park
from bihuan.scenarios.resolved import every_register
from bihuan.simulate import rivers
from tests.people import City, person
from tests.web.world import NOW


@pytest.fixture
def built(place: City) -> City:
    """The accounts and rivers of the practice city, and the story."""
    person("diaodu", ("dispatcher", place.regions["140300"], None))
    person("pd-wangge", ("ranger", place.regions[demo.COUNTY], None))
    bring_rows(every_register()["rivers"], rivers.rivers())
    for reach in rivers.reaches():
        bring_rows(every_register()["reaches"], [reach])
    demo.build(NOW)
    return place


def test_the_story_is_found_by_the_checks_and_shown_as_simulated(built: City, client: Client) -> None:
    """By 25 February two months are known: COD on two days of each, the river behind the first park, and the water of the third."""
    assert clock.now() == NOW
    check(NOW, lambda *_: None, looks_at="parks")
    found = Finding.objects.filter(check_key__startswith="park.")
    assert Counter(found.values_list("check_key", "target", "item")) == {
        ("park.untreated", "SIM-YQ3", "online"): 1, ("park.over_limit", "SIM-YQ1-P", "w01018"): 2, ("park.downstream", "SIM-YQ1-D", ""): 2,
        ("park.dry_flow", "SIM-YQ1-R", ""): 1, ("park.balance", "SIM-YQ3", "members-inflow"): 2,
        ("park.round_late", "SIM-YQ1", f"round{_late()}"): 1,
    }  # fmt: skip
    assert all(found.values_list("simulated", flat=True))
    assert Finding.objects.get(check_key="form.park_check").item == "no_mixing"
    assert check_log() == []
    client.force_login(built.person("chief", "140300"))
    shown = client.get(reverse("industrial_parks:index")).content.decode()
    assert "平定经济技术开发区（模拟）" in shown
    park = client.get(reverse("industrial_parks:park", args=["SIM-YQ1"])).content.decode()
    assert "劣于上游对照" in park
    assert demo.build(NOW + timedelta(days=1)) == "工业园区已有"
    assert Park.objects.count() == 3


def _late() -> int:
    from bihuan.kit.inspection.models import Round

    return Round.objects.get(form="park_water").pk
