"""The practice city: five rivers with their chiefs, everything marked as simulated, and pages that show the story."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import State
from bihuan.domain.timeaxis import CST
from bihuan.kit.patrol.models import Patrol
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.log_check import check_log
from bihuan.registry.rivers import Reach
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.river_chiefs import demo
from bihuan.scenarios.river_chiefs.duties import State as Standing
from bihuan.scenarios.river_chiefs.duties import held_on, standings_of
from bihuan.scenarios.river_chiefs.models import Duty, Goal
from bihuan.simulate import rivers
from tests.people import City, person
from tests.web.world import NOW


@pytest.fixture
def built(city: City, data_dir: None) -> City:
    """The accounts of the practice city that the story needs, the rivers, and the story."""
    clock.set_replay(NOW, 0)
    top, county, unit = city.regions["140300"], city.regions["140321"], city.governments["140321"]
    for name, role in (("lingdao", "chief"), ("diaodu", "dispatcher"), ("hecha", "verifier")):
        person(name, (role, top, None))
    person("pd-wangge", ("ranger", county, unit))
    person("pd-banli", ("handler", county, unit))
    bring_rows(every_register()["rivers"], rivers.rivers())
    for row in rivers.reaches():
        bring_rows(every_register()["reaches"], [row])
    demo.build(NOW)
    return city


def test_the_story_is_told_as_it_happened_and_marked_as_simulated(built: City, client: Client) -> None:
    assert clock.now() == NOW
    assert set(Duty.objects.values_list("reach", flat=True)) == set(
        Reach.objects.values_list("pk", flat=True)
    )
    for rows in (Duty, Goal, Case, Finding, Patrol):
        assert rows.objects.exists()
        assert not rows.objects.filter(simulated=False).exists()
    assert sorted(Case.objects.filter(source="patrol").values_list("state", flat=True)) == [
        State.CLOSED,
        State.DISPATCHED,
    ]
    assert all(patrol.result.effective for patrol in Patrol.objects.all())
    assert check_log() == []
    standings = standings_of(list(held_on(NOW.astimezone(CST).date())))
    assert standings["HZ-SIM-TH-5-chief-village"].last is not None
    assert standings["HZ-SIM-MH-1-chief-village"].state is Standing.LATE
    client.force_login(built.person("chief", "140300"))
    shown = client.get(reverse("river_chiefs:river", args=["SIM-TH"])).content.decode()
    for part in ("督促桃河沿岸渣土清理", "河道管理范围内乱建彩钢房", "修订一河一策方案", "模拟", "比上年"):
        assert part in shown
    assert demo.build(NOW) == "河长已有"
