"""A round is set by the office for what lies in its region; objects are shared out, skipped with a reason, and counted once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from bihuan.cases.errors import IllegalMove, NotVisible
from bihuan.errors import NotAllowed
from bihuan.kit.inspection import guards
from bihuan.kit.inspection.models import Round
from bihuan.kit.inspection.rounds.planning import (
    assign,
    end_round,
    objects_in,
    resume,
    round_for,
    rounds_of,
    skip,
    task_for,
)
from bihuan.kit.inspection.rounds.progress import State, by_person, counted, mine, standings
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry
from tests.kit.inspection.rounds.world import CITY, COUNTY, OTHER, START, Field


def states(found: Round, field: Field) -> dict[str, State]:
    return {s.task.target: s.state for s in standings(found, field.person("chief"))}


def test_a_round_holds_the_chosen_objects_each_with_who_inspects_it(field: Field) -> None:
    found = field.round({"E1": field.person(), "E2": None})
    assert {(s.task.target, s.person) for s in standings(found, field.person())} == {
        ("E1", field.person()),
        ("E2", None),
    }
    assert AuditEntry.objects.get(action="round.plan").detail == {"form": "f", "objects": 2}


@pytest.mark.parametrize("by", ["ranger", "verifier", "handler", "enterprise", "auditor", "admin"])
def test_only_the_office_sets_rounds(field: Field, by: str) -> None:
    with pytest.raises(NotAllowed):
        field.round(by=by)
    assert not Round.objects.exists()


def test_a_county_sets_no_round_for_another(field: Field) -> None:
    with pytest.raises(IllegalMove, match="F1 不是该区划的检查对象"):
        field.round({"E1": None, "F1": None})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": " "}, "请写明轮次名称"),
        ({"days": -1}, "截止日应在开始日之后"),
        ({"days": 367}, "最多 366 天"),
        ({"shares": {}}, "至少选一个"),
        ({"shares": {"X": None}}, "X 不是"),
    ],
)
def test_a_round_that_cannot_be_meant_is_refused_whole(
    field: Field, change: dict[str, object], why: str
) -> None:
    with pytest.raises(IllegalMove, match=why):
        field.round(**change)  # type: ignore[arg-type]  # one wrong value at a time
    assert not Round.objects.exists()


def test_an_object_is_given_to_nobody_who_may_not_inspect_there(field: Field) -> None:
    with pytest.raises(IllegalMove, match="没有检查的职务"):
        field.round({"E1": field.person("ranger", OTHER)})
    found = field.round()
    with pytest.raises(IllegalMove, match="没有检查的职务"):
        assign(field.person("chief"), field.task(found, "E1"), field.person("handler"))


def test_a_round_of_the_city_is_seen_by_each_county_with_its_own_objects(field: Field) -> None:
    found = field.round({"E1": None, "F1": None}, region=CITY)
    assert [s.task.target for s in standings(found, field.person("ranger", COUNTY))] == ["E1"]
    assert [s.task.target for s in standings(found, field.person("ranger", OTHER))] == ["F1"]
    assert list(rounds_of(field.person("ranger", OTHER))) == [found]
    with pytest.raises(NotVisible):
        round_for(field.person("ranger", "140302"), found.pk)
    with pytest.raises(NotVisible):
        task_for(field.person("ranger", OTHER), found, field.task(found, "E1").pk)


def test_objects_are_offered_as_the_person_may_choose_them(field: Field) -> None:
    region = field.city.regions[CITY]
    assert set(objects_in(field.form, field.person("chief"), region)) == {"E1", "E2", "E3"}
    assert set(objects_in(field.form, field.person("chief", CITY), region)) == {"E1", "E2", "E3", "F1"}


def test_a_skip_needs_a_reason_and_stays_visible_with_who_and_why(field: Field) -> None:
    found = field.round()
    with pytest.raises(IllegalMove, match="请写明跳过的理由"):
        skip(field.person(), field.task(found, "E1"), "  ")
    skip(field.person(), field.task(found, "E1"), "停产封存")
    standing = field.standing(found, "E1")
    assert standing.skip is not None
    assert (standing.state, standing.skip.reason, standing.skip.by) == (
        State.SKIPPED,
        "停产封存",
        field.person(),
    )
    assert AuditEntry.objects.get(action="round.skip").detail["reason"] == "停产封存"
    with pytest.raises(IllegalMove, match="已经跳过"):
        skip(field.person(), field.task(found, "E1"), "再跳")


def test_what_was_skipped_is_taken_up_again(field: Field) -> None:
    found = field.round()
    with pytest.raises(IllegalMove, match="没有跳过"):
        resume(field.person(), field.task(found, "E1"))
    skip(field.person(), field.task(found, "E1"), "停产")
    resume(field.person("chief"), field.task(found, "E1"))
    assert states(found, field)["E1"] is State.LEFT


def test_who_it_is_given_to_and_the_office_skip_and_nobody_else(field: Field) -> None:
    found = field.round({"E1": field.person("verifier"), "E2": None})
    with pytest.raises(NotAllowed):
        skip(field.person("ranger"), field.task(found, "E1"), "远")
    with pytest.raises(NotAllowed):
        skip(field.person("admin"), field.task(found, "E2"), "远")
    skip(field.person("dispatcher"), field.task(found, "E1"), "停产")


def test_what_was_inspected_is_not_skipped_and_a_skip_does_not_hide_an_inspection(field: Field) -> None:
    found = field.round()
    field.inspected("E1")
    with pytest.raises(IllegalMove, match="已经检查过"):
        skip(field.person(), field.task(found, "E1"), "停产")
    skip(field.person(), field.task(found, "E2"), "停产")
    field.inspected("E2")
    assert states(found, field) == {"E1": State.DONE, "E2": State.DONE, "E3": State.LEFT}


def test_an_ended_round_takes_no_more_steps_and_counts_no_more_answers(field: Field) -> None:
    found = field.round()
    with pytest.raises(IllegalMove, match="请写明结束的理由"):
        end_round(field.person("chief"), found, "")
    end_round(field.person("chief"), found, "计划调整")
    field.at(0, hours=1)
    field.inspected("E1")
    found = Round.objects.get(pk=found.pk)
    assert states(found, field)["E1"] is State.LEFT
    for act in (
        lambda: skip(field.person(), field.task(found, "E1"), "x"),
        lambda: assign(field.person("chief"), field.task(found, "E1"), None),
        lambda: end_round(field.person("chief"), found, "再"),
    ):
        with pytest.raises(IllegalMove, match="轮次已经结束"):
            act()
    assert mine(field.person(), rounds_of(field.person())) == []


def test_the_newest_assignment_counts(field: Field) -> None:
    found = field.round({"E1": field.person()})
    assign(field.person("chief"), field.task(found, "E1"), field.person("verifier"))
    assert field.standing(found, "E1").person == field.person("verifier")
    assign(field.person("chief"), field.task(found, "E1"), None)
    assert field.standing(found, "E1").person is None
    with pytest.raises(NotAllowed):
        assign(field.person(), field.task(found, "E1"), field.person())


def test_every_object_is_counted_once_in_all_and_by_person(field: Field) -> None:
    found = field.round({"E1": field.person(), "E2": field.person("verifier"), "E3": None}, days=2)
    field.inspected("E1")
    skip(field.person("chief"), field.task(found, "E2"), "停产")
    field.at(3)
    rows = standings(found, field.person("chief"))
    counts = counted(rows)
    assert (counts.done, counts.skipped, counts.left, counts.overdue, counts.total) == (1, 1, 0, 1, 3)
    assert counts.through == 67
    people = by_person(rows)
    assert [who for who, _ in people][-1] is None
    assert sum(c.total for _, c in people) == counts.total
    assert dict(people)[None].overdue == 1


def test_what_is_mine_is_what_is_left_of_mine_and_of_nobodys_soonest_due_first(field: Field) -> None:
    field.round({"E1": field.person(), "E2": field.person("verifier")}, days=9)
    field.round({"E3": None}, days=2)
    field.round({"E1": None}, first=1)  # has not begun

    def due() -> list[str]:
        return [s.task.target for s in mine(field.person(), rounds_of(field.person()))]

    assert due() == ["E3", "E1"]
    field.inspected("E3")
    assert due() == ["E1"]


def test_rounds_hang_on_the_log_and_the_database_refuses_to_change_them(field: Field) -> None:
    found = field.round()
    skip(field.person(), field.task(found, "E1"), "停产")
    end_round(field.person("chief"), found, "完")
    assert check_log() == []
    guards.create(connection)
    for table in ("round", "roundtask", "roundstep", "roundend"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM inspection_{table}")
    guards.drop(connection)


def test_a_round_that_was_set_later_is_not_there_in_a_replay_of_before(field: Field) -> None:
    field.at(2)
    field.round()
    field.at(0)
    assert not rounds_of(field.person()).exists()
    assert START + timedelta(days=2) == Round.objects.get().at
