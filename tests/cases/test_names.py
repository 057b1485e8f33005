"""Names that papers print are those of the day of the step; renamed behind the back of the actions, they are found."""

import pytest
from django.db import connection

from bihuan.cases.actions import hand_over
from bihuan.cases.chain import verify_chains
from bihuan.cases.models import Case, Counter
from bihuan.cases.papers import paper
from bihuan.cases.transitions import Paper, State
from bihuan.kit.registers.actions import change
from bihuan.kit.registers.writing import Act
from bihuan.registry import accounts
from bihuan.registry.models import Organisation, Person, Region
from tests.cases.test_papers import rows_of
from tests.cases.world import COUNTY, World
from tests.kit.registers.world import REGIONS, UNITS
from tests.people import CITY_CODE


@pytest.fixture
def case(world: World) -> Case:
    """Handed over by an officer who has a telephone."""
    Person.objects.filter(pk=world.person("dispatcher").pk).update(full_name="李调度", phone="0353-1")
    unit = world.city.governments[COUNTY]
    return hand_over([world.finding()], world.person("dispatcher"), unit, place="冠山镇")


@pytest.mark.parametrize(
    ("table", "column", "label", "printed"),
    [
        ("region", "name", "地点", "平定县 冠山镇"),
        ("organisation", "name", "承办单位", "平定县人民政府"),
        ("person", "full_name", "联系人", "李调度 0353-1"),
        ("person", "phone", "联系人", "李调度 0353-1"),
    ],
)
def test_a_name_changed_by_sql_is_found_and_not_printed(
    case: Case, table: str, column: str, label: str, printed: str
) -> None:
    assert verify_chains().broken == []
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE registry_{table} SET {column} = {column} || 'x'")
    [broken] = verify_chains().broken
    assert broken.case == case.number
    assert "nobody renamed it" in broken.why
    assert rows_of(paper(Case.objects.get(pk=case.pk), Paper.DISPATCH))[label] == printed


def test_who_is_renamed_by_an_administrator_is_no_tampering_until_somebody_changes_that(
    world: World, case: Case
) -> None:
    person = world.person("dispatcher")
    accounts.edit(world.person("admin", CITY_CODE), person, name="李新名", phone="0353-2")
    world.go(case, "sign")
    assert verify_chains().broken == []
    assert rows_of(paper(case, Paper.DISPATCH))["联系人"] == "李调度 0353-1"
    Person.objects.filter(pk=person.pk).update(full_name="别人")
    assert [b.case for b in verify_chains().broken] == [case.number]


def test_a_verifier_is_printed_as_called_then(world: World) -> None:
    case = world.case(State.PASSED)
    Person.objects.filter(pk=world.person("verifier", CITY_CODE).pk).update(full_name="别人")
    assert rows_of(paper(case, Paper.OPINION))["核查人"].startswith(f"verifier_{CITY_CODE} (")


@pytest.mark.parametrize("last", [0, None])
def test_a_case_whose_number_was_never_given_is_named(case: Case, last: int | None) -> None:
    if last is None:
        Counter.objects.all().delete()
    else:
        Counter.objects.update(last=last)
    assert [(b.case, b.step) for b in verify_chains().broken] == [(case.number, 0)]


def test_what_the_register_renamed_is_no_tampering_until_somebody_changes_that(case: Case) -> None:
    act = Act(None, "撤县设区", operator="root")
    change(REGIONS, Region.objects.get(pk=COUNTY), {"name": "平定区"}, act)
    change(UNITS, Organisation.objects.get(name="平定县人民政府"), {"name": "平定区人民政府"}, act)
    assert verify_chains().broken == []
    assert rows_of(paper(case, Paper.DISPATCH))["承办单位"] == "平定县人民政府"
    Region.objects.filter(pk=COUNTY).update(name="别的区")
    assert [b.why for b in verify_chains().broken] == [
        "the region 平定县 is called '别的区' now, and nobody renamed it"
    ]
