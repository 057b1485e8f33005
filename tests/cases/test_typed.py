"""What people type into a case: kept without what cannot be seen or printed, within its limit, or refused by its name."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.deadlines import CHINA
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.terms import Term
from bihuan.cases.texts import case_fields, clean, limit_of
from bihuan.cases.transitions import State
from bihuan.domain.worktime import WorkCalendar
from bihuan.registry.models import Organisation
from bihuan.web.fields import chosen, deadline, step_data
from tests.cases.world import COUNTY, World


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  料场 未苫盖\n", "料场 未苫盖"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("\u3000全角\u3000", "全角"),
        ("a\x00b\x07c", "abc"),
        ("", ""),
    ],
)
def test_a_text_is_kept_as_it_can_be_printed(typed: str, kept: str) -> None:
    assert clean(typed, "标题", 20) == kept


def test_a_text_may_be_as_long_as_its_limit_says_and_not_a_character_longer() -> None:
    assert clean(" " + "长" * 200 + " ", "标题", 200) == "长" * 200
    with pytest.raises(IllegalMove, match="标题最多 200 字, 现在有 201 字"):
        clean("长" * 201, "标题", 200)
    assert clean("长" * 5000, "标题", 0) == "长" * 5000


@given(st.text(max_size=60))
def test_what_was_kept_is_kept_again_as_it_is(typed: str) -> None:
    kept = clean(typed, "标题", 0)
    assert clean(kept, "标题", 0) == kept
    assert "\x00" not in kept


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("lat", "37.85678", 37.85678), ("lat", 90, 90.0), ("lat", "-90", -90.0), ("lon", "180", 180.0),
        ("lon", " 113.6 ", 113.6), ("title", " 扬尘 ", "扬尘"), ("level", "minor", "minor"), ("source", "patrol", "patrol"),
    ],
)  # fmt: skip
def test_fields_are_read_in_their_type(name: str, value: object, expected: object) -> None:
    assert case_fields({name: value}) == {name: expected}


@pytest.mark.parametrize(("name", "value"), [("lat", ""), ("lon", None), ("title", "  "), ("basis", "")])
def test_what_was_left_empty_is_left_to_the_default(name: str, value: object) -> None:
    assert case_fields({name: value}) == {}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("lat", "90.0001", "纬度"), ("lat", "nan", "纬度"), ("lat", "inf", "纬度"), ("lat", "北纬37度", "纬度"),
        ("lat", [37], "纬度"), ("lon", "-180.1", "经度"), ("lon", "1e300", "经度"),
        ("level", "grave", "级别.*不在可选范围内"), ("source", "dream", "问题来源"), ("listed_by", "moon", "挂牌层级"),
        ("title", "长" * 201, "标题最多 200 字"), ("description", "长" * 2001, "情况描述最多 2000 字"),
        ("requirement", "长" * 2001, "整改要求最多 2000 字"), ("place", "长" * 201, "地点最多 200 字"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_the_name_on_the_form(name: str, value: object, said: str) -> None:
    with pytest.raises(IllegalMove, match=said):
        case_fields({name: value})


def test_limits_are_those_of_the_table_or_of_a_long_text() -> None:
    assert {n: limit_of(n) for n in ("title", "basis", "description")} == {
        "title": 200,
        "basis": 600,
        "description": 2000,
    }


@pytest.mark.parametrize(
    ("given", "due"),
    [
        ("due=2019-01-18", "2019-01-19 00:00"),
        ("due=2019-01-18+18:00", "2019-01-18 18:00"),
        ("due=2019-01-18T18:00", "2019-01-18 18:00"),
        ("due=2019-01-18T10:00%2B00:00", "2019-01-18 18:00"),
        ("due=+2019-01-18+&term=30", "2019-01-19 00:00"),  # what was typed goes before what was chosen
        ("term=0", "2019-01-13 00:00"),
        ("term=7", "2019-01-20 00:00"),
        ("term=+7+", "2019-01-20 00:00"),
        ("", None),
        ("due=&term=", None),
    ],
)
def test_a_deadline_is_read_in_the_time_of_china(world: World, given: str, due: str | None) -> None:
    found = deadline(QueryDict(given))
    found = found.due(world.at, WorkCalendar()) if isinstance(found, Term) else found
    assert (f"{found.astimezone(CHINA):%Y-%m-%d %H:%M}" if found else None) == due


@pytest.mark.parametrize(
    "given",
    ["due=18.1.2019", "due=2019-02-30", "due=2019-13-01", "due=tomorrow",
     "due=2019-01-18T25:00", "term=2", "term=-1", "term=a", "term=1.0"],
)  # fmt: skip
def test_a_deadline_that_is_none_is_refused_with_the_way_to_write_it(world: World, given: str) -> None:
    with pytest.raises(IllegalMove, match="办结期限"):
        deadline(QueryDict(given))


@pytest.mark.parametrize(
    "key", ["0", "-1", "abc", "1e3", "９", "99999999999999999999", "1; DROP TABLE", "\x00"]
)
def test_a_row_that_the_list_did_not_offer_is_not_chosen(world: World, key: str) -> None:
    given = QueryDict(mutable=True)
    given["organisation"] = key
    with pytest.raises(IllegalMove, match="承办单位"):
        chosen(given, "organisation", "承办单位", Organisation.objects.none())


def test_a_step_takes_the_fields_of_its_form_and_nothing_else(world: World) -> None:
    unit = world.city.governments[COUNTY]
    given = QueryDict(
        f"note=办&days=3&companion=+&state=closed&region=140300&organisation={unit.pk}&due=2019-01-18"
    )
    data = step_data(given, Organisation.objects.all())
    assert set(data) == {"note", "days", "organisation", "due"}
    assert data["organisation"] == unit


def test_a_step_cannot_bring_in_a_field_of_the_case(world: World) -> None:
    case = world.case(State.DISPATCHED)
    for field in ("state", "number", "extensions", "version", "due", "organisation"):
        with pytest.raises(IllegalMove):
            world.go(case, "sign", **{field: "x"})
    assert Case.objects.get().state == State.DISPATCHED
