"""The practice city's patrol comes through the entrance that phones have, once, and is marked as simulated."""

from datetime import UTC, datetime
from pathlib import Path

from bihuan import clock
from bihuan.kit.patrol.models import Patrol, Plan, Sign
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.city.demo import bring_rivers, patrolled
from tests.people import City
from tests.web.world import make_objects

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)


def test_the_patrol_is_there_once_simulated_effective_and_without_signs(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)
    make_objects(city)
    assert patrolled(NOW) == "模拟巡查 1 次"
    assert patrolled(NOW) == "没有新的模拟巡查"
    patrol = Patrol.objects.get()
    assert patrol.simulated
    assert patrol.result.effective
    assert Plan.objects.count() == 1
    assert not Sign.objects.exists()


def test_the_rivers_are_there_once_flow_into_each_other_and_are_simulated(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)
    bring_rivers()
    bring_rivers()
    assert set(River.objects.values_list("name", flat=True)) == {"桃河", "温河", "绵河", "龙华河", "香河"}
    assert dict(Reach.objects.filter(river__name="桃河").values_list("code", "below")) == {
        "SIM-TH-1": "SIM-TH-2", "SIM-TH-2": "SIM-TH-3", "SIM-TH-3": "SIM-TH-4", "SIM-TH-4": "SIM-TH-5", "SIM-TH-5": "SIM-MH-1",
    }  # fmt: skip
    assert not Reach.objects.filter(simulated=False).exists()
