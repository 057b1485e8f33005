"""A case of a sensor closes on evidence, a relapse reopens it with the proof: worked episodes, walks, and what does not count."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.cases import alarm_rules, closing, relapses
from bihuan.cases.actions import case_for, moves, take
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding, Notification, Step
from bihuan.cases.statistics import ALL, ledger
from bihuan.cases.transitions import CLOSINGS, TABLE, Need, State
from bihuan.domain.alarm_rules import Rule, Window
from tests.cases.rows import HOUR
from tests.cases.sensor import KEY, Sensor, ran
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE

DAY = timedelta(days=1)


def passed(world: World) -> Case:
    """A case of the sensor, verified ten hours and more after the check showed the problem last (at 14:00)."""
    return world.sensed(State.PASSED)


def normal(world: World, sensor: Sensor, hours: float = 24) -> datetime:
    """So many normal hours from now on, at the end of which the check ran."""
    sensor.measure(world.at, hours)
    at = world.wait(hours=hours)
    ran(at)
    return at


def closed(world: World, sensor: Sensor) -> Case:
    """A case that was closed on evidence."""
    case = passed(world)
    normal(world, sensor)
    world.go(case, "close")
    return case


def again(world: World, **changes: Any) -> Finding:
    """The check shows the problem for the hour before now."""
    return world.facet("over", check_key=KEY, **changes)


def refusal(world: World, case: Case, action: str = "close", role: str = "dispatcher") -> str:
    """Why the step is refused; the page says the same."""
    with pytest.raises(IllegalMove) as refused:
        world.go(case, action, world.whoever(role))
    offered = {m.transition.action: m.why_not for m in moves(case, world.whoever(role))}
    assert offered[action] == str(refused.value)
    return str(refused.value)


def test_closing_is_refused_with_the_hour_and_goes_through_when_it_has_come(
    world: World, sensor: Sensor
) -> None:
    case = passed(world)
    assert refusal(world, case) == "规则没有成功运行的记录，不能证明已恢复正常"
    normal(world, sensor, 5)
    assert (
        refusal(world, case)
        == "已恢复 5 小时，需 24 小时，最早 1月14日 02:00 可销号；其间 12 小时没有有效数据，不计"
    )
    assert case.state == Case.objects.get().state == State.PASSED
    normal(world, sensor, 19)
    step = world.go(case, "close")
    (kept,) = step.data[closing.PROOF]
    assert (kept["check"], kept["target"], kept["item"], kept["proven"]) == (KEY, "P1", "nox", True)
    assert (kept["normal_hours"], kept["needed_hours"], kept["unmeasured_hours"]) == (24, 24, 12)
    assert kept["normal_until"] == "2019-01-13T18:00:00+00:00"
    assert verify_chains().broken == []


def test_the_proof_is_covered_by_the_chain(world: World, sensor: Sensor) -> None:
    case = closed(world, sensor)
    step = case.steps.get(action="close")
    step.data[closing.PROOF][0]["normal_hours"] = 48
    Step.objects.filter(pk=step.pk).update(data=step.data)
    assert {(b.case, b.step) for b in verify_chains().broken} == {(case.number, step.seq)}


def test_what_no_sensor_shows_closes_on_verification_alone(world: World) -> None:
    case = world.case(State.PASSED)
    assert closing.recoveries(case, world.at) == []
    assert closing.PROOF not in world.go(case, "close").data


def test_every_way_into_verified_asks_for_photos_or_documents_after_the_hand_over() -> None:
    moving = [t for t in TABLE if t.source is not t.target]
    (leads,) = {t.source for t in moving if t.target is State.PASSED}
    (applies,) = [t for t in moving if t.target is leads]
    assert (applies.action, Need.PHOTO in applies.needs) == ("apply_close", True)
    by_below = State.LISTED  # a list, which waits for the cases below it (test_trees)
    assert {t.source for t in TABLE if t.action in CLOSINGS} - {by_below} == {State.PASSED}


def no_data(world: World, sensor: Sensor) -> None:
    ran(world.wait(hours=24))


def our_outage(world: World, sensor: Sensor) -> None:
    sensor.measure(world.at, 24)
    world.wait(hours=24)


def failing_checks(world: World, sensor: Sensor) -> None:
    for _ in range(24):
        sensor.measure(world.at, 1)
        ran(world.wait(hours=1), error="KeyError")


def skipped_checks(world: World, sensor: Sensor) -> None:
    sensor.measure(world.at, 24)
    ran(world.wait(hours=24), skipped="回放已退回到此前的时刻")


def another_check(world: World, sensor: Sensor) -> None:
    sensor.measure(world.at, 24)
    ran(world.wait(hours=24), key="test.other")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (no_data, "没有数据不等于恢复正常"),
        (our_outage, "没有成功运行的记录"),
        (failing_checks, "没有成功运行的记录"),
        (skipped_checks, "没有成功运行的记录"),
        (another_check, "没有成功运行的记录"),
    ],
)
def test_what_is_no_evidence_does_not_close(
    world: World, sensor: Sensor, how: Callable[[World, Sensor], None], why: str
) -> None:
    case = passed(world)
    how(world, sensor)
    assert why in refusal(world, case)
    ran(world.at)
    if how is not no_data:  # a run that went well has looked at all of it
        assert world.go(case, "close").to_state == State.CLOSED


def test_silenced_hours_are_no_proof(world: World, sensor: Sensor) -> None:
    case = passed(world)
    window = Window("all", "", world.at, world.at + 10 * HOUR, "检修")
    alarm_rules.change(world.person("chief", CITY_CODE), KEY, Rule(windows=(window,)), "检修", known={})
    normal(world, sensor)
    assert refusal(world, case).startswith("已恢复 14 小时，需 24 小时")


def test_runs_outside_of_the_hours_of_duty_are_no_proof(world: World, sensor: Sensor) -> None:
    case = passed(world)  # 0:00 in China
    alarm_rules.change(world.person("chief", CITY_CODE), KEY, Rule(duty=(8, 18)), "夜间不报", known={})
    normal(world, sensor)
    assert "没有成功运行的记录" in refusal(world, case)
    normal(world, sensor, 9)
    assert world.go(case, "close").to_state == State.CLOSED


def test_every_problem_that_the_case_deals_with_must_be_over(world: World, sensor: Sensor) -> None:
    case = passed(world)
    Finding.objects.filter(pk=again(world, item="so2").pk).update(
        follows=case.findings.get(), status=Finding.Status.HANDED
    )
    normal(world, sensor, 23)
    both = refusal(world, case)
    assert "测试厂 over：已恢复 23 小时" in both
    normal(world, sensor, 1)
    assert len(world.go(case, "close").data[closing.PROOF]) == 2


def test_a_finding_after_the_verification_sets_the_hours_back(world: World, sensor: Sensor) -> None:
    case = passed(world)
    normal(world, sensor, 20)
    assert again(world) == case.findings.get()  # the case is open: it takes it in
    normal(world, sensor, 4)
    assert refusal(world, case).startswith("已恢复 4 小时")


def test_a_chief_closes_without_proof_with_a_reason_and_that_is_counted_apart(
    world: World, sensor: Sensor
) -> None:
    case = passed(world)
    assert "由负责人办理" in refusal(world, case, "close_unproven")
    ran(world.wait(hours=30))
    chief = world.whoever("chief")
    with pytest.raises(IllegalMove, match="说明"):
        take(case, "close_unproven", chief)
    step = take(case, "close_unproven", chief, note="生产线已拆除，监测设备停运")
    assert step.data[closing.PROOF][0]["proven"] is False
    counted = ledger(Case.objects.all(), world.at)["合计"]
    assert (counted.closed, counted.unproven) == (1, 1)
    assert verify_chains().broken == []


def test_nobody_closes_what_the_check_still_shows_or_approves_what_is_proven(
    world: World, sensor: Sensor
) -> None:
    case = passed(world)
    world.facet("over", check_key=KEY)
    ran(world.wait(hours=1))
    assert "尚未恢复" in refusal(world, case, "close_unproven", "chief")
    assert world.go(case, "resume").to_state == State.RECTIFYING
    for action in ("apply_close", "pass"):
        world.go(case, action)
    normal(world, sensor)
    assert "请直接销号" in refusal(world, case, "close_unproven", "chief")


def test_a_relapse_reopens_the_case_by_itself_with_the_proof(world: World, sensor: Sensor) -> None:
    case = closed(world, sensor)
    world.wait(days=10)
    found = again(world)
    assert found.status == Finding.Status.NEW
    assert relapses.reopen(world.at).cases == 1
    case, was = Case.objects.get(), case.number
    step = case.steps.latest("seq")
    assert (case.number, case.state, case.reopened, case.closed_at) == (was, State.DISPATCHED, 1, None)
    assert (step.action, step.actor, step.who, step.post, step.by_unit) == (
        "relapse",
        None,
        "平台",
        "自动办理",
        False,
    )
    assert step.note == "2019-01-14 02:00 销号后，同一规则再次报出：测试厂 over（2019-01-24 01:00 起）"
    assert [f["id"] for f in step.data["findings"]] == [found.pk]
    assert case.due is not None
    assert case.due > world.at
    found.refresh_from_db()
    assert (found.status, found.decided_by) == (Finding.Status.HANDED, None)
    assert set(case.findings.all()) >= {found}
    told = set(Notification.objects.filter(step=step).values_list("person__username", flat=True))
    assert {"handler_140321", "dispatcher_140321", "dispatcher_140300", "verifier_140300"} <= told
    assert verify_chains().broken == []


def test_a_relapse_reopens_once_whoever_asks_how_often(world: World, sensor: Sensor) -> None:
    case = closed(world, sensor)
    world.wait(days=1)
    again(world)
    again(world, item="so2")  # no problem of this case
    assert [relapses.reopen(world.at).cases for _ in range(3)] == [1, 0, 0]
    world.wait(hours=1)
    again(world)
    assert relapses.reopen(world.at).cases == 0
    assert Case.objects.get(pk=case.pk).reopened == 1
    assert Finding.objects.filter(status=Finding.Status.NEW).get().item == "so2"


def test_a_person_who_reopens_first_is_not_reopened_upon(
    world: World, sensor: Sensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look of the machine and its step a person takes the same case up."""
    case = closed(world, sensor)
    world.wait(hours=3)
    found = again(world)
    real = relapses.step_changes.of

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(relapses.step_changes, "of", real)
        world.go(Case.objects.get(pk=case.pk), "reopen")
        return real(*given)

    monkeypatch.setattr(relapses.step_changes, "of", meanwhile)
    assert relapses.reopen(world.at).cases == 0
    found.refresh_from_db()
    assert found.status == Finding.Status.NEW
    world.wait(hours=1)
    assert again(world) in case.findings.all()  # the next round puts it into the finding of the open case
    found.refresh_from_db()
    assert found.status == Finding.Status.MERGED
    stored = Case.objects.get(pk=case.pk)
    assert (stored.reopened, stored.steps.latest("seq").action) == (1, "reopen")
    assert verify_chains().broken == []


