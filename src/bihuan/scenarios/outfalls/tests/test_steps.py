"""The work on an outfall: the one table, who may do what, what is asked for, and what stays of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.registry.changes import Change
from bihuan.registry.log_check import check_log
from bihuan.registry.roles import Role
from bihuan.scenarios.outfalls import guards
from bihuan.scenarios.outfalls.actions import take
from bihuan.scenarios.outfalls.models import Milestone, Outfall, Step
from bihuan.scenarios.outfalls.tests.world import LAT, NOTE, in_days, measured, outfall, step
from bihuan.scenarios.outfalls.transitions import BY_KEY, TABLE, State, as_markdown, leaving
from tests.people import City
from tests.web.world import MINE, NOW

DOC = Path(__file__).resolve().parents[5] / "docs" / "outfalls.md"
TRACE = {"clarity": "clear", "evidence": "site"}
PLAN = {"way": "regulate"}


def test_the_table_stands_in_the_docs() -> None:
    assert as_markdown() in DOC.read_text("utf-8")


def test_no_action_leads_two_ways_and_every_state_is_left_and_reached() -> None:
    assert len(BY_KEY) == len(TABLE)
    assert all(leaving(state) for state in State)
    assert {t.target for t in TABLE} == set(State)


def test_the_whole_way_from_found_to_supervised_but_for_the_inspection(place: City, tmp_path: Path) -> None:
    found = outfall(place, organisation=None)
    measured(tmp_path, ("P1", "2019-01-20", "w01018", 61.0))
    step(found, "check", place, "ranger")
    step(found, "monitor", place, "ranger", sampling="sampled")
    unit = str(place.governments[MINE].pk)
    step(found, "trace", place, "verifier", **TRACE, unit=unit)
    step(
        found,
        "plan",
        place,
        "dispatcher",
        **PLAN,
        due=in_days(30),
        milestones=f"{in_days(5)} 截污\n{in_days(20)} 立标志牌",
    )
    found.refresh_from_db()
    assert (found.stage, found.organisation, found.clarity, found.evidence) == (
        "planned",
        place.governments[MINE],
        "clear",
        "site",
    )
    assert (found.way, str(found.due)) == ("regulate", in_days(30))
    assert [(m.number, m.task) for m in Milestone.objects.all()] == [(1, "截污"), (2, "立标志牌")]
    assert [s.action for s in found.steps.all()] == ["check", "monitor", "trace", "plan"]
    assert found.steps.get(action="trace").given == {**TRACE, "unit": unit}
    assert Change.objects.filter(kind="outfalls.outfall", after__has_key="organisation").exists()
    assert check_log() == []


@pytest.mark.parametrize("role", Role.values)
def test_each_step_is_for_the_roles_of_the_table_and_for_their_county(place: City, role: str) -> None:
    for n, transition in enumerate(t for t in TABLE if t.source is not None):
        found = outfall(place, f"Q{n}", stage=transition.source)
        with pytest.raises(IllegalMove) as refused:
            take(found, transition.action, place.person(role), {})
        assert ("由" not in str(refused.value)) is (role in transition.roles), transition
        with pytest.raises(IllegalMove, match="由"):
            take(found, transition.action, place.person(role, "140322"), NOTE)
    assert not Step.objects.exists()


def test_what_is_not_in_the_table_and_what_lacks_a_need_is_refused(place: City) -> None:
    found = outfall(place)
    with pytest.raises(IllegalMove, match="没有这一步"):
        step(found, "accept", place)
    with pytest.raises(IllegalMove, match="请填写说明"):
        take(found, "check", place.person("chief"), {"note": " "})
    assert (found.stage, found.steps.count()) == ("found", 0)


def test_a_sample_needs_values_and_a_dry_outfall_none(place: City) -> None:
    found = outfall(place, stage=State.CHECKED)
    with pytest.raises(IllegalMove, match="没有这个排污口的监测数据"):
        step(found, "monitor", place, sampling="sampled")
    step(found, "monitor", place, sampling="dry")
    assert found.stage == State.MONITORED


def test_who_is_known_is_named_and_who_is_not_stays_unknown(place: City) -> None:
    found = outfall(place, stage=State.MONITORED, organisation=None)
    for clarity in ("clear", "partly"):
        with pytest.raises(IllegalMove, match="责任单位"):
            step(found, "trace", place, clarity=clarity, evidence="papers")
    step(found, "trace", place, clarity="unknown", evidence="papers")
    assert (found.stage, found.organisation, found.clarity) == ("traced", None, "unknown")
    step(found, "trace", place, **TRACE, unit=str(place.governments[MINE].pk))
    assert found.clarity == "clear"


@pytest.mark.parametrize(
    ("due", "milestones", "why"),
    [
        (0, "", "今天之后"),
        (9, "0 截污", "今天之后"),
        (9, "10 截污", "不能晚于"),
        (9, "x 截污", "不是日期"),
        (9, "5", "每行一个"),
    ],
)
def test_a_plan_lies_ahead_and_its_milestones_within_it(
    place: City, due: int, milestones: str, why: str
) -> None:
    found = outfall(place, stage=State.TRACED)
    number, space, task = milestones.partition(" ")
    lines = f"{in_days(int(number))}{space}{task}" if number.isdigit() else milestones
    with pytest.raises(IllegalMove, match=why):
        step(found, "plan", place, **PLAN, due=in_days(due), milestones=lines)
    assert not Step.objects.exists()


def test_what_is_late_is_shown_until_it_is_done_or_planned_anew(client: Client, place: City) -> None:
    found = outfall(place, stage=State.TRACED)
    step(found, "plan", place, **PLAN, due=in_days(30), milestones=f"{in_days(2)} 截污")
    client.force_login(place.person("chief"))

    def late(days: int) -> bool:
        clock.set_replay(NOW + timedelta(days=days), 0)
        return "P1" in client.get(reverse("outfalls:index"), {"flag": "late", "as": "csv"}).content.decode()

    assert [late(2), late(3)] == [False, True]
    step(found, "milestone", place, milestone="1")
    assert [late(3), late(30), late(31)] == [False, False, True]
    with pytest.raises(IllegalMove, match="没有未完成的时间节点"):
        step(found, "milestone", place, milestone="1")
    step(found, "plan", place, **PLAN, due=in_days(60))
    assert not late(31)


def test_who_planned_does_not_accept_and_nothing_is_accepted_unseen(place: City) -> None:
    found = outfall(place, stage=State.TRACED)
    step(found, "plan", place, **PLAN, due=in_days(30))
    with pytest.raises(IllegalMove, match="现场检查"):
        step(found, "accept", place, "verifier", companion="李某")
    Step.objects.create(
        outfall=found, seq=9, action="plan", label="x", source="planned", target="planned", by=place.person("verifier"), at=NOW,
        note="x",
    )  # fmt: skip
    with pytest.raises(IllegalMove, match="不能验收"):
        step(found, "reject", place, "verifier", companion="李某")


def test_one_of_two_is_merged_with_a_reference_and_can_come_back(client: Client, place: City) -> None:
    kept, gone = outfall(place, "P1"), outfall(place, "P2", lat=LAT + 0.0001)
    with pytest.raises(IllegalMove, match="自己"):
        step(gone, "merge", place, other="P2")
    step(gone, "merge", place, other="P1")
    assert (gone.stage, gone.duplicate_of, str(gone.until)) == ("duplicate", kept, in_days(0))
    with pytest.raises(IllegalMove, match="不在用"):
        step(kept, "merge", place, other="P2")
    client.force_login(place.person("chief"))
    assert "已并入本排污口" in client.get(reverse("outfalls:outfall", args=["P1"])).content.decode()
    with pytest.raises(IllegalMove, match="由负责人"):
        step(gone, "restore", place, "dispatcher")
    step(gone, "restore", place)
    assert (gone.stage, gone.duplicate_of, gone.until) == ("found", None, None)


def test_a_step_of_somebody_quicker_is_not_overwritten(place: City) -> None:
    found = outfall(place)
    old = Outfall.objects.get()
    step(found, "check", place)
    with pytest.raises(ChangedMeanwhile):
        step(old, "dismiss", place)
    assert [s.action for s in found.steps.all()] == ["check"]


def test_a_step_is_written_once_and_the_log_knows_it(place: City) -> None:
    found = outfall(place)
    made = step(found, "check", place)
    with pytest.raises(TypeError):
        made.save()
    guards.create(connection)
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.filter(pk=made.pk).update(note="别的")
    guards.drop(connection)
    Step.objects.filter(pk=made.pk).update(note="别的")
    assert check_log() != []


def test_a_page_offers_what_the_person_may_do_and_does_it(client: Client, place: City) -> None:
    outfall(place)
    client.force_login(place.person("ranger"))
    page = reverse("outfalls:outfall", args=["P1"])
    shown = client.get(page).content.decode()
    assert reverse("outfalls:step", args=["P1", "check"]) in shown
    assert reverse("outfalls:step", args=["P1", "dismiss"]) not in shown
    client.post(reverse("outfalls:step", args=["P1", "check"]), {"note": "两级排查完成"})
    assert "两级排查完成" in client.get(page).content.decode()
    client.post(reverse("outfalls:step", args=["P1", "dismiss"]), NOTE)
    assert Outfall.objects.get().stage == State.CHECKED
