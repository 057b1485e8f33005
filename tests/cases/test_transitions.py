"""Each row of the table: allowed for the right role, refused for every other, and what it needs."""

from pathlib import Path

import pytest
from django.db import connection, models
from django.db.utils import IntegrityError

from bihuan.cases import guards
from bihuan.cases.actions import case_for, moves, open_case, take
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.models import Case, Step
from bihuan.cases.transitions import FINISHED, RUNNING, TABLE, State, Transition, as_markdown, leaving
from bihuan.cases.turns import todo
from bihuan.registry.models import Organisation, Post, Region
from tests.cases.world import COUNTY, World
from tests.people import ROLES, person

ROWS = [t for t in TABLE if t.source is not None and not t.automatic and not t.echo]


def name_of(row: Transition) -> str:
    return f"{row.source}-{row.action}"


def ready(world: World, row: Transition) -> Case:
    assert row.source is not None
    return world.ready_for(row.action, row.source)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_the_right_roles_may_and_all_others_may_not(world: World, row: Transition) -> None:
    case = ready(world, row)
    for role in ROLES:
        move = next(m for m in moves(case, world.whoever(role)) if m.transition is row)
        # In 退回 the person who returned it acted for the unit; the roles of the office differ from him anyway.
        assert move.allowed is (role in row.roles), (role, move.why_not)
        if role not in row.roles:
            with pytest.raises(IllegalMove, match=row.label):
                world.go(case, row.action, world.whoever(role))
    world.go(case, row.action, world.whoever(row.roles[0]))
    assert case.state == Case.objects.get(pk=case.pk).state == row.target
    assert verify_chains().broken == []


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_what_is_needed_is_asked_for(world: World, row: Transition) -> None:
    case = ready(world, row)
    for need in row.needs:
        needs = {**world.needs(row.action), **world.family(row.action, case)}
        given = {k: v for k, v in needs.items() if k != need.key}
        with pytest.raises(IllegalMove, match=need.label):
            take(case, row.action, world.whoever(row.roles[0]), **given)
    assert case.steps.count() == case.version


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_another_county_may_not(world: World, row: Transition) -> None:
    case = ready(world, row)
    for role in row.roles:
        with pytest.raises(IllegalMove):
            world.go(case, row.action, world.person(role, "140302"))


@pytest.mark.parametrize("state", list(State))
def test_a_step_of_another_state_is_refused_by_name(world: World, state: State) -> None:
    case = world.case(state)
    here = {t.action for t in leaving(state)}
    for row in ROWS:
        if row.action not in here:
            with pytest.raises(IllegalMove, match=f"{state.label}.*不能{row.label}"):
                world.go(case, row.action, world.person(row.roles[0]))


def test_the_table_is_whole() -> None:
    assert len({(t.source, t.action) for t in TABLE}) == len(TABLE)
    assert {t.target for t in TABLE} == set(State)
    assert not RUNNING & FINISHED
    ends = {s for s in State if not leaving(s)}
    assert ends == {State.NOT_FILED, State.VOID}


def test_the_documentation_shows_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "cases.md"
    assert as_markdown() in page.read_text(encoding="utf-8")


def test_who_handled_it_cannot_verify_it(world: World) -> None:
    # Supervision ledger, roles: handler cannot verify. One person with both posts.
    unit, region = world.city.governments[COUNTY], world.city.regions[COUNTY]
    both = person("both", (Post.Role.HANDLER, region, unit), (Post.Role.VERIFIER, region, None))
    case = world.case(State.DISPATCHED)
    for action in ("sign", "plan", "apply_close"):
        world.go(case, action, both)
    for action in ("pass", "fail"):
        with pytest.raises(IllegalMove, match="您经办过本问题"):
            world.go(case, action, both)
    assert next(m.why_not for m in moves(case, both) if m.transition.action == "pass").startswith("您经办过")
    world.go(case, "pass")
    assert case.state == State.PASSED


