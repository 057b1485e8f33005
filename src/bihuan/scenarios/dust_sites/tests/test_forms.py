"""六个百分百 as it is filled in: what the score leaves out, what becomes a problem, and what the flag says of it."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest

from bihuan.cases.models import Finding
from bihuan.domain.dust.flags import GREEN, NONE, RED, YELLOW
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Refused, Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.models import Answer
from bihuan.scenarios.dust_sites.inspections import FORM, newest
from bihuan.scenarios.dust_sites.models import DustSite
from bihuan.scenarios.dust_sites.standing import lines_of
from bihuan.scenarios.dust_sites.tests.world import site
from tests.people import City
from tests.web.world import NOW

GOOD = dict.fromkeys(
    ("fence", "cover", "wash", "paved", "wet", "sealed", "box_real", "open_door", "night_none"), "yes"
)


def inspected(place: City, said: Mapping[str, str]) -> Answer:
    """An answer of the county's ranger about G1."""
    ranger = place.person("ranger")
    xml = filled_in(
        versions.xform_of(versions.in_force(FORM)),
        f"uuid:{uuid5(NAMESPACE_URL, repr(sorted(said.items())))}",
        said,
    )
    return receive(FORM, ranger, place_for(FORM, ranger, "G1"), Sent(xml, (), NOW))


def flag_of() -> str:
    day = NOW.astimezone(CST).date()
    (line,) = lines_of([DustSite.objects.get(pk="G1")], day, day + timedelta(days=1), NOW)
    return line.flag


def test_what_does_not_apply_is_left_out_and_what_is_wrong_is_a_problem(place: City) -> None:
    site(place)
    answer = inspected(place, GOOD | {"wet": "na", "wash": "no", "wash_why": "洗车台停用"})
    assert (answer.score, answer.summary) == (80.0, "应查 5 项，达标 4 项")
    assert list(Finding.objects.filter(check_key="form.dust_check").values_list("item", "target")) == [
        ("wash", "G1")
    ]
    assert newest(["G1"], NOW)["G1"].score.failed == ("wash",)
    assert flag_of() == YELLOW


def test_an_item_that_is_not_met_needs_its_reason(place: City) -> None:
    site(place)
    with pytest.raises(Refused):
        inspected(place, GOOD | {"fence": "no"})


@pytest.mark.parametrize(
    ("said", "colour"),
    [
        ({}, GREEN),
        ({"box_real": "no"}, RED),
        ({"open_door": "no"}, RED),
        (
            dict.fromkeys(("fence", "cover", "paved"), "no")
            | {f"{item}_why": "见照片" for item in ("fence", "cover", "paved")},
            RED,
        ),
        ({"night_none": "no"}, GREEN),
    ],
)
def test_the_flag_follows_the_newest_inspection(place: City, said: dict[str, str], colour: str) -> None:
    """Of a site without a monitor; night work is a problem of its own and none of the six."""
    site(place)
    assert flag_of() == NONE
    inspected(place, GOOD | said)
    assert flag_of() == colour
