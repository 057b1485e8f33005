"""What a form of verdicts says: the reason from the list and what was typed beside it, how long, and to which unit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from bihuan.cases.errors import IllegalMove
from bihuan.cases.judging import REASONS, SILENCES
from bihuan.cases.models import Finding
from bihuan.cases.route_settings import change
from bihuan.cases.route_start import START
from bihuan.registry.access import Asked
from bihuan.registry.models import Organisation, Person
from bihuan.web import judging_forms
from tests.people import CITY_CODE, City
from tests.web.world import MINE, Objects

OTHER = "140322"


def sent(person: Person | None = None, **data: Any) -> Any:
    request = RequestFactory().post("/", data)
    request.user = person  # type: ignore[assignment]
    request.session = {}  # type: ignore[assignment]
    return request


@pytest.mark.parametrize(
    ("usual", "typed", "reason"),
    [
        (REASONS[0], "", REASONS[0]),
        (REASONS[0], " 有记录 ", f"{REASONS[0]}：有记录"),
        ("", "有记录", "有记录"),
        ("自己编的", "有记录", "有记录"),
        ("自己编的", "", ""),
        ("", "  ", ""),
    ],
)
def test_a_reason_is_one_of_the_list_and_what_was_typed(usual: str, typed: str, reason: str) -> None:
    assert judging_forms.reason(sent(usual_reason=usual, reason=typed)) == reason


def test_without_a_choice_a_silence_lasts_a_day() -> None:
    for given in ({}, {"hours": ""}):
        assert judging_forms.span(sent(**given)) == timedelta(hours=24)


@pytest.mark.parametrize("length", SILENCES)
def test_every_length_that_is_offered_is_taken(length: timedelta) -> None:
    assert judging_forms.span(sent(hours=str(int(length / timedelta(hours=1))))) == length


@pytest.mark.parametrize("hours", ["1", "0", "-24", "24.0", "721", "9" * 40, "２４", "einen Tag", "24h"])
def test_a_length_that_is_not_offered_is_refused_with_those_that_are(hours: str) -> None:
    with pytest.raises(IllegalMove, match="1 天、3 天、7 天、30 天") as told:
        judging_forms.span(sent(hours=hours))
    assert told.value.field == "hours"


@pytest.fixture
def finding(objects: Objects) -> Finding:
    return objects.finding


def unit(city: City, finding: Finding, *, region: str = CITY_CODE, **data: Any) -> tuple[str, str]:
    request: Asked = sent(city.person("dispatcher", region), **data)
    found, liable = judging_forms.recipient(request, finding)
    return found.name, liable


def test_the_unit_that_was_chosen_goes_before_the_one_that_the_rules_propose(
    city: City, finding: Finding
) -> None:
    rule = replace(START[0], post="分管副县长")
    change(city.person("chief", CITY_CODE), rule, "写明责任人")
    assert unit(city, finding) == (city.governments[MINE].name, "分管副县长")
    mine, other = city.governments[MINE], city.governments[OTHER]
    assert unit(city, finding, organisation=mine.pk) == (mine.name, "分管副县长")
    assert unit(city, finding, organisation=other.pk) == (other.name, "")


def test_where_the_rules_propose_nothing_the_unit_is_asked_for(city: City, finding: Finding) -> None:
    Organisation.objects.filter(pk=city.governments[MINE].pk).update(kind="department")
    with pytest.raises(IllegalMove, match="请选择承办单位") as told:
        unit(city, finding)
    assert told.value.field == "organisation"


def test_the_centre_hands_nothing_to_itself_and_a_county_nothing_to_another(
    city: City, finding: Finding
) -> None:
    for region, key in ((CITY_CODE, city.governments[CITY_CODE].pk), (MINE, city.governments[OTHER].pk)):
        with pytest.raises(IllegalMove, match="不在可选范围内"):
            unit(city, finding, region=region, organisation=key)


def test_a_form_offers_what_the_person_may_choose(city: City, finding: Finding) -> None:
    told = judging_forms.context(sent(city.person("dispatcher", CITY_CODE)))
    offered = {u.name for u in told["units"]}  # type: ignore[attr-defined]
    assert offered == {g.name for code, g in city.governments.items() if code != CITY_CODE}
    assert told["may_judge"]
    county = judging_forms.context(sent(city.person("dispatcher", MINE)))
    assert [u.name for u in county["units"]] == [city.governments[MINE].name]  # type: ignore[attr-defined]
    assert not county["may_judge"]


def test_the_address_of_a_form_lacks_the_verdict_alone() -> None:
    assert judging_forms.address("finding_judge", 7) + "reject" == "/findings/7/reject"
