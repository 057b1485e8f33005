"""Rules for routing as a bureau sets them and tries them, on the units of the registry."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from bihuan.cases.actions import hand_over, take
from bihuan.cases.chain import verify_chains
from bihuan.cases.duplicates import Alike
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.route_models import RouteVersion
from bihuan.cases.route_settings import (
    alike,
    change,
    change_alike,
    read,
    rules,
    undo,
    versions,
    written,
)
from bihuan.cases.route_start import START
from bihuan.cases.routes import propose, router, tried
from bihuan.cases.routing import Lack, Responsible, RouteRule, To
from bihuan.cases.transitions import State
from bihuan.errors import NotAllowed
from bihuan.registry.models import AuditEntry, Organisation, Person, Post, Region
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE, person

OTHER = "140322"


@pytest.fixture
def chief(world: World) -> Person:
    """The chief of the city."""
    return world.person("chief", CITY_CODE)


@pytest.fixture
def bureau(world: World) -> Organisation:
    """A department of the city with somebody who signs."""
    made = Organisation.objects.create(
        name="市交通局", kind="department", region=world.city.regions[CITY_CODE]
    )
    person("clerk", ("handler", world.city.regions[CITY_CODE], made))
    return made


def to(unit: Organisation, **conditions: object) -> RouteRule:
    return RouteRule("own", "交通", To.UNIT, date(2019, 1, 1), "职责分工", unit=unit.pk, **conditions)  # type: ignore[arg-type]


def test_an_installation_starts_with_the_unit_of_the_place(world: World) -> None:
    assert rules() == START
    for each in START:
        assert read(each.key, written(each)) == each
    route = router(world.at).of_finding(world.finding())
    assert (route.unit, route.rule) == (world.city.governments[COUNTY].pk, START[0])


def test_a_rule_is_set_with_a_reason_kept_in_versions_and_taken_back(
    world: World, chief: Person, bureau: Organisation
) -> None:
    change(chief, to(bureau, source="patrol"), " 道路扬尘归交通 ")
    assert rules()[-1] == to(bureau, source="patrol")
    [version] = versions("own")
    assert (version.reason, version.by, version.at) == ("道路扬尘归交通", chief, world.at)
    assert AuditEntry.objects.get(action="route.changed").target == "own"
    change(chief, replace(to(bureau, source="patrol"), enabled=False), "停用")
    undo(chief, "own", "还用")
    assert rules()[-1].enabled
    change(chief, replace(START[1], enabled=True), "直接交企业")
    undo(chief, "responsible", "不直接交")
    assert START[1] in rules()
    assert verify_chains().broken == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"), ({"basis": ""}, "basis"), ({"region": "110000"}, "region"), ({"check": "超标"}, "check"),
        ({"kind": "工厂"}, "kind"), ({"source": "tv"}, "source"), ({"unit": None}, "unit"), ({"post": "长" * 61}, "post"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused_by_its_field(
    world: World, chief: Person, bureau: Organisation, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(IllegalMove) as told:
        change(chief, replace(to(bureau), **wrong), "试")  # type: ignore[arg-type]
    assert told.value.field == field
    assert not RouteVersion.objects.exists()


def test_two_rules_that_nothing_tells_apart_are_refused_and_so_is_who_may_not(
    world: World, chief: Person, bureau: Organisation
) -> None:
    change(chief, to(bureau, levels=("minor", "serious")), "设")
    second = replace(to(bureau, levels=("serious", "major")), key="second")
    with pytest.raises(IllegalMove, match="与“交通”条件相同"):
        change(chief, second, "设")
    change(chief, replace(second, levels=("moderate", "major")), "设")
    for role, region in (("dispatcher", COUNTY), ("verifier", CITY_CODE)):
        with pytest.raises(NotAllowed, match="全市的调度岗或负责人"):
            change(world.person(role, region), to(bureau), "设")


def test_the_database_refuses_to_change_a_version(world: World, chief: Person, bureau: Organisation) -> None:
    change(chief, to(bureau), "设")
    with pytest.raises(DatabaseError, match="交办规则"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_routeversion SET reason = 'x'")


def test_a_grid_cell_with_a_unit_of_its_own_goes_before_the_county(world: World) -> None:
    county = world.city.regions[OTHER]
    town = Region.objects.create(code="140322101", name="秀水镇", parent=county)
    cell = Region.objects.create(code="140322101003", name="第三网格", parent=town)
    grid = Organisation.objects.create(name="第三网格站", kind="county", region=cell)
    person("cell", ("handler", cell, grid))
    ways = router(world.at)
    assert ways.local("140322101003") == grid.pk
    assert ways.local("140322101") == world.city.governments[OTHER].pk
    assert ways.local("110000") is None


def test_a_unit_without_anybody_who_signs_is_said_and_the_next_rule_decides(
    world: World, chief: Person, bureau: Organisation
) -> None:
    change(chief, to(bureau, source="platform"), "设")
    finding = world.finding()
    assert router(world.at).of_finding(finding).unit == bureau.pk
    Post.objects.filter(organisation=bureau).update(until="2019-01-01T00:00:00Z")
    route = router(world.at).of_finding(finding)
    assert route.unit == world.city.governments[COUNTY].pk
    assert [(p.why, p.unit) for p in route.passed] == [(Lack.NOT_ACTIVE, bureau.pk)]


def test_who_may_not_hand_to_the_unit_is_told_which_it_would_be(
    world: World, chief: Person, bureau: Organisation
) -> None:
    change(chief, to(bureau, post="科长"), "设")
    route = router(world.at).of_finding(world.finding())
    (mine,) = propose([route], world.person("dispatcher", CITY_CODE))
    assert (mine.unit, mine.post, mine.beyond) == (bureau, "科长", None)
    (theirs,) = propose([route], world.person("dispatcher", COUNTY))
    assert (theirs.unit, theirs.post, theirs.beyond) == (None, "", bureau)


def test_a_rule_is_tried_on_the_cases_of_the_last_thirty_days(
    world: World, chief: Person, bureau: Organisation
) -> None:
    officer, unit = world.person("dispatcher", CITY_CODE), world.city.governments[COUNTY]
    old = world.case(State.DISPATCHED)
    world.wait(days=31)
    by_hand = world.case(State.DISPATCHED)
    found = hand_over([world.finding(target="S2")], officer, unit)
    world.case(State.PENDING)
    looked, moved = tried(to(bureau, check="air"), officer, router(world.at))
    assert looked == 2
    assert [(m.case, m.now.unit, m.then.unit) for m in moved] == [(found, unit.pk, bureau.pk)]
    looked, moved = tried(to(bureau, source="patrol"), world.person("dispatcher", OTHER), router(world.at))
    assert (looked, moved) == (0, [])
    _, moved = tried(to(bureau), officer, router(world.at))
    assert {m.case.pk for m in moved} == {by_hand.pk, found.pk}
    assert old.pk not in {m.case.pk for m in moved}
    assert rules() == START


def test_a_case_goes_by_the_finding_that_explains_the_others(
    world: World, chief: Person, bureau: Organisation
) -> None:
    change(chief, to(bureau, check="over", responsible=Responsible.UNKNOWN), "设")
    likely, over = world.facet("likely"), world.facet("over")
    over.refresh_from_db()
    assert over.incident_id == likely.incident_id
    case = hand_over([likely, over], world.person("dispatcher"), world.city.governments[COUNTY])
    assert router(world.at).of_case(Case.objects.get(pk=case.pk)).unit == bureau.pk


def test_what_counts_as_alike_is_our_setting_until_the_bureau_sets_its_own(
    world: World, chief: Person
) -> None:
    assert alike() == Alike(500, 7)
    change_alike(chief, Alike(800, 3), "山区")
    assert alike() == Alike(800, 3)
    for wrong, field in ((Alike(0, 3), "metres"), (Alike(800, 400), "days")):
        with pytest.raises(IllegalMove) as told:
            change_alike(chief, wrong, "试")
        assert told.value.field == field
    undo(chief, "alike", "改回")
    assert alike() == Alike(500, 7)
    assert rules() == START


def test_a_case_that_was_dispatched_elsewhere_by_choice_stays_there(
    world: World, chief: Person, bureau: Organisation
) -> None:
    case = world.case(State.PENDING)
    take(case, "dispatch", world.person("dispatcher"), organisation=world.city.governments[OTHER])
    change(chief, to(bureau), "设")
    case.refresh_from_db()
    assert case.organisation == world.city.governments[OTHER]
