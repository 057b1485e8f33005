"""The register: classes and codes, where an outfall lies, what may be entered twice, the list and the official sheet."""

from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.places.geodesy import distance
from bihuan.kit.registers.made import bring_rows
from bihuan.scenarios.outfalls.classes import GROUPS, classes, looks_usual
from bihuan.scenarios.outfalls.duplicates import Spot, doubles_seen, near_each_other
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.registers import OUTFALLS
from bihuan.scenarios.outfalls.tests.world import LAT, LON, outfall, reach
from bihuan.scenarios.outfalls.transitions import State
from tests.people import City

METRE = 1 / 111_195
"""Of latitude, in degrees."""


def test_the_twenty_classes_stand_in_four_groups() -> None:
    assert len(classes()) == 20
    assert {row.group for row in classes().values()} == set(GROUPS)
    assert {row.name for row in classes().values() if row.group == "town"} == {"城镇污水处理厂排污口"}
    assert not classes()["town_rain"].permit


@pytest.mark.parametrize(
    ("code", "usual"),
    [
        ("HB-140321-0001-GY-00", True),
        ("HB-140322-0001-GY-00", False),  # another county's
        ("hb-140321-1", False),
        ("HB-140321-0001-GY-00 ", False),
    ],
)
def test_a_code_is_compared_with_the_usual_and_never_refused(place: City, code: str, usual: bool) -> None:
    assert looks_usual(code, "140321") is usual
    found = outfall(place, official_code=code.strip())
    found.full_clean()


def test_an_outfall_lies_within_its_reach_and_on_the_river_of_it(place: City) -> None:
    here = reach(place)
    found = outfall(place, reach=here, km=8.0)
    found.clean()
    assert found.water == here.river
    found.km = 8.1
    with pytest.raises(ValidationError, match="河段长"):
        found.clean()


def spot(code: str, metres: float, reach: str = "R", bank: str = "") -> Spot:
    """So many metres north."""
    return Spot(code, code, reach, bank, LON, LAT + metres * METRE)


def test_two_of_one_reach_within_the_metres_may_be_one() -> None:
    found = near_each_other([spot("A", 0), spot("B", 49.9), spot("C", 100.2)], 50)
    assert {code: [n.spot.code for n in near] for code, near in found.items()} == {"A": ["B"], "B": ["A"]}
    assert found["A"][0].metres == pytest.approx(49.9, abs=0.2)


def test_another_reach_and_the_other_bank_are_another_outfall() -> None:
    assert near_each_other([spot("A", 0), spot("B", 10, reach="S")], 50) == {}
    assert near_each_other([spot("A", 0, bank="left"), spot("B", 10, bank="right")], 50) == {}
    assert set(near_each_other([spot("A", 0, reach=""), spot("B", 10)], 50)) == {"A", "B"}
    assert set(near_each_other([spot("A", 0, bank="left"), spot("B", 10)], 50)) == {"A", "B"}


@given(st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), max_size=12))
def test_the_tree_finds_what_comparing_each_with_each_finds(places: list[tuple[float, float]]) -> None:
    spots = [Spot(str(n), "", "R", "", LON + x * METRE, LAT + y * METRE) for n, (x, y) in enumerate(places)]
    found = {(code, n.spot.code) for code, near in near_each_other(spots, 50).items() for n in near}
    assert found == {
        (a.code, b.code) for a in spots for b in spots if a != b and distance((a.lon, a.lat), (b.lon, b.lat)) <= 50
    }  # fmt: skip


def test_what_was_merged_or_ended_is_no_double(place: City) -> None:
    outfall(place, "P1")
    outfall(place, "P2", stage=State.DUPLICATE)
    chief = place.person("chief")
    assert doubles_seen(chief) == {}
    outfall(place, "P3")
    assert set(doubles_seen(chief)) == {"P1", "P3"}
    assert doubles_seen(place.person("chief", "140322")) == {}


def sheet(client: Client, **asked: str) -> list[tuple[object, ...]]:
    answer = client.get(reverse("outfalls:index"), {"as": "xlsx", **asked})
    (only,) = openpyxl.load_workbook(BytesIO(answer.content)).worksheets
    return list(only.iter_rows(values_only=True))


def test_a_sheet_comes_in_with_its_stage_and_the_list_gives_it_back(client: Client, place: City) -> None:
    reach(place)
    row = {
        "code": "P1", "name": "一号排口", "region": "140321", "lon": LON, "lat": LAT, "kind": "城镇污水处理厂排污口", "reach": "R-1",
        "km": 2.5, "bank": "左岸", "entry": "日常监管", "approval": "阳环函 1 号", "official_code": "HB-140321-0001-SW-00", "cod": 40,
    }  # fmt: skip
    bring_rows(OUTFALLS, [row])
    found = Outfall.objects.get()
    assert (found.kind, found.stage, found.bank, found.cod) == ("town", State.SUPERVISED, "left", 40)
    client.force_login(place.person("chief"))
    head, line = sheet(client)
    told = dict(zip(head, line, strict=True))
    assert (told["环节"], told["受纳河流"], told["岸别"], told["设置审批或登记文号"]) == (
        "日常监管",
        "桃河",
        "左岸",
        "阳环函 1 号",
    )
    assert (told["编码"], told["排污口编码"], told["排污口类型"]) == ("P1", row["official_code"], row["kind"])


def test_the_list_narrows_by_group_river_and_what_is_odd(client: Client, place: City) -> None:
    outfall(place, "P1", reach=reach(place), official_code="HB-140321-0001-GY-00")
    outfall(place, "P2", lat=LAT + 1, kind="town_rain", official_code="X", approval="登记 1")
    outfall(place, "P3", lat=LAT + 2, approval="登记 2", river=reach(place).river)
    client.force_login(place.person("chief"))

    def codes(**asked: str) -> list[object]:
        return [line[1] for line in sheet(client, **asked)[1:]]

    assert codes() == ["P1", "P2", "P3"]
    assert codes(group="other") == ["P2"]
    assert codes(river="R") == ["P1", "P3"]
    assert codes(flag="odd_code") == ["P2"]
    assert codes(flag="unlicensed") == ["P1"]
    assert codes(flag="double") == []
    assert codes(tab="done") == []


def test_the_list_names_what_may_be_the_same(client: Client, place: City) -> None:
    outfall(place, "P1")
    outfall(place, "P2", lat=LAT + 30 * METRE)
    client.force_login(place.person("chief"))
    for address in (reverse("outfalls:index"), reverse("outfalls:outfall", args=["P1"])):
        shown = client.get(address).content.decode()
        assert "相距 30 米" in shown
        assert reverse("outfalls:outfall", args=["P2"]) in shown
