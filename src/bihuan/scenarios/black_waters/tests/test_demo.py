"""The practice city: four bodies with a year of rounds, one black again, all through the real entrances."""

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.registry.log_check import check_log
from bihuan.scenarios.black_waters import demo
from bihuan.scenarios.black_waters.bodies import standings_of
from bihuan.scenarios.black_waters.models import Body, Point, State
from bihuan.scenarios.checking import check
from tests.people import City, person
from tests.web.world import NOW


@pytest.fixture
def built(place: City) -> City:
    """The accounts of the practice city that the story needs, and the story."""
    person("lingdao", ("chief", place.regions["140300"], None))
    person("pd-wangge", ("ranger", place.regions["140321"], None))
    demo.build(NOW)
    return place


def test_the_year_of_four_bodies_is_told_and_marked_as_simulated(built: City, client: Client) -> None:
    assert clock.now() == NOW
    standings = standings_of(list(Body.objects.order_by("pk")), NOW)
    assert [s.state for s in standings] == [State.RELAPSED, State.TREATING, State.EFFECT, State.EFFECT]
    assert [s.odd for s in standings] == [[]] * 4
    assert [s.late for s in standings] == [False, False, True, False]
    assert [[r.whole for r in s.rounds] for s in standings] == [
        [False, True, True, True, True],
        [True] * 4,
        [True] * 2,
        [True] * 4,
    ]
    assert not Body.objects.filter(simulated=False).exists()
    assert not Point.objects.filter(simulated=False).exists()
    assert check_log() == []
    check(NOW, lambda *_: None, looks_at="rounds")
    found = Finding.objects.filter(check_key__startswith="black_water.")
    assert Counter(found.values_list("check_key", "target")) == {
        ("black_water.relapse", "SIM-HC1"): 1, ("black_water.overdue", "SIM-HC2"): 1, ("black_water.late", "SIM-HC3"): 1,
    }  # fmt: skip
    assert all(found.values_list("simulated", flat=True))
    client.force_login(built.person("chief", "140300"))
    shown = client.get(reverse("black_waters:body", args=["SIM-HC2"])).content.decode()
    assert "之间的河段为重度黑臭" in shown
    assert "现场监测记录" in client.get(reverse("black_waters:body", args=["SIM-HC1"])).content.decode()
    assert demo.build(NOW + timedelta(days=1)) == "黑臭水体已有"