def test_who_only_signed_cannot_verify_either(world: World) -> None:
    unit, region = world.city.governments[COUNTY], world.city.regions[COUNTY]
    both = person("both", (Post.Role.HANDLER, region, unit), (Post.Role.VERIFIER, region, None))
    case = world.case(State.DISPATCHED)
    world.go(case, "sign", both)
    world.go(case, "plan")
    world.go(case, "apply_close")
    with pytest.raises(IllegalMove, match="必须由他人办理"):
        world.go(case, "pass", both)


COUNTY_UNIT, CITY_UNIT = "平定县人民政府", "阳泉市生态环境指挥中心"
OTHER_UNIT = [
    # unit that handles, role's region, role's unit; who verifies another unit's work
    (COUNTY_UNIT, "140321", COUNTY_UNIT, False),
    (COUNTY_UNIT, "140321", None, False),
    (COUNTY_UNIT, "140321", "平定县交通局", False),
    (COUNTY_UNIT, "140300", None, True),
    (COUNTY_UNIT, "140300", CITY_UNIT, True),
    (COUNTY_UNIT, "140000", None, True),
    ("平定水泥厂", "140321", COUNTY_UNIT, True),
    ("平定水泥厂", "140321", None, True),
    ("平定水泥厂", "140300", CITY_UNIT, True),
    ("平定水泥厂", "140321", "平定水泥厂", False),
    ("市住建局", "140300", CITY_UNIT, True),
    ("市住建局", "140300", None, True),
    ("市住建局", "140300", "市住建局", False),
    (CITY_UNIT, "140300", None, False),
    (CITY_UNIT, "140300", CITY_UNIT, False),
    (CITY_UNIT, "140000", None, True),
]


@pytest.mark.parametrize(("unit", "region", "own", "may"), OTHER_UNIT)
@pytest.mark.parametrize("action", ["pass", "fail"])
def test_a_units_work_is_verified_by_another_unit(
    world: World, unit: str, region: str, own: str | None, may: bool, action: str
) -> None:
    units = {u.name: u for u in Organisation.objects.all()}
    for name, kind, code in (
        ("平定县交通局", "department", COUNTY), ("平定水泥厂", "enterprise", COUNTY), ("市住建局", "department", "140300")
    ):  # fmt: skip
        units[name] = Organisation.objects.create(name=name, kind=kind, region=world.city.regions[COUNTY if code == COUNTY else "140300"])  # fmt: skip
    place = Region.objects.get(pk=region)
    handler = person("unit-handler", ("handler", place, units[unit]))
    verifier = person("unit-verifier", ("verifier", place, units[own] if own else None))
    case = world.case(State.PENDING)
    world.go(case, "dispatch", organisation=units[unit])
    for step in ("sign", "plan", "apply_close"):
        world.go(case, step, handler)
    [move] = [m for m in moves(case, verifier) if m.transition.action == action]
    assert move.allowed is may, move.why_not
    assert (case in todo(verifier)) is may
    if may:
        world.go(case, action, verifier)
    else:
        with pytest.raises(IllegalMove, match=f"{unit}.*(由其他单位办理|以外的单位办理)"):
            world.go(case, action, verifier)


def test_somebody_of_the_unit_cannot_verify_with_a_post_of_the_city_either(world: World) -> None:
    regions, unit = world.city.regions, world.city.governments[COUNTY]
    both = person("both", ("handler", regions[COUNTY], unit), ("verifier", regions["140300"], None))
    case = world.case(State.VERIFYING)
    with pytest.raises(IllegalMove, match="您任职于承办单位"):
        world.go(case, "pass", both)


def test_the_step_names_the_post_that_stands_above_the_unit(world: World) -> None:
    regions = world.city.regions
    both = person("both", ("verifier", regions[COUNTY], None), ("verifier", regions["140300"], None))
    assert world.go(world.case(State.VERIFYING), "pass", both).post == "阳泉市 核查岗"


def test_who_asked_for_more_time_cannot_grant_it(world: World) -> None:
    unit, region = world.city.governments[COUNTY], world.city.regions[COUNTY]
    both = person("both", (Post.Role.HANDLER, region, unit), (Post.Role.DISPATCHER, region, None))
    case = world.case(State.RECTIFYING)
    world.go(case, "ask_extension", both)
    with pytest.raises(IllegalMove, match="必须由他人办理"):
        world.go(case, "grant", both)


