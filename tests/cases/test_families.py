"""Cases that are merged, split off again and split in two: both histories name each other, and nothing is counted twice."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.cases.actions import moves, open_case, take
from bihuan.cases.chain import verify_chains
from bihuan.cases.closing import recoveries
from bihuan.cases.errors import IllegalMove
from bihuan.cases.histories import histories
from bihuan.cases.incidents import IN_OPEN_CASE
from bihuan.cases.models import Case, Finding, Notification
from bihuan.cases.relapses import closed_before, reopen
from bihuan.cases.statistics import ALL, ledger
from bihuan.cases.transitions import TOGETHER, State
from tests.cases.sensor import KEY, Sensor, ran
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE


def found_case(world: World, target: str, state: State = State.DISPATCHED, **changes: Any) -> Case:
    """A case of one finding."""
    case = open_case([world.finding(target=target, **changes)], world.person("dispatcher"))
    for action in {State.PENDING: ("submit",), State.DISPATCHED: ("submit", "dispatch")}[state]:
        world.go(case, action)
    return case


def merge(world: World, case: Case, leading: Case, **given: Any) -> None:
    take(case, "merge", world.person("dispatcher"), leading=leading, note="同一料场", **given)
    for each in (case, leading):
        each.refresh_from_db()


def split_off(world: World, case: Case) -> None:
    take(case, "split_off", world.person("dispatcher"), note="不是一处")


def counted(world: World) -> int:
    return ledger(Case.objects.all(), world.at)[ALL].registered


def test_a_merged_case_ends_and_its_findings_go_along_and_both_histories_name_the_other(world: World) -> None:
    leading, case = found_case(world, "S1"), found_case(world, "S2")
    merge(world, case, leading)
    assert (case.state, case.leading) == (State.MERGED, leading)
    assert leading.state == State.DISPATCHED
    assert {f.target for f in leading.findings.all()} == {"S1", "S2"}
    assert {f.target for f in case.findings.all()} == {"S2"}
    there, here = leading.steps.last(), case.steps.last()
    assert there is not None
    assert here is not None
    assert (there.action, there.data["merged"], there.note) == ("absorb", case.number, "同一料场")
    assert (here.action, here.data["leading"]) == ("merge", leading.number)
    assert verify_chains().broken == []


def test_merged_cases_count_once_and_again_each_after_they_are_split_off(world: World) -> None:
    leading, case = found_case(world, "S1"), found_case(world, "S2")
    assert counted(world) == 2
    merge(world, case, leading)
    assert counted(world) == 1
    split_off(world, case)
    assert counted(world) == 2
    leading.refresh_from_db()
    assert (case.state, case.leading) == (State.PENDING, None)
    assert [f.target for f in leading.findings.all()] == ["S1"]
    assert [s.action for s in leading.steps.all()][-2:] == ["absorb", "release"]
    assert verify_chains().broken == []
    world.go(case, "dispatch")
    assert case.state == State.DISPATCHED


def test_the_leading_case_takes_over_what_is_stricter(world: World) -> None:
    case = found_case(world, "S2", severity="major")
    Case.objects.filter(pk=case.pk).update(listed_by="province", immediate=True, returns=2)
    case.refresh_from_db()
    world.wait(days=2)
    leading = found_case(world, "S1", severity="minor")
    merge(world, case, leading)
    assert (leading.level, leading.listed_by, leading.immediate) == ("major", "province", True)
    assert case.due is not None
    assert leading.due == leading.original_due == min(leading.due, case.due)
    with pytest.raises(IllegalMove, match="已退回 2 次"):
        world.go(leading, "return")


def test_a_merge_is_refused_where_it_cannot_be_and_nothing_is_changed(world: World) -> None:
    case = found_case(world, "S1")
    verifying = world.case(State.VERIFYING)
    simulated = found_case(world, "S2", simulated=True)
    elsewhere = found_case(world, "S3")
    Case.objects.filter(pk=elsewhere.pk).update(region=world.city.regions["140302"])
    elsewhere = Case.objects.get(pk=elsewhere.pk)
    for leading, why in (
        (case, "另一个问题"), (None, "主办问题"), (verifying, "现在是“待核查”"), (simulated, "模拟"), (elsewhere, "不覆盖"),
    ):  # fmt: skip
        with pytest.raises(IllegalMove, match=why):
            merge(world, case, leading)  # type: ignore[arg-type]
    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    assert not case.steps.filter(action="merge").exists()


def test_a_case_is_not_split_off_once_the_leading_one_has_gone_on(world: World) -> None:
    leading, case, third = (found_case(world, f"S{n}") for n in (1, 2, 3))
    merge(world, case, leading)
    merge(world, leading, third)
    assert third.findings.count() == 3
    with pytest.raises(IllegalMove, match="现在是“已并案”"):
        split_off(world, case)
    split_off(world, leading)
    assert [f.target for f in third.findings.all()] == ["S3"]
    split_off(world, Case.objects.get(pk=case.pk))
    assert verify_chains().broken == []


def test_chosen_findings_go_into_a_new_case_that_names_where_it_came_from(world: World) -> None:
    case = world.of_findings(State.RECTIFYING)
    first, second = case.findings.order_by("pk")
    world.go(case, "split", findings=[second])
    new = Case.objects.get(origin=case)
    assert new.state == State.PENDING
    assert (new.source, new.region_id, list(new.findings.all())) == (case.source, COUNTY, [second])
    assert list(case.findings.all()) == [first]
    opened, last = new.steps.first(), case.steps.last()
    assert opened is not None
    assert last is not None
    assert (opened.data["origin"], last.data["split"]) == (case.number, new.number)
    assert case.state == State.RECTIFYING
    assert verify_chains().broken == []


def test_a_split_leaves_a_finding_and_takes_none_that_was_merged_in(world: World) -> None:
    leading, case = found_case(world, "S1"), found_case(world, "S2")
    merge(world, case, leading)
    merged_in = case.findings.get()
    stranger = world.finding(target="S9")
    for chosen in ([], list(leading.findings.all()), [stranger]):
        with pytest.raises(IllegalMove, match=r"原问题至少留一条|需要填写"):
            world.go(leading, "split", findings=chosen)
    with pytest.raises(IllegalMove, match=f"请将 {case.number} 拆回"):
        world.go(leading, "split", findings=[merged_in])


def test_an_echo_is_never_taken_alone(world: World) -> None:
    case = found_case(world, "S1")
    offered = {m.transition.action for m in moves(case, world.person("dispatcher"))}
    assert {"absorb", "release"}.isdisjoint(offered)
    with pytest.raises(IllegalMove, match="随另一问题的办理记入"):
        take(case, "absorb", world.person("dispatcher"))


def test_the_sensor_of_a_merged_case_holds_the_leading_one_open_and_a_relapse_reopens_that(
    world: World, sensor: Sensor
) -> None:
    case = world.sensed(State.DISPATCHED)
    leading = world.case(State.DISPATCHED)
    merge(world, case, leading)
    for action in ("sign", "plan", "apply_close", "pass"):
        world.go(leading, action)
    with pytest.raises(IllegalMove):
        world.go(leading, "close")
    assert [r.key[0] for r in recoveries(leading, world.at)] == [KEY]
    sensor.measure(world.at, 30)
    ran(world.wait(hours=30))
    world.go(leading, "close")
    finding = case.findings.get()
    assert [c.case for c in closed_before([finding]).values()] == [leading.pk]
    world.wait(hours=30)
    world.facet("over", check_key=KEY)
    assert reopen(world.at).cases == 1
    leading.refresh_from_db()
    case.refresh_from_db()
    assert (leading.state, case.state) == (State.DISPATCHED, State.MERGED)


def test_a_finding_of_a_merged_case_lies_in_an_open_case_while_the_leading_one_is_open(world: World) -> None:
    leading, case = found_case(world, "S1"), found_case(world, "S2")
    merge(world, case, leading)
    open_ = Finding.objects.filter(IN_OPEN_CASE)
    assert open_.count() == 2
    take(leading, "void", world.person("chief"), note="误报")
    assert open_.count() == 0


def test_the_units_of_both_are_told(world: World) -> None:
    leading, case = found_case(world, "S1"), found_case(world, "S2")
    merge(world, case, leading)
    handler = world.person("handler")
    told = {n.text.split(":")[0] for n in Notification.objects.filter(person=handler, step__isnull=False)}
    assert {f"{case.number} 并案", f"{leading.number} 并入其他问题"} <= told


def test_a_unit_that_has_returned_twice_does_not_return_again_whatever_was_done_with_the_case(
    world: World,
) -> None:
    # returned once, the transfer not accepted once: two; then only the chief decides
    case = world.case(State.RETURNED)
    world.go(case, "offer", organisation=world.city.governments["140322"])
    take(case, "refuse_offer", world.person("handler", "140322"), note="非我职责")
    assert (case.state, case.returns, case.organisation) == (State.PENDING, 2, None)
    for action in ("dispatch", "offer"):
        with pytest.raises(IllegalMove, match="须由负责人裁定"):
            world.go(case, action)
    leading = world.case(State.PENDING)
    merge(world, case, leading)
    split_off(world, case)
    with pytest.raises(IllegalMove, match="须由负责人裁定"):
        world.go(case, "dispatch")
    world.go(case, "offer", world.person("chief"))
    with pytest.raises(IllegalMove, match="不能再退回"):
        world.go(case, "refuse_offer")
    world.go(case, "accept")
    assert case.state == State.SIGNED


def test_a_department_of_the_platform_accepts_what_is_transferred_and_the_clock_starts(world: World) -> None:
    case = world.case(State.PENDING)
    other = world.city.governments["140322"]
    world.go(case, "offer", organisation=other)
    assert (case.organisation, case.due) == (other, None)
    with pytest.raises(IllegalMove, match="只能由承办单位"):
        take(case, "accept", world.person("handler"))
    world.wait(hours=5)
    take(case, "accept", world.person("handler", "140322"))
    assert (case.state, case.dispatched_at, case.signed_at) == (State.SIGNED, world.at, world.at)
    assert case.due is not None
    assert case.due > world.at + timedelta(days=6)
    history = histories(Case.objects.filter(pk=case.pk), world.at)
    assert history["first_dispatch"][0] == history["first_sign"][0] == world.at.timestamp()
    assert verify_chains().broken == []


def test_an_offer_is_taken_back_by_the_office(world: World) -> None:
    case = world.case(State.OFFERED)
    world.go(case, "take_back")
    assert (case.state, case.organisation, case.returns) == (State.PENDING, None, 0)
    assert [s.action for s in case.steps.all()][-2:] == ["offer", "take_back"]


STEPS = (
    "merge",
    "split_off",
    "split",
    "dispatch",
    "sign",
    "plan",
    "return",
    "offer",
    "accept",
    "refuse_offer",
    "void",
)
scripts = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(0, 3)), max_size=14)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scripts)
def test_whatever_is_merged_and_split_every_finding_lies_in_one_case_that_deals_with_it(
    world: World, script: list[tuple[str, int, int]]
) -> None:
    start = Case.objects.count()
    made = [world.of_findings(State.PENDING) if n == 0 else world.case(State.PENDING) for n in range(3)]
    findings = set(made[0].findings.values_list("pk", flat=True))
    chief, handler = world.person("chief", CITY_CODE), world.person("handler")
    for action, one, other in script:
        cases = list(Case.objects.order_by("pk")[start:])
        case, leading = cases[one % len(cases)], cases[other % len(cases)]
        by = handler if action in ("sign", "plan", "return", "accept", "refuse_offer") else chief
        try:
            if action == "merge":
                take(case, action, by, leading=leading, note="一处")
            else:
                world.go(case, action, by)
        except IllegalMove:
            continue
    for pk in findings:
        holding = Case.objects.filter(findings=pk).exclude(state=State.MERGED)
        assert holding.count() == 1
    for case in Case.objects.filter(state=State.MERGED):
        assert case.leading is not None
        assert set(case.findings.all()) <= set(case.leading.findings.all())
    assert Case.objects.filter(leading__isnull=False).exclude(state=State.MERGED).count() == 0
    assert verify_chains().broken == []


def test_the_states_in_which_cases_come_together_are_all_before_the_answer_of_the_unit() -> None:
    assert {State.VERIFYING, State.PASSED, State.EXTENSION, State.RETURNED}.isdisjoint(TOGETHER)