@pytest.mark.parametrize(("days", "reopened"), [(29.9, 1), (30.1, 0)])
def test_after_the_watch_period_it_is_a_new_finding_that_knows_the_earlier_case(
    world: World, sensor: Sensor, days: float, reopened: int
) -> None:
    case = closed(world, sensor)
    assert case.closed_at is not None
    world.wait(days=days)
    found = again(world, start=world.at - timedelta(minutes=1))
    assert relapses.reopen(world.at).cases == reopened
    found.refresh_from_db()
    if not reopened:
        assert found.status == Finding.Status.NEW
        assert relapses.closed_before([found])[relapses.key_of(found)].case == case.pk


def test_what_came_late_about_the_time_before_closing_is_no_relapse(world: World, sensor: Sensor) -> None:
    case = closed(world, sensor)
    world.wait(hours=2)
    again(world, start=world.at - 30 * HOUR, until=world.at - 20 * HOUR)
    assert relapses.reopen(world.at).cases == 0
    assert Case.objects.get(pk=case.pk).state == State.CLOSED


def test_a_relapse_during_a_recheck_reopens_too(world: World, sensor: Sensor) -> None:
    case = closed(world, sensor)
    world.go(case, "recheck")
    world.wait(hours=1)
    again(world)
    assert relapses.reopen(world.at).cases == 1
    assert Case.objects.get(pk=case.pk).state == State.DISPATCHED


