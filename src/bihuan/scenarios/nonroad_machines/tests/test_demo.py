"""The story of the practice city, in a city of the tests."""

from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.scenarios.checking import check
from bihuan.scenarios.nonroad_machines import demo
from bihuan.scenarios.nonroad_machines.models import ControlZone, NonroadMachine
from tests.people import City, person
from tests.web.world import NOW


def test_the_story_is_told_as_it_happened_and_marked_as_simulated(place: City, client: Client) -> None:
    person("pd-wangge", ("ranger", place.regions["140321"], None))
    demo.build(NOW)
    assert clock.now() == NOW
    assert (NonroadMachine.objects.count(), ControlZone.objects.count()) == (40, 2)
    for model in (NonroadMachine, ControlZone):
        assert not model.objects.filter(simulated=False).exists()
    for looks_at in ("seen", "stages"):
        check(NOW, lambda *_: None, looks_at=looks_at)
    found = {
        (f.check_key.removeprefix("machines."), f.target)
        for f in Finding.objects.filter(check_key__startswith="machines.")
    }
    assert found == {
        ("zone", demo.BARRED), ("smoke", demo.BARRED), ("swapped", demo.OTHER), ("unlabelled", demo.COUNTY), ("stage", demo.ODD),
    }  # fmt: skip
    client.force_login(place.person("chief", "140300"))
    for name in ("index", "checks"):
        assert "模拟" in client.get(reverse(f"nonroad_machines:{name}")).content.decode()
    assert demo.build(NOW) == "非道路移动机械已有"
