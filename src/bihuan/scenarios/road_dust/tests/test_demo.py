"""The story of the practice city, in a city of the tests."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.registry.models import Emitter
from bihuan.scenarios.checking import check
from bihuan.scenarios.road_dust import demo
from bihuan.scenarios.road_dust.models import Sample, Segment
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def built(place: City) -> City:
    """A building site, and the story."""
    Emitter.objects.create(
        code="S1",
        name="测试工地",
        kind="site",
        region=place.regions["140311"],
        industry="房屋建筑",
        grade="",
        lon=113.58,
        lat=37.95,
    )
    demo.build(NOW)
    return place


def test_the_story_is_told_as_it_happened_and_marked_as_simulated(built: City, client: Client) -> None:
    assert clock.now() == NOW
    assert Segment.objects.count() == 30
    for model in (Segment, Sample):
        assert not model.objects.filter(simulated=False).exists()
    for looks_at in ("scores", "watered", "covered"):
        check(NOW, lambda *_: None, looks_at=looks_at)
    found = {
        (f.check_key.removeprefix("roads."), f.target)
        for f in Finding.objects.filter(check_key__startswith="roads.")
    }
    assert found >= {
        ("dirty", demo.TRUCKS), ("dirty", demo.AT_SITE), ("near_source", demo.TRUCKS), ("near_source", demo.AT_SITE), ("cold_water", demo.FROST),
        ("uncovered", demo.HALF), ("uncovered", demo.SILENT),
    }  # fmt: skip
    assert len({t for c, t in found if c == "uncovered"}) == 2
    client.force_login(built.person("chief", "140300"))
    page = client.get(reverse("road_dust:index")).content.decode()
    assert page.index(demo.TRUCKS) < page.index(demo.AT_SITE)
    for name, args in (("coverage", []), ("segment", [demo.TRUCKS])):
        assert "模拟" in client.get(reverse(f"road_dust:{name}", args=args)).content.decode()
    assert demo.build(NOW) == "道路路段已有"