def test_where_the_deadline_would_be_a_guess_nothing_is_reopened_and_the_round_says_why(
    world: World, sensor: Sensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = closed(world, sensor)
    world.wait(hours=1)
    found = again(world)

    def unknown(*_: Any) -> Any:
        raise IllegalMove("2031 年的工作日未知")

    monkeypatch.setattr(relapses.step_changes, "of", unknown)
    done = relapses.reopen(world.at)
    assert (done.cases, done.troubles) == (0, (f"{case.number} 2031 年的工作日未知",))
    found.refresh_from_db()
    assert found.status == Finding.Status.NEW
    assert Case.objects.get(pk=case.pk).state == State.CLOSED


def test_nobody_takes_the_step_of_the_machine(world: World, sensor: Sensor) -> None:
    case = closed(world, sensor)
    for role in ("dispatcher", "chief", "verifier"):
        with pytest.raises(IllegalMove, match="监测反弹由平台自动办理"):
            take(case, "relapse", world.whoever(role))
        assert "relapse" not in {m.transition.action for m in moves(case, world.whoever(role))}


def test_a_round_costs_the_same_queries_for_one_closed_case_and_for_many(
    world: World, sensor: Sensor
) -> None:
    def looked() -> int:
        again(world, target="P9")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert relapses.reopen(world.at).cases == 0
        return len(asked)

    closed(world, sensor)
    one = looked()
    for n in range(2, 5):
        case = world.sensed(State.PASSED, target=f"P{n}", start=world.at - HOUR, until=world.at)
        normal(world, sensor)
        world.go(case, "close")
    assert looked() == one <= 3


def test_said_done_verified_closed_and_relapsed_are_counted_apart_as_of_any_moment(
    world: World, sensor: Sensor
) -> None:
    case = world.sensed(State.VERIFYING)
    moments = [world.at]
    world.wait(hours=1)
    world.go(case, "pass")
    moments.append(world.at)
    normal(world, sensor)
    world.go(case, "close")
    moments.append(world.at)
    world.wait(days=1)
    again(world)
    relapses.reopen(world.at)
    moments.append(world.at)
    names = ("awaiting_verification", "verified", "closed", "reopened", "relapsed", "rebounds")
    counted = [ledger(Case.objects.all(), at)[ALL] for at in moments]
    assert [tuple(int(getattr(s, n)) for n in names) for s in counted] == [
        (1, 0, 0, 0, 0, 0), (0, 1, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0), (0, 0, 0, 1, 1, 1),
    ]  # fmt: skip
    assert counted[-1].rates["反弹率"] == 1.0


doing = st.lists(
    st.tuples(st.sampled_from(["measure", "silent", "found", "run", "close", "look", "again"]), st.integers(1, 40)),
    max_size=14,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doing)
def test_whatever_happens_a_closing_has_its_hours_and_the_chain_holds(
    world: World, sensor: Sensor, done: list[tuple[str, int]]
) -> None:
    world.at = datetime(2019, 1, 12, 6, tzinfo=UTC)
    world.wait()
    sensor.hours.clear()
    case = world.sensed(State.PASSED, target=f"P{Case.objects.count()}")
    target = case.findings.get().target
    for what, hours in done:
        case.refresh_from_db()
        if what == "measure":
            sensor.measure(world.at, hours)
        if what in ("measure", "silent", "run"):
            world.wait(hours=hours)
            if what != "silent":
                ran(world.at)
        elif what == "found":
            again(world, target=target)
        elif what == "look":
            relapses.reopen(world.at)
        elif what == "again" and case.state == State.DISPATCHED:
            for action in ("sign", "plan", "apply_close", "pass"):
                world.go(case, action)
        elif what == "close":
            try_to_close(world, sensor, case, target)
    stored = case_for(world.whoever("dispatcher"), case.number)
    assert stored.reopened == stored.steps.filter(action="relapse").count()
    assert verify_chains().broken == []


def try_to_close(world: World, sensor: Sensor, case: Case, target: str) -> None:
    """It is closed only when a whole day of measured hours lies behind the last finding."""
    shown = max(f.until for f in Finding.objects.filter(target=target).exclude(status="merged"))
    hours = [h for h in sensor.hours if h >= shown and h + HOUR <= world.at]
    try:
        world.go(case, "close")
    except IllegalMove:
        return
    assert len(hours) >= 24


def test_the_county_sees_what_its_case_lacks(world: World, sensor: Sensor) -> None:
    """The live line is the same for everybody who sees the case."""
    case = passed(world)
    normal(world, sensor, 6)
    (found,) = closing.recoveries(case, world.at)
    assert (found.hours, found.needed, found.name) == (6, 24, "测试厂 over")
    assert case.region_id == COUNTY
