"""The practice city: every part of the story is found by the checks, through the real entrances, and nothing else."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.models import Case, Finding
from bihuan.registry.log_check import check_log
from bihuan.registry.models import Emitter
from bihuan.scenarios.checking import check
from bihuan.scenarios.dust_sites import demo
from bihuan.scenarios.dust_sites.models import DustSite, Monitor
from bihuan.scenarios.dust_sites.tests.world import air, hours, station
from tests.people import City
from tests.web.world import MINE, NOW


@pytest.fixture
def built(place: City, tmp_path: Path) -> City:
    """Eight sites of the reduction list in a county with a station that measures 90 µg/m³, and the story."""
    for n in range(8):
        Emitter.objects.create(
            code=f"S{n + 1:03d}", name=f"冠山{n + 1}号工地", kind="site", region=place.regions[MINE], industry="建筑施工", grade="C",
            lon=113.60 + 0.02 * (n % 4), lat=37.78 + 0.03 * (n // 4), simulated=True,
        )  # fmt: skip
    station(place, lon=113.9)
    air(tmp_path, "N1", [(at, 90.0 + n % 7) for n, at in enumerate(hours(100))])
    demo.build(NOW)
    return place


def test_the_story_is_found_and_shown_as_simulated(built: City, client: Client) -> None:
    check(NOW, lambda *_: None, looks_at="dust")
    found = Finding.objects.filter(check_key__startswith="dust.")
    assert Counter(found.values_list("check_key", "target")) == {
        ("dust.night_work", "SIM-G001"): 1, ("dust.stop", "SIM-G002"): 1, ("dust.dry_watering", "SIM-G003"): 1, ("dust.stuck", "SIM-G004-1"): 1,
        ("dust.silent", "SIM-G005-1"): 1,
    }  # fmt: skip
    assert "下风向 周边点1（模拟） 同时升高" in found.get(check_key="dust.night_work").title
    assert all(found.values_list("simulated", flat=True))
    assert Finding.objects.get(check_key="form.dust_check").item == "cover"
    assert Case.objects.filter(findings__check_key="dust.stop").count() == 1
    assert check_log() == []
    client.force_login(built.person("chief", "140300"))
    text = client.get(reverse("dust_sites:index")).content.decode()
    assert "冠山1号工地（模拟）" in text
    assert "黄旗" in client.get(reverse("dust_sites:site", args=["SIM-G002"])).content.decode()
    ranking = client.get(reverse("dust_sites:ranking")).content.decode()
    assert ranking.index("冠山6号工地") < ranking.index(
        "黑榜"
    )  # inspected, 5/5, nothing above: on the red list


def test_it_is_made_once(built: City) -> None:
    assert demo.build(NOW + timedelta(days=1)) == "扬尘工地已有"
    assert (DustSite.objects.count(), DustSite.objects.filter(kind="yard").count()) == (11, 3)
    assert Monitor.objects.filter(site=None).count() == 2
    assert all(name.endswith("（模拟）") for name in DustSite.objects.values_list("name", flat=True))
