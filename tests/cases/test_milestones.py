"""时间节点: set, done and dropped by steps, shown as they stand, and reminded of like deadlines."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from bihuan import english
from bihuan.cases import milestones
from bihuan.cases.actions import take
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import IllegalMove
from bihuan.cases.escalation import go_on
from bihuan.cases.models import Case, Notification
from bihuan.cases.reminders import remind
from bihuan.cases.transitions import State
from tests.cases.world import COUNTY, World, photo


def day(world: World, days: int) -> str:
    return f"{world.at + timedelta(days=days):%Y-%m-%d}"


def node(world: World, case: Case, text: str, days: int, **given: Any) -> None:
    by = world.person("handler") if case.state == State.RECTIFYING else None
    world.go(case, "node", by, task=text, day=day(world, days), **given)


def far(world: World) -> Case:
    """A list that is due in 90 days."""
    case = world.case(State.PENDING, title="清单")
    world.go(case, "list_up", due=world.at + timedelta(days=90))
    return case


def told(world: World, role: str, region: str = COUNTY) -> list[str]:
    rows = Notification.objects.filter(person=world.person(role, region), step=None, key__startswith="N")
    return [n.text.split("时间节点")[1] for n in rows.order_by("pk")]


@pytest.mark.parametrize("day", ["9999-12-31", "2030-01-01"])
def test_a_node_lies_within_the_longest_term_of_lists_where_the_case_has_no_deadline(
    world: World, day: str
) -> None:
    case = world.case(State.PENDING, title="清单")
    world.go(case, "list_up")
    assert case.due is None
    with pytest.raises(IllegalMove, match="节点日期最晚是 2024-01-1"):
        world.go(case, "node", None, task="一", day=day)


def test_nodes_stand_by_their_days_as_not_yet_today_over_or_done(world: World) -> None:
    case = far(world)
    for text, days in (("三", 9), ("一", 2), ("二", 3)):
        node(world, case, text, days)
    world.wait(days=3)
    first = milestones.nodes(case)[0]
    world.go(case, "node_done", node=first.seq, note="已勘察", files=[photo()])
    assert [(n.text, n.standing(world.at)) for n in milestones.nodes(case)] == [
        ("一", ("已完成", "grey")), ("二", ("今日到期", "yellow")), ("三", ("未到期", "green")),
    ]  # fmt: skip
    assert f"{case.next_node:%m-%d}" == "01-15"
    world.wait(days=2)
    assert milestones.nodes(case)[1].standing(world.at) == ("超期", "red")
    done = milestones.nodes(case)[0].done
    assert done is not None
    assert (done.note, done.files.count()) == ("已勘察", 1)
    assert verify_chains().broken == []


def test_the_unit_sets_and_finishes_the_nodes_of_its_plan_and_only_the_office_drops_one(world: World) -> None:
    case = world.case(State.RECTIFYING)
    node(world, case, "苫盖", 2)
    first = milestones.nodes(case)[0]
    with pytest.raises(IllegalMove, match="调度岗"):
        world.go(case, "node_drop", world.person("handler"), node=first.seq)
    world.go(case, "node_done", world.person("handler"), node=first.seq)
    node(world, case, "清运", 3)
    world.go(case, "node_drop", node=milestones.waiting(case)[0].seq)
    assert ([n.text for n in milestones.nodes(case)], case.next_node) == (["苫盖"], None)
    assert case.steps.filter(action="node").count() == 2
    assert verify_chains().broken == []


def test_a_node_that_cannot_be_is_refused_at_its_field(world: World) -> None:
    case = world.case(State.DISPATCHED)  # seven days
    node(world, case, "勘察", 7)
    for text, when, field, why in (
        ("甲", "2019-13-01", "day", "不是日期"), ("甲", day(world, -1), "day", "不能早于今天"),
        ("甲", day(world, 8), "day", r"不能晚于办结期限（2019-01-19）"), ("勘察", day(world, 7), "task", "已有同样"),
    ):  # fmt: skip
        with pytest.raises(IllegalMove, match=why) as refusal:
            world.go(case, "node", task=text, day=when)
        assert refusal.value.field == field
    for key in ("99", "abc", ""):
        with pytest.raises(IllegalMove) as refusal:
            world.go(case, "node_drop", node=key)
        assert refusal.value.field == "node"


def test_a_node_is_done_once(world: World) -> None:
    case = far(world)
    node(world, case, "勘察", 2)
    seq = milestones.nodes(case)[0].seq
    world.go(case, "node_done", node=seq)
    with pytest.raises(IllegalMove, match="没有未完成的时间节点"):
        take(case, "node_done", world.person("dispatcher"), node=str(seq), note="再次")


def test_nodes_are_reminded_of_on_the_ladder_of_days_each_rung_once(world: World) -> None:
    case = world.case(State.RECTIFYING, level="major")  # thirty days
    node(world, case, "苫盖", 5)
    assert told(world, "handler") == []
    world.wait(days=3)
    remind(world.at)
    remind(world.at)
    assert told(world, "handler") == ["“苫盖”还剩 2 天 10 小时"]
    world.wait(days=7)
    remind(world.at)
    assert [t.split(",")[0] for t in told(world, "handler")][1:] == ["“苫盖”超期 4 天 14 小时"]
    assert len(told(world, "dispatcher")) == 1
    assert told(world, "chief") == []
    world.go(case, "node_done", world.person("handler"), node=milestones.waiting(case)[0].seq)
    world.wait(days=9)
    remind(world.at)
    assert len(told(world, "handler")) == 2


@pytest.mark.parametrize("reached", [True, False])
def test_what_was_told_of_a_node_goes_up_unread_only_until_it_was_reached(
    world: World, reached: bool
) -> None:
    case = world.case(State.RECTIFYING, level="major")
    node(world, case, "苫盖", 5)
    world.wait(days=3)
    remind(world.at)
    (note,) = Notification.objects.filter(step=None, person=world.person("handler"))
    if reached:
        world.go(case, "node_done", world.person("handler"), node=milestones.waiting(case)[0].seq)
    world.wait(days=3)
    for _ in range(20):
        go_on(world.at)
        world.wait(hours=4)
    risen = Notification.objects.filter(key__endswith=note.key).exclude(key=note.key)
    assert risen.exists() != reached


def test_of_a_list_the_office_is_reminded_of_nodes_and_of_the_deadline(world: World) -> None:
    case = far(world)
    node(world, case, "勘察", 2)
    remind(world.at)
    assert len(told(world, "dispatcher")) == 1
    assert told(world, "handler") == []
    world.go(case, "retime", due=world.at + timedelta(days=1))
    remind(world.at)
    note = Notification.objects.get(person=world.person("dispatcher"), step=None, key__startswith="T-")
    assert "还剩 1 天" in note.text


def test_reminders_of_nodes_are_told_in_english(world: World) -> None:
    case = world.case(State.RECTIFYING, level="major")
    node(world, case, "苫盖", 2)
    for days in (0, 4, 4):
        world.wait(days=days)
        remind(world.at)
    notes = Notification.objects.filter(person=world.person("handler"), step=None, key__startswith="N")
    with override("en"):
        said = [english.told(n.text).replace(str(case), "CASE") for n in notes.order_by("pk")]
    assert said[0] == 'CASE, milestone "苫盖": 2 d 10 h left'
    assert said[1].startswith('CASE, milestone "苫盖": overdue by 1 d 14 h; ')
    assert said[2].endswith("the head of the unit is asked to see to it")
