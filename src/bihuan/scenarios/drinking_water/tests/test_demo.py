"""The practice city: a round of four sources with three problems and letters, nine spots cleared, through the real entrances."""

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import State
from bihuan.kit.inspection.models import Round
from bihuan.kit.inspection.rounds.comparing import Change, compared_with_last
from bihuan.kit.inspection.rounds.progress import State as Progress
from bihuan.kit.inspection.rounds.progress import standings
from bihuan.kit.inspection.rounds.troubles import troubles
from bihuan.registry.log_check import check_log
from bihuan.scenarios.drinking_water import demo
from tests.people import City, person
from tests.web.world import NOW

ACCOUNTS = {"lingdao": "chief", "diaodu": "dispatcher", "hecha": "verifier"}


@pytest.fixture
def built(place: City) -> City:
    """The accounts of the practice city that the story needs, and the story."""
    top, county = place.regions["140300"], place.regions[demo.COUNTY]
    for name, role in ACCOUNTS.items():
        person(name, (role, top, None))
    person("pd-wangge", ("ranger", county, None))
    person("qiye")
    demo.build(NOW)
    return place


def test_the_story_is_told_as_it_happened_and_marked_as_simulated(built: City, client: Client) -> None:
    assert clock.now() == NOW
    chief = built.person("chief", "140300")
    new, old = Round.objects.order_by("-since")
    rows = standings(new, chief)
    assert Counter(s.state for s in rows) == {Progress.DONE: 4}
    wrong = troubles(rows)
    assert [t.problem.path.rpartition("/")[2] for t in wrong] == ["fence", "video", "warning"]
    assert [t.closed for t in wrong] == [True, False, False]
    for trouble in wrong:
        assert trouble.case is not None
        assert trouble.case.steps.filter(action="urge").count() == 1
        assert str(trouble.case.organisation) == demo.OPERATOR
    then, changes = compared_with_last(new, rows, chief)
    assert then == old
    assert Counter(c.change for c in changes) == {Change.STILL: 1, Change.MENDED: 1, Change.FIRST: 2}
    spots = Case.objects.filter(title__contains="垃圾堆放点")
    assert Counter(spots.values_list("state", flat=True)) == {State.CLOSED: demo.SPOTS}
    assert not Case.objects.filter(simulated=False).exists()
    assert not Finding.objects.filter(simulated=False).exists()
    assert check_log() == []
    client.force_login(chief)
    _pages_show_it(client, new)
    assert demo.build(NOW + timedelta(days=1)) == "水源地已有"


def _pages_show_it(client: Client, new: Round) -> None:
    """The pictures of before and after stand in the ledger, and the rates with what was not measured."""
    ledger = client.get(reverse("round", args=[new.pk])).content.decode()
    assert ledger.count("<figure>") == 2
    assert "模拟" in ledger
    month = (NOW - timedelta(days=45)).strftime("%Y-%m")
    shown = " ".join(client.get(reverse("drinking_water:index"), {"span": month}).content.decode().split())
    assert "2 / 3" in shown
    assert "没有可评价水质数据，未计入： 柏井水源地（模拟）" in shown
    spots = client.get(reverse("drinking_water:source", args=["SIM-S1"])).content.decode()
    assert spots.count("<figure>") >= 2 * 5
