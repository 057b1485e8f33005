"""The practice city: five works with a year of daily figures, the troubles that they are there for, and a visit; all marked simulated."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.kit.inspection.models import Answer
from bihuan.scenarios.checking import check
from bihuan.scenarios.sewage_works import demo
from bihuan.scenarios.sewage_works.models import Use, User, Works
from tests.people import City, person
from tests.web.world import NOW


@pytest.fixture
def built(place: City) -> City:
    """The account that the story needs, and the story."""
    person("pd-wangge", ("ranger", place.regions["140321"], None))
    demo.build(NOW)
    return place


def test_the_story_is_told_as_it_happened_and_marked_as_simulated(built: City, client: Client) -> None:
    assert clock.now() == NOW
    for model in (Works, User, Use):
        assert not model.objects.filter(simulated=False).exists()
    assert Answer.objects.get(target="SIM-W3").problems.count() == 1
    check(NOW, lambda *_: None, looks_at="months")
    check(NOW, lambda *_: None, looks_at="days")
    check(NOW, lambda *_: None, looks_at="used")
    check(NOW, lambda *_: None, looks_at="periods")
    about = {
        (f.check_key.removeprefix("works."), f.target)
        for f in Finding.objects.filter(check_key__startswith="works.")
    }
    assert about >= {
        ("thin", "SIM-W2"), ("odd_inflow", "SIM-W2"), ("overload", "SIM-W4"), ("reuse_open", "SIM-W3"), ("silent", "SIM-W5"),
    }  # fmt: skip
    assert not {pair for pair in about if pair[1] == "SIM-W1"}
    assert not Finding.objects.filter(check_key__startswith="works.", simulated=False).exists()
    client.force_login(built.person("chief", "140300"))
    for name in ("index", "network", "reuse"):
        assert "模拟" in client.get(reverse(f"sewage_works:{name}")).content.decode()
    year = client.get(reverse("sewage_works:network"), {"span": "2018"}).content.decode()
    assert year.index("SIM-W2") < year.index(
        "SIM-W1"
    )  # the thin one leaves more people out than the large one
    assert demo.build(NOW) == "污水处理厂已有"