def test_after_two_returns_the_chief_decides(world: World) -> None:
    case = world.case(State.RETURNED)
    world.go(case, "redispatch")
    handler = world.person("handler", "140322")
    world.go(case, "return", handler)
    assert case.returns == 2
    first = world.city.governments[COUNTY]
    with pytest.raises(IllegalMove, match="已退回 2 次, 须由负责人裁定"):
        world.go(case, "redispatch", organisation=first)
    world.go(case, "redispatch", world.person("chief"), organisation=first)
    with pytest.raises(IllegalMove, match="不能再退回"):
        world.go(case, "return")


def test_two_people_at_once_one_is_told(world: World) -> None:
    case = world.case(State.VERIFYING)
    first, second = Case.objects.get(pk=case.pk), Case.objects.get(pk=case.pk)
    world.go(first, "pass")
    with pytest.raises(ChangedMeanwhile, match="刚被他人办理过, 请刷新"):
        world.go(second, "fail")
    assert second.state == State.VERIFYING
    assert [s.action for s in case.steps.all()][-2:] == ["apply_close", "pass"]
    assert verify_chains().broken == []


def test_unknown_needs_are_refused(world: World) -> None:
    case = world.case(State.DISPATCHED)
    with pytest.raises(IllegalMove, match="不接受: days"):
        world.go(case, "sign", days=3)


def test_only_who_may_see_a_case_finds_it(world: World) -> None:
    case = world.case(State.DISPATCHED)
    for role, region, sees in [
        ("dispatcher", COUNTY, True), ("chief", "140300", True), ("handler", COUNTY, True),
        ("enterprise", COUNTY, True), ("dispatcher", "140302", False), ("handler", "140302", False),
        ("enterprise", "140300", False),
    ]:  # fmt: skip
        someone = world.person(role, region)
        if sees:
            assert case_for(someone, case.number) == case
        else:
            with pytest.raises(NotVisible):
                case_for(someone, case.number)
    with pytest.raises(NotVisible):
        case_for(world.person("chief", "140300"), "环交〔2019〕9999")


def test_the_inbox_holds_what_waits_for_me(world: World) -> None:
    case = world.case(State.DISPATCHED)
    assert list(todo(world.person("handler"))) == [case]
    assert list(todo(world.person("dispatcher"))) == []
    assert list(todo(world.person("handler", "140302"))) == []
    for action in ("sign", "plan", "apply_close"):
        world.go(case, action)
    assert list(todo(world.person("handler"))) == []
    assert list(todo(world.person("verifier", "140300"))) == [case]
    assert list(todo(world.person("auditor", "140300"))) == []


def test_numbers_count_within_the_year(world: World) -> None:
    assert world.case().number == "环交〔2019〕0001"
    assert world.case().number == "环交〔2019〕0002"
    world.wait(days=360)
    assert world.case().number == "环交〔2020〕0001"


def test_steps_and_cases_cannot_be_changed_or_deleted(world: World) -> None:
    case = world.case(State.VERIFYING)
    step = Step.objects.latest("seq")
    file = step.files.get()
    rows: list[models.Model] = [step, file]
    for row in rows:
        with pytest.raises(TypeError, match="written once"):
            row.save()
        with pytest.raises(TypeError, match="never deleted"):
            row.delete()
    with pytest.raises(TypeError, match="void it"):
        case.delete()


@pytest.mark.parametrize("sql", ["UPDATE cases_step SET note = 'x'", "DELETE FROM cases_attachment"])
def test_the_database_refuses_too(world: World, sql: str) -> None:
    world.case(State.VERIFYING)
    guards.create(connection)
    with pytest.raises(IntegrityError, match="只能追加"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_patrol_without_a_post_here_cannot_register(world: World) -> None:
    region = world.city.regions[COUNTY]
    with pytest.raises(IllegalMove, match="没有在平定县登记问题的职务"):
        open_case([], world.person("ranger", "140302"), title="烧秸秆", region=region)
    with pytest.raises(IllegalMove, match="标题和区划"):
        open_case([], world.person("ranger"))
