"""Rules for terms as a bureau sets them: with a reason, by its office, never against each other, and back again."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import IllegalMove
from bihuan.cases.set_versions import OFFICE_HOURS, versions
from bihuan.cases.term_models import TermVersion
from bihuan.cases.term_rules import TermRule
from bihuan.cases.term_settings import (
    change,
    change_office,
    read,
    rulebook,
    undo,
    written,
)
from bihuan.cases.term_start import START
from bihuan.cases.terms import Term, Unit
from bihuan.errors import NotAllowed
from bihuan.registry.models import AuditEntry, Person
from tests.cases.world import World
from tests.people import CITY_CODE

OWN = TermRule(
    "own", "噪声投诉", Term(Unit.HOURS, 16), ("minor",), date(2019, 1, 1), "本局规定", source="complaint"
)
LUNCH = ((time(8), time(12)), (time(14, 30), time(18)))


def rule(key: str) -> TermRule:
    return next(r for r in rulebook().rules if r.key == key)


@pytest.fixture
def chief(world: World) -> Person:
    """The chief of the city."""
    return world.person("chief", CITY_CODE)


def test_an_installation_starts_with_the_rules_of_the_start(world: World) -> None:
    assert rulebook().rules == START
    for each in START:
        assert read(each.key, written(each)) == each


def test_a_rule_is_changed_with_a_reason_and_the_one_before_is_kept(world: World, chief: Person) -> None:
    before = rule("general")
    change(chief, replace(before, term=Term(Unit.WORKDAYS, 5)), "  改按工作日 ")
    assert rule("general").term == Term(Unit.WORKDAYS, 5)
    [version] = versions("general")
    assert (version.reason, version.by, version.at) == ("改按工作日", chief, world.at)
    assert AuditEntry.objects.get(action="term.changed").target == "general"
    earlier = world.at
    world.wait(days=1)
    change(chief, replace(before, term=Term(Unit.DAYS, 5)), "再改")
    assert next(r for r in rulebook(earlier).rules if r.key == "general").term == Term(Unit.WORKDAYS, 5)
    assert verify_chains().broken == []


def test_undo_goes_back_one_version_at_a_time_to_the_start(world: World, chief: Person) -> None:
    start = rule("general")
    change(chief, replace(start, term=Term(Unit.DAYS, 5)), "改")
    undo(chief, "general", "改错了")
    assert rule("general") == start
    for key in ("complex", "nothing"):
        with pytest.raises(IllegalMove, match="没有更早的一版"):
            undo(chief, key, "撤")
    change(chief, OWN, "新增")
    with pytest.raises(IllegalMove, match="可以停用"):
        undo(chief, "own", "撤")


@pytest.mark.parametrize(
    ("role", "where"), [("chief", "140321"), ("verifier", CITY_CODE), ("admin", CITY_CODE)]
)
def test_only_the_citys_office_sets_terms(world: World, role: str, where: str) -> None:
    person = world.person(role, where)
    for ask in (lambda: change(person, OWN, "新增"), lambda: change_office(person, LUNCH, "午休")):
        with pytest.raises(NotAllowed, match="由全市的调度岗或负责人设定"):
            ask()
    assert not TermVersion.objects.exists()


@pytest.mark.parametrize(
    ("changed", "reason", "said", "field"),
    [
        ({"name": " "}, "新增", "请写明规则名称", "name"),
        ({"name": "长" * 61}, "新增", "最多 60 字", "name"),
        ({"basis": ""}, "新增", "请写明依据", "basis"),
        ({}, " ", "请写明理由", "reason"),
        ({"levels": ()}, "新增", "至少选择一个级别", "levels"),
        ({"levels": ("grave",)}, "新增", "至少选择一个级别", "levels"),
        ({"source": "rumour"}, "新增", "请选择问题来源", "source"),
        ({"check": "废气"}, "新增", "不是检查规则", "check"),
        ({"kind": "gate; drop"}, "新增", "不是检查规则或对象种类", "kind"),
        ({"term": Term(Unit.DAYS, 0)}, "新增", "1 至 366", "length"),
        ({"term": Term(Unit.DAYS, 367)}, "新增", "1 至 366", "length"),
        ({"term": Term(Unit.HOURS, 1001)}, "新增", "1 至 1000", "length"),
        ({"term": Term(Unit.AT_ONCE, 3)}, "新增", "0 至 0", "length"),
        ({"sign": Term(Unit.HOURS, 0)}, "新增", "1 至 1000", "sign_length"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_by_its_field(
    chief: Person, changed: dict[str, Any], reason: str, said: str, field: str
) -> None:
    with pytest.raises(IllegalMove, match=said) as refused:
        change(chief, replace(OWN, **changed), reason)
    assert refused.value.field == field
    assert not TermVersion.objects.exists()


def test_two_rules_never_say_different_things_of_the_same(chief: Person) -> None:
    change(chief, OWN, "新增")
    twin = replace(OWN, key="twin", name="另一条")
    with pytest.raises(IllegalMove, match="与“噪声投诉”条件相同"):
        change(chief, twin, "新增")
    for other in (
        {"levels": ("major",)},
        {"check": "noise"},
        {"since": date(2019, 2, 1)},
        {"enabled": False},
    ):
        change(chief, replace(twin, **other), "新增")
    with pytest.raises(IllegalMove, match="没有改动"):
        change(chief, OWN, "再来")


def test_every_level_keeps_a_term(chief: Person) -> None:
    general = rule("general")
    for less in ({"enabled": False}, {"levels": ("minor",)}, {"source": "patrol"}, {"check": "noise"}):
        with pytest.raises(IllegalMove, match="将没有通用的时限"):
            change(chief, replace(general, **less), "精简")
    change(
        chief,
        replace(rule("complex"), levels=("moderate", "serious", "major"), since=date(2019, 1, 1)),
        "提级",
    )
    change(chief, replace(general, levels=("minor",)), "精简")
    with pytest.raises(IllegalMove, match="“较重”将没有通用的时限"):
        undo(chief, "complex", "撤")


def test_the_name_of_a_check_is_kept_without_its_last_dot(chief: Person) -> None:
    change(chief, replace(OWN, check="cems.limits."), "新增")
    assert rule("own").check == "cems.limits"


def test_office_hours_are_set_and_taken_back(world: World, chief: Person) -> None:
    change_office(chief, LUNCH, "午休")
    assert rulebook().calendar.office == LUNCH
    for wrong in ((), ((time(18), time(8)),), ((time(8), time(12)), (time(11), time(18)))):
        with pytest.raises(IllegalMove, match="08:00-12:00") as refused:
            change_office(chief, wrong, "改")
        assert refused.value.field == "office"
    undo(chief, OFFICE_HOURS, "撤")
    assert rulebook().calendar.office == ((time(8), time(18)),)


@pytest.mark.parametrize(
    "sql", ["UPDATE cases_termversion SET reason = 'x'", "DELETE FROM cases_termversion"]
)
def test_the_database_refuses_to_change_what_was_set(chief: Person, sql: str) -> None:
    change(chief, OWN, "新增")
    with (
        pytest.raises(DatabaseError, match="不能修改或删除"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
