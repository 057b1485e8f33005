"""The practice city: sections on its drawn rivers, invented monthly results, and the real event of 白羊墅, moved in time and saying so."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive.observations import Asked
from bihuan.domain.timeaxis import CST
from bihuan.registry.models import Reach, River
from bihuan.scenarios.water_sections import demo
from bihuan.scenarios.water_sections.models import Section, Target
from bihuan.scenarios.water_sections.network import pairs_below
from bihuan.scenarios.water_sections.values import newest_of, values_of
from bihuan.simulate import rivers
from tests.people import City
from tests.web.world import NOW

AT = datetime(2019, 1, 11, 16, 30, tzinfo=CST)


@pytest.fixture
def built(place: City) -> City:
    """The rivers as the practice city registers them, and the sections at the moment of the event."""
    for row in map(dict[str, Any], rivers.rivers()):
        about = {k: row[k] for k in ("code", "name", "lon", "lat")}
        River.objects.create(region=place.regions["140300"], **about)
    for row in map(dict[str, Any], rivers.reaches()):
        about = {k: row[k] for k in ("code", "name", "lon", "lat", "length_km", "speed", "flow")}
        place_of = {"river_id": row["river"], "below_id": row["below"] or None}
        Reach.objects.create(region=place.regions[row["region"]], **about, **place_of)
    clock.set_replay(AT, 0)
    demo.build(AT)
    return place


def test_the_real_event_arrives_reading_by_reading(built: City) -> None:
    """2021-04-03 08:00 had 2.494 mg/L of ammonia; it is told when its four hours are over, and nothing of after that."""
    asked = Asked([demo.BAIYANGSHU], ["w21003"], ["4h"], None, None, AT)
    last = values_of(asked).filter(start=AT.replace(hour=8, minute=0))
    assert last["value"].to_list() == [2.494]
    assert newest_of(asked)["start"].to_list() == [AT.replace(hour=8, minute=0)]
    before = Asked([demo.BAIYANGSHU], ["w21003"], ["4h"], None, None, AT.replace(hour=11))
    assert newest_of(before)["value"].to_list() == [0.698]
    later = Asked([demo.BAIYANGSHU], ["w21003"], ["4h"], None, None, AT + timedelta(days=3))
    assert (values_of(later)["value"].max(), values_of(later)["start"].max()) == (
        2.784,
        datetime(2019, 1, 13, 20, tzinfo=CST),
    )


def test_what_is_invented_says_so_and_what_is_moved_too(built: City, client: Client) -> None:
    assert set(Section.objects.filter(simulated=False).values_list("code", flat=True)) == {demo.BAIYANGSHU}
    assert all("模拟" in s.name for s in Section.objects.filter(simulated=True))
    assert Section.objects.filter(rank="nation").count() == 5
    assert set(Target.objects.values_list("source", flat=True)) == {"模拟"}
    client.force_login(built.person("chief", "140300"))
    shown = client.get(reverse("water_sections:index")).content.decode()
    assert "实测值，时间平移" in shown
    assert "2.494" in shown


def test_sections_lie_on_the_river_one_below_the_other(built: City) -> None:
    below = dict(pairs_below([code for code, *_ in demo.PLACES]).select("site", "below").iter_rows())
    assert (below["SIM-DM1"], below[demo.BAIYANGSHU], below["SIM-DM5"]) == (
        demo.BAIYANGSHU,
        "SIM-DM2",
        "SIM-DM3",
    )
    assert below["SIM-DM2"] is None
    for section in Section.objects.select_related("reach"):
        section.clean()
        assert section.reach is not None


def test_monthly_results_of_two_years_keep_what_is_below_detection(built: City) -> None:
    rows = values_of(Asked(["SIM-DM4"], ["w21003"], ["month"], None, None, AT))
    assert rows.height == demo.MONTHS
    assert set(rows.filter(flag="<")["value"]) == {0.0125}
    assert rows["start"].max() == datetime(2018, 12, 1, tzinfo=CST)


def test_it_is_made_once_and_without_rivers_too(place: City) -> None:
    assert "白羊墅为实测值" in demo.build(NOW)
    assert demo.build(NOW) == "断面已有"
    assert not Section.objects.exclude(reach=None).exists()
