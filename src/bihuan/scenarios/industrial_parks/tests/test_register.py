"""What is registered, what is refused, and outlets among those who may have polluted a river."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from bihuan.cases.targets import kind_of, targets_of
from bihuan.domain.water_suspects import Discharge
from bihuan.kit.registers.made import bring_rows
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.industrial_parks.discharges import given
from bihuan.scenarios.industrial_parks.models import Member, ParkOutlet, ParkStation
from bihuan.scenarios.industrial_parks.registers import MEMBERS, OUTLETS, PARKS, SITE, STATIONS, TARGET
from bihuan.scenarios.industrial_parks.scenario import SCENARIO
from bihuan.scenarios.industrial_parks.tests.world import (
    LAT,
    LON,
    member,
    outlet,
    park,
    reach,
    station,
    whole_park,
)
from tests.people import City
from tests.web.world import MINE, NOW


def test_sheets_of_an_office_come_in(place: City) -> None:
    on = reach(place)
    where = {"region": MINE, "lon": LON, "lat": LAT}
    bring_rows(
        PARKS,
        [
            {
                "code": "K",
                "name": "开发区",
                "level": "省级",
                "way": "园区集中处理设施",
                "linked": "是",
                "design": 5000,
                **where,
            }
        ],
    )
    bring_rows(
        OUTLETS,
        [
            {
                "code": "K-P",
                "name": "总排口",
                "park": "K",
                "kind": "污水总排口",
                "cod": 50,
                "mn": "M1",
                "reach": on.pk,
                "km": 2,
                **where,
            }
        ],
    )
    bring_rows(STATIONS, [{"code": "K-U", "name": "上游", "park": "K", "kind": "上游对照", **where}])
    unit = str(place.governments[MINE])
    bring_rows(
        MEMBERS,
        [
            {
                "park": "K",
                "organisation": unit,
                "way": "进集中处理设施",
                "water": 300,
                "outlet": "K-P",
                "pretreatment": "否",
            }
        ],
    )
    made = ParkOutlet.objects.get()
    assert (made.park.way, made.park.linked, made.cod, made.km, made.mn) == ("own", "yes", 50.0, 2.0, "M1")
    assert ParkStation.objects.get().kind == "up"
    assert (Member.objects.get().water, Member.objects.get().pretreatment) == (300.0, "no")


def test_what_cannot_be_is_refused_with_its_field(place: City) -> None:
    made, on = park(place), reach(place)
    other = park(place, "K2")
    main = outlet(place, made, mn="M1")
    main.clean()  # its own logger is no other's
    refused = {
        "geometry": park(place, "K3", geometry={"type": "Point", "coordinates": [LON, LAT]}),
        "km": outlet(place, made, "A", reach=on, km=8.1),
        "code": station(place, made, main.pk, "up"),
        "mn": station(place, made, "B", "up", mn="M1"),
        "outlet": member(other, "甲厂", outlet=main),
    }
    for field, row in refused.items():
        with pytest.raises(ValidationError) as error:
            row.clean()
        assert set(error.value.message_dict) == {field}
    with pytest.raises(ValidationError, match="从哪里算起"):
        station(place, made, "C", "up", km=1.0).clean()


def test_what_is_found_at_a_place_is_about_it_and_leads_to_its_page(place: City) -> None:
    whole_park(place)
    known = targets_of(SITE, ["K1-P", "K1-U", "none"])
    assert {code: target.organisation for code, target in known.items()} == dict.fromkeys(
        ("K1-P", "K1-U"), place.governments[MINE]
    )
    assert {objects.key: objects.target for objects in SCENARIO.patrols} == {
        "industrial_parks": TARGET,
        "park_outlets": SITE,
    }
    kind = kind_of(SITE)
    assert kind is not None
    assert reverse(kind.page, args=["K1-U"]) == "/s/industrial_parks/site/K1-U/"


def test_outlets_on_a_reach_are_suspects_with_their_limits(place: City) -> None:
    made = whole_park(place)
    made.actual = 8640.0
    made.save()
    outlet(place, made, "K1-X", reach=reach(place), kind="rain", until=NOW.date())
    (one,) = given(NOW)
    assert one == Discharge(
        "K1-P", "排口K1-P", "污水总排口", "R-1", 3.0, {"w01018": 50.0}, 0.1, "/s/industrial_parks/site/K1-P/"
    )
    assert "industrial_parks/K1-P" in {d.code for d in resolved_discharges.given(NOW)}
    assert "industrial_parks/K1-P" in resolved_discharges.seen(place.person("chief"))
    assert "industrial_parks/K1-P" not in resolved_discharges.seen(place.person("chief", "140322"))
