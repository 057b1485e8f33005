"""Rivers as lines: what flows into them stands at its km, by who tells of it, near ones together, and only what the person may see."""

from collections.abc import Callable

import pytest
from django.test import Client

from bihuan.domain.water_suspects import Discharge
from bihuan.registry.models import Reach, River
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.water_sections.lines import Course, discharges_seen, rivers_of
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.tests.test_month import JANUARY, page
from bihuan.scenarios.water_sections.view import month_of_all
from tests.people import City

GIVEN = [
    Discharge("outfalls/A", "甲口", "工业排污口", "R1-1", 4.0, url="/a/", simulated=True),
    Discharge("outfalls/B", "乙口", "工业排污口", "R1-1", 4.9, url="/b/"),
    Discharge("outfalls/C", "丙口", "工业排污口", "R1-2", None, url="/c/"),
    Discharge("outfalls/HIDDEN", "暗口", "工业排污口", "R1-2", 5.0, url="/d/"),
    Discharge("plant_emissions/P", "某厂总排口", "废水", "R1-2", 29.0, url="/p/"),
    Discharge("plant_emissions/Q", "别处", "废水", "ELSEWHERE", 1.0, url="/q/"),
]


@pytest.fixture
def rivers(place: City, monkeypatch: pytest.MonkeyPatch) -> City:
    """桃河 of 18 and 30 km; 温河 flows into its lower reach."""
    given = {"region": place.regions["140300"], "lon": 113.6, "lat": 37.8}
    main = River.objects.create(code="R1", name="桃河", **given)
    other = River.objects.create(code="R2", name="温河", **given)
    low = Reach.objects.create(code="R1-2", name="下段", river=main, length_km=30.0, speed=0.5, **given)
    Reach.objects.create(code="R1-1", name="上段", river=main, length_km=18.0, speed=0.5, below=low, **given)
    Reach.objects.create(code="R2-1", name="温河", river=other, length_km=12.0, below=low, **given)
    monkeypatch.setattr(resolved_discharges, "given", lambda at: GIVEN)
    monkeypatch.setattr(
        resolved_discharges, "seen", lambda person: {d.code for d in GIVEN} - {"outfalls/HIDDEN"}
    )
    return place


@pytest.fixture
def courses(rivers: City) -> Callable[[], list[Course]]:
    """What is drawn."""
    month = month_of_all(list(Section.objects.all()), JANUARY)
    return lambda: rivers_of(month, discharges_seen(month, rivers.person("chief")))


def test_discharges_stand_at_their_km_by_who_tells_of_them(courses: Callable[[], list[Course]]) -> None:
    """甲 and 乙 are 0.9 of 48 km apart (2 %): together; 丙 without a km stands in the middle of its reach."""
    main, other = courses()
    outfalls, plants = main.lanes
    assert [(g.at, [d.name for _, d in g.places]) for g in outfalls.groups] == [
        (pytest.approx(4.45), ["甲口", "乙口"]),
        (18 + 15, ["丙口"]),
    ]
    assert [(km, d.name) for g in plants.groups for km, d in g.places] == [(18 + 29, "某厂总排口")]
    assert (outfalls.title, plants.title) == ("入河排污口", resolved_discharges.teller("plant_emissions/P"))
    assert outfalls.sign != plants.sign
    assert (outfalls.count, other.lanes) == (3, ())


def test_rivers_that_meet_say_so_on_both_lines(courses: Callable[[], list[Course]]) -> None:
    main, other = courses()
    assert [(km, [river.name for river in rivers]) for km, rivers in main.met] == [(18.0, ["温河"])]
    assert other.met == ()
    assert other.joins == main.river


def test_the_page_links_to_what_the_person_may_see(client: Client, rivers: City) -> None:
    shown = page(client, rivers, "rivers", month="2019-01")
    assert 'href="/p/"' in shown
    assert 'href="/a/"' in shown
    assert "暗口" not in shown
    assert "别处" not in shown
    assert "<sub>2</sub>" in shown  # 甲 and 乙 as one sign
    assert "丙口 · 工业排污口 · 位置不详" in shown
    assert 'href="#river-R2"' in shown
    assert shown.count("模拟") >= 2  # on the screen and on paper
