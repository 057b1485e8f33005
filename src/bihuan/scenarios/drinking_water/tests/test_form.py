"""The check list: an episode of problems that must fire, a source in order that must not, and points by group."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Refused, Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.problems import to_case
from bihuan.scenarios.drinking_water.demo import YES
from bihuan.scenarios.drinking_water.scenario import FORM
from bihuan.scenarios.drinking_water.tests.world import source
from tests.cases.world import photo
from tests.people import City
from tests.web.world import NOW

IN_ORDER = dict.fromkeys(YES, "yes") | {"crossing": "no"}


@dataclass
class Field:
    """Who inspects the one source."""

    city: City

    def send(self, number: int = 1, **said: str) -> Answer:
        xform = versions.xform_of(versions.in_force(FORM))
        who = self.city.person("ranger")
        xml = filled_in(xform, f"uuid:{number}", IN_ORDER | said)
        files = (photo(name="a.jpg"),) if "a.jpg" in said.values() else ()
        return receive(FORM, who, place_for(FORM, who, "W1"), Sent(xml, files))


@pytest.fixture
def field(place: City) -> Field:
    source(place)
    return Field(place)


def group_points(answer: Answer) -> dict[str, float]:
    return {v["path"].split("/")[-1]: float(v["text"]) for v in answer.values if v["path"].endswith("_score")}


def test_what_is_wrong_goes_to_the_operator_with_photo_requirement_and_basis(field: Field) -> None:
    answer = field.send(
        fence="no", second_waste="no", build_photo="a.jpg", crossing="yes", pond="no", rail="yes"
    )
    found = {f.item: f for f in Finding.objects.all()}
    assert set(found) == {"fence", "second_waste", "pond"}
    assert found["fence"].organisation == field.city.governments["140321"]
    assert found["fence"].evidence["照片"] == "a.jpg"
    assert "HJ 773-2015" in found["fence"].basis
    case = to_case(answer.problems.get(path__endswith="/fence"), field.city.person("dispatcher"))
    assert case.organisation == field.city.governments["140321"]
    assert "封闭缺口" in case.requirement


def test_a_source_in_order_or_what_does_not_apply_fires_nothing(field: Field) -> None:
    assert field.send().score == 100
    field.send(2, second_farm="na", video="na")
    assert not Finding.objects.exists()


def test_points_are_by_group_and_what_does_not_apply_is_left_out(field: Field) -> None:
    answer = field.send(
        fence="no", warning="na", video="no", tests="no", crossing="yes", pond="no", rail="yes"
    )
    assert group_points(answer) == pytest.approx(
        {"build_score": 50, "protect_score": 100, "monitor_score": 0, "risk_score": 66.7, "manage_score": 100}
    )
    assert answer.score == pytest.approx((50 + 100 + 0 + 66.7 + 100) / 5, abs=0.05)
    assert answer.summary == "建设 50，整治 100，监控 0，风险 66.7，管理 100"


def test_a_group_that_does_not_apply_at_all_has_no_points_and_weighs_nothing(field: Field) -> None:
    answer = field.send(video="na", tests="na", fence="no")
    assert "monitor_score" not in group_points(answer)
    assert answer.score == pytest.approx((66.7 + 100 + 100 + 100) / 4, abs=0.05)


def test_a_road_through_the_zone_asks_for_pond_and_rail(field: Field) -> None:
    with pytest.raises(Refused, match="必填"):
        field.send(crossing="yes")


def test_only_sources_that_are_there_today_and_that_the_person_sees_are_offered(field: Field) -> None:
    today = NOW.astimezone(CST).date()
    source(field.city, "ENDS", until=today)
    source(field.city, "STAYS", until=today + timedelta(days=1))
    source(field.city, "BEGINS", since=today + timedelta(days=1))
    assert FORM.objects is not None
    assert {code for code, _ in FORM.objects(field.city.person("ranger"))} == {"W1", "STAYS"}
    assert list(FORM.objects(field.city.person("ranger", "140322"))) == []
