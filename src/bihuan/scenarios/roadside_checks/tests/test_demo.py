"""The practice city: the story is found by the checks, through the real entrances, and nothing else of vehicles."""

from collections import Counter

from django.test import Client
from django.urls import reverse

from bihuan.cases.models import Finding
from bihuan.scenarios.checking import check
from bihuan.scenarios.roadside_checks import demo
from bihuan.scenarios.roadside_checks.models import SensingPoint
from tests.people import City
from tests.web.world import NOW


def test_the_story_is_found_and_made_once(place: City, client: Client) -> None:
    demo.build(NOW)
    assert demo.build(NOW) == "遥感监测点位已有"
    assert all(name.endswith("（模拟）") for name in SensingPoint.objects.values_list("name", flat=True))
    client.force_login(place.person("chief", "140300"))
    client.post(reverse("roadside_checks:verdict", args=["SIM-HY1"]), {"verdict": "confirm"})
    check(NOW, lambda *_: None, looks_at="road")
    found = Finding.objects.filter(check_key__regex="^(roadside|sensing)[.]")
    lorry, third = f"{demo.plate(1)} yellow", f"{demo.plate(3)} yellow"
    assert Counter(found.values_list("check_key", "target")) == {
        ("roadside.repeat", lorry): 1, ("roadside.smoke", lorry): 1, ("roadside.reagent_empty", lorry): 1, ("roadside.constant", third): 1, ("sensing.stuck", "SIM-YG3"): 1,
    }  # fmt: skip
    assert all(found.values_list("simulated", flat=True))
