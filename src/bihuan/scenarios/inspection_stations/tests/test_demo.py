"""The practice city: eight stations of which one copies curves, found by the checks, visited with the form."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.registry.log_check import check_log
from bihuan.scenarios.checking import check
from bihuan.scenarios.inspection_stations import demo
from bihuan.scenarios.inspection_stations.models import Station
from tests.people import City, person
from tests.web.world import NOW


@pytest.fixture
def built(place: City) -> City:
    """The accounts of the practice city, and the story."""
    person("diaodu", ("dispatcher", place.regions["140300"], None))
    person("pd-wangge", ("ranger", place.regions[demo.COUNTY], None))
    demo.build(NOW)
    return place


def test_the_copier_is_found_and_was_visited(built: City, client: Client) -> None:
    assert clock.now() == NOW
    check(NOW, lambda *_: None, looks_at="inspections")
    found = Finding.objects.filter(check_key__startswith="station.")
    assert list(found.values_list("check_key", "target")) == [("station.copied", demo.COPIER)]
    assert (found[0].magnitude or 0) >= 10
    assert all(Finding.objects.values_list("simulated", flat=True))
    assert Finding.objects.get(check_key="form.station_check").item == "trace_ok"
    assert check_log() == []
    client.force_login(built.person("chief", "140300"))
    shown = client.get(reverse("inspection_stations:index")).content.decode()
    assert "平定县冠山检验站（模拟）" in shown
    assert demo.build(NOW + timedelta(days=1)) == "机动车检验机构已有"
    assert Station.objects.count() == len(demo.NAMES)
