"""Joint cases and lists: what is below is waited for, the strictest deadline counts everywhere, both chains tell of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.cases import duplicates, photos, relapses, trees
from bihuan.cases.actions import moves, take
from bihuan.cases.chain import verify_chains
from bihuan.cases.duplicates import Alike
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.models import Case, Notification
from bihuan.cases.papers import paper
from bihuan.cases.statistics import ALL, ledger
from bihuan.cases.transitions import CLEARED, GONE, UNFINISHED, State, leaving
from bihuan.cases.turns import todo
from bihuan.registry.models import Organisation
from tests.cases.sensor import KEY, Sensor, ran
from tests.cases.world import COUNTY, WAYS, World
from tests.papers.words import word_lines
from tests.people import CITY_CODE

OTHER, THIRD = "140322", "140302"


def unit(world: World, code: str) -> Organisation:
    return world.city.governments[code]


def fresh(case: Case) -> Case:
    return Case.objects.select_related("region", "organisation").get(pk=case.pk)


def add_unit(world: World, lead: Case, code: str = OTHER, **given: Any) -> Case:
    """A co-unit joins; its case."""
    step = world.go(lead, "add_unit", organisation=unit(world, code), **given)
    return Case.objects.get(number=step.data["child"])


def broken_down(
    world: World, listed: Case, requirement: str = "清理堆场", code: str = OTHER, **given: Any
) -> Case:
    step = world.go(listed, "break_down", organisation=unit(world, code), requirement=requirement, **given)
    return Case.objects.get(number=step.data["child"])


def walk(world: World, case: Case, until: State, code: str = OTHER) -> Case:
    """The unit of a case and its verifier take it on from 已交办."""
    done = fresh(case)
    for action in WAYS[until][2:]:
        mine = action in ("sign", "plan", "apply_close")
        who = (
            world.person("handler", code)
            if mine
            else world.person("verifier" if action == "pass" else "dispatcher", CITY_CODE)
        )
        world.go(done, action, who)
    return done


def listed(world: World, days: int | None = 30, **fields: Any) -> Case:
    """A list that is due in so many days."""
    case = world.case(State.PENDING, title="清单", **fields)
    world.go(case, "list_up", **({"due": world.at + timedelta(days=days)} if days else {}))
    return case


def refused(world: World, case: Case, action: str, why: str, **given: Any) -> None:
    before = (fresh(case).state, fresh(case).version, Case.objects.count())
    with pytest.raises(IllegalMove, match=why):
        world.go(fresh(case), action, **given)
    assert (fresh(case).state, fresh(case).version, Case.objects.count()) == before


def test_a_co_unit_gets_a_case_of_its_own_due_with_the_lead_and_both_chains_say_so(world: World) -> None:
    lead = world.case(State.DISPATCHED, description="露天堆放", level="serious")
    part = add_unit(world, lead, requirement="停止运输")
    assert (part.parent, part.tie, part.state, part.organisation) == (
        lead,
        "joint",
        "dispatched",
        unit(world, OTHER),
    )
    assert (part.due, part.level, part.description, part.requirement) == (
        lead.due,
        "serious",
        "露天堆放",
        "停止运输",
    )
    opened, last = part.steps.first(), fresh(lead).steps.last()
    assert opened is not None
    assert last is not None
    assert (opened.data["parent"], last.data["child"], last.data["unit"]) == (
        lead.number,
        part.number,
        "盂县人民政府",
    )
    world.go(part, "sign", world.person("handler", OTHER))
    assert (part.state, fresh(lead).state) == (State.SIGNED, State.DISPATCHED)
    assert verify_chains().broken == []


def test_co_units_are_named_at_the_hand_over_at_once_and_each_is_told(world: World) -> None:
    lead = world.case(State.PENDING)
    world.go(lead, "dispatch", units=[unit(world, OTHER), unit(world, THIRD)])
    assert [c.organisation_id for c in trees.joint(lead)] == [
        unit(world, c).pk for c in (COUNTY, OTHER, THIRD)
    ]
    assert lead.parts == 2
    told = Notification.objects.filter(person=world.person("handler", THIRD), step__action="dispatch")
    assert told.count() == 1
    assert verify_chains().broken == []


@pytest.mark.parametrize(
    ("units", "why"),
    [((COUNTY,), "是牵头单位"), ((OTHER, OTHER), "选了两次")],
)
def test_co_units_that_cannot_be_are_refused_and_nothing_is_handed_over(
    world: World, units: tuple[str, ...], why: str
) -> None:
    case = world.case(State.PENDING)
    refused(world, case, "dispatch", why, units=[unit(world, code) for code in units])


def test_a_unit_joins_once_and_the_lead_never_a_second_time(world: World) -> None:
    lead = world.case(State.DISPATCHED)
    part = add_unit(world, lead)
    refused(world, lead, "add_unit", "已在 .* 参加联合办理", organisation=unit(world, OTHER))
    refused(world, lead, "add_unit", "是牵头单位", organisation=unit(world, COUNTY))
    world.go(part, "return", world.person("handler", OTHER))
    refused(world, part, "redispatch", "已在 .* 参加联合办理", organisation=unit(world, COUNTY))
    take(fresh(part), "void", world.person("chief"), note="无关")
    assert add_unit(world, fresh(lead)).organisation == unit(world, OTHER)


def test_the_lead_waits_for_the_co_units_and_the_refusal_names_them(world: World) -> None:
    lead = world.case(State.RECTIFYING)
    part = add_unit(world, lead)
    refused(world, lead, "apply_close", f"1 个下级问题未完成：{part.number}（盂县人民政府 已交办）")
    part = walk(world, part, State.PASSED)
    for action in ("apply_close", "pass"):
        world.go(lead, action)
    assert lead not in todo(world.person("dispatcher"))
    refused(world, lead, "close", f"{part.number}（盂县人民政府 核查通过）")
    world.go(part, "close")
    world.go(lead, "close")
    assert lead.state == State.CLOSED


def test_a_lead_does_not_end_otherwise_while_a_case_below_is_open(world: World) -> None:
    lead = world.case(State.DISPATCHED)
    add_unit(world, lead)
    refused(world, lead, "merge", "请先将下级问题移出", leading=world.case(State.DISPATCHED))
    refused(world, lead, "void", "1 个下级问题未完成", by=world.person("chief"))
    world.go(lead, "return")
    refused(world, lead, "transfer", "1 个下级问题未完成")


@pytest.mark.parametrize(
    ("state", "blocks"),
    [
        (State.VOID, False),
        (State.NOT_FILED, False),
        (State.TRANSFERRED, True),
        (State.PENDING, True),
        (State.CLOSED, False),
    ],
)
def test_what_counts_as_done_below_a_list(world: World, state: State, blocks: bool) -> None:
    above = listed(world)
    world.child(State.CLOSED, above)
    case = world.child(State.PENDING, fresh(above))
    steps = {
        State.VOID: ("void",),
        State.NOT_FILED: ("decline",),
        State.TRANSFERRED: ("transfer",),
        State.PENDING: (),
    }
    for action in steps.get(state, WAYS[state][1:]):
        world.go(case, action)
    if blocks:
        refused(world, above, "strike", case.number)
        world.go(case, "detach")
    world.go(fresh(above), "strike")
    assert fresh(above).state == State.CLOSED
    assert verify_chains().broken == []


def test_a_list_with_nothing_done_below_is_not_struck_off(world: World) -> None:
    above = listed(world)
    refused(world, above, "strike", "还没有已销号")
    case = world.child(State.PENDING, above)
    world.go(case, "void")
    refused(world, above, "strike", "还没有已销号")


def test_a_list_of_what_a_sensor_shows_is_struck_off_on_its_evidence(world: World, sensor: Sensor) -> None:
    above = world.sensed(State.LISTED)
    world.child(State.CLOSED, above)
    refused(world, above, "strike", "不能证明已恢复正常")
    sensor.measure(world.at, 30)
    ran(world.wait(hours=30))
    world.go(fresh(above), "strike")
    assert fresh(above).state == State.CLOSED


def test_what_comes_back_below_opens_all_above_again_and_is_counted(world: World) -> None:
    top = listed(world)
    county = world.child(State.RECTIFYING, top)
    part = walk(world, add_unit(world, county), State.CLOSED)
    for action in ("apply_close", "pass", "close"):
        world.go(county, action)
    world.go(fresh(top), "strike")
    world.wait(days=3)
    take(fresh(part), "reopen", world.person("dispatcher", CITY_CODE), note="又堆起来了")
    assert (fresh(county).state, fresh(county).reopened) == (State.DISPATCHED, 1)
    assert (fresh(top).state, fresh(top).reopened, fresh(top).closed_at) == (State.LISTED, 1, None)
    step = fresh(county).steps.last()
    assert step is not None
    assert (step.action, step.actor, step.data["child"]) == ("follow", None, part.number)
    assert ledger(Case.objects.filter(pk=county.pk), world.at)[ALL].rebounds == 1
    assert verify_chains().broken == []


def test_a_relapse_that_the_platform_finds_below_opens_the_list_again(world: World, sensor: Sensor) -> None:
    above = listed(world)
    case = world.sensed(State.PENDING)
    world.go(case, "attach", parent=above)
    for action in ("dispatch", "sign", "plan", "apply_close", "pass"):
        world.go(case, action)
    sensor.measure(world.at, 30)
    ran(world.wait(hours=30))
    world.go(fresh(case), "close")
    world.go(fresh(above), "strike")
    world.wait(hours=30)
    world.facet("over", check_key=KEY)
    assert relapses.reopen(world.at).cases == 1
    assert (fresh(case).state, fresh(above).state) == (State.DISPATCHED, State.LISTED)
    assert verify_chains().broken == []


def test_the_strictest_deadline_above_counts_at_the_hand_over_and_the_step_says_whose(world: World) -> None:
    above = listed(world, 3)
    case = world.child(State.PENDING, above, level="moderate")
    world.go(case, "dispatch", due=world.at + timedelta(days=20))
    step = case.steps.last()
    assert step is not None
    assert case.due == case.original_due == above.due
    assert (step.data["due_from"], case.term_days) == (above.number, 3)


def test_an_attached_case_takes_over_what_is_stricter_above_with_all_below_it(world: World) -> None:
    lead = world.case(State.DISPATCHED, level="minor")
    part = add_unit(world, lead)
    above = world.case(State.PENDING, title="央督", level="major")
    world.go(above, "list_up", listed_by="centre", due=world.at + timedelta(days=2))
    world.go(fresh(lead), "attach", parent=above)
    for case in (fresh(lead), fresh(part)):
        assert (case.level, case.listed_by, case.due) == ("major", "centre", above.due)
    last = fresh(part).steps.last()
    assert last is not None
    assert (last.action, last.data["due_from"], last.actor) == ("tighten", above.number, None)
    assert verify_chains().broken == []


def test_a_list_that_is_due_sooner_hurries_all_below_and_one_that_is_due_later_nobody(world: World) -> None:
    above = listed(world, 5)
    case = broken_down(world, above)
    world.go(above, "retime", due=world.at + timedelta(days=2))
    assert fresh(case).due == above.due
    world.go(above, "retime", due=world.at + timedelta(days=9))
    assert fresh(case).due == world.at + timedelta(days=2)
    assert above.original_due == world.at + timedelta(days=2)


def test_an_extension_ends_at_the_deadline_above(world: World) -> None:
    above = listed(world, 9)
    case = world.child(State.RECTIFYING, above)  # seven days by rule
    world.go(case, "detach")
    world.go(case, "attach", parent=fresh(above))
    refused(world, case, "ask_extension", f"不能晚于上级问题 {above.number} 的期限", days=3)
    world.go(case, "ask_extension", days=1)
    world.go(case, "grant")
    assert case.due is not None
    assert above.due is not None
    assert case.due <= above.due


def test_a_clock_that_stood_does_not_carry_a_case_beyond_the_deadline_above(world: World) -> None:
    above = listed(world, 8)
    case = world.child(State.VERIFYING, above)
    world.wait(days=5)
    world.go(case, "fail")
    assert case.due == above.due


def test_a_deadline_that_has_passed_is_not_handed_down(world: World) -> None:
    above = listed(world, 2)
    world.wait(days=4)
    case = broken_down(world, above)
    assert case.due is not None
    assert case.due > world.at
    assert fresh(above).is_overdue(world.at)


def test_who_cannot_stand_above_is_refused_with_what_to_do(world: World) -> None:
    case = world.case(State.DISPATCHED)
    part = add_unit(world, case)
    pending, simulated = world.case(State.PENDING), world.case(State.PENDING, simulated=True)
    world.go(simulated, "list_up")
    elsewhere = listed(world)
    Case.objects.filter(pk=elsewhere.pk).update(region=THIRD)
    city = listed(world)
    Case.objects.filter(pk=city.pk).update(region=CITY_CODE)
    for parent, why in (
        (case, "另一个问题"), (part, "本身挂在本问题之下"), (pending, "请先列入清单或交办"), (simulated, "模拟"),
        (elsewhere, "请选择上一级区划"), (city, "请上级调度岗办理"),
    ):  # fmt: skip
        refused(world, case, "attach", why, parent=fresh(parent))
    refused(world, part, "attach", "请先移出上级", parent=listed(world))


def test_at_most_four_stand_above_one_another(world: World) -> None:
    chain = [listed(world)]
    for _ in range(3):
        case = world.case(State.PENDING)
        world.go(case, "attach", parent=fresh(chain[-1]))
        world.go(case, "list_up")
        chain.append(case)
    refused(world, chain[-1], "break_down", "最多 4 层")
    refused(world, world.case(State.PENDING), "attach", "最多 4 层", parent=fresh(chain[-1]))
    lead = world.case(State.DISPATCHED)
    add_unit(world, lead)
    refused(world, lead, "attach", "最多 4 层", parent=fresh(chain[2]))


def test_the_same_request_twice_makes_one_case(world: World) -> None:
    above = listed(world)
    broken_down(world, above)
    refused(
        world,
        above,
        "break_down",
        "已有同样要求的下级问题",
        organisation=unit(world, OTHER),
        requirement="清理堆场",
    )
    broken_down(world, fresh(above), "修复道路")
    assert fresh(above).parts == 2


def test_cases_below_one_another_merge_only_with_their_own_and_a_split_stays_below(world: World) -> None:
    above = listed(world)
    one, two = world.child(State.DISPATCHED, above), world.child(State.DISPATCHED, fresh(above))
    alone = world.case(State.DISPATCHED)
    refused(world, one, "merge", "只能与同一上级的问题并案", leading=alone)
    refused(world, above, "attach", "另一个问题|本身挂在", parent=fresh(one))
    world.go(fresh(one), "merge", leading=fresh(two))
    assert trees.progress(list(trees.below(above))).all == 1
    case = world.of_findings(State.DISPATCHED)
    world.go(case, "attach", parent=fresh(above))
    world.go(fresh(case), "split")
    new = Case.objects.get(origin=case)
    assert (new.parent_id, fresh(above).parts) == (above.pk, 4)
    assert verify_chains().broken == []


def test_statistics_count_every_case_with_a_unit_once_and_a_list_as_not_handed_over(world: World) -> None:
    above = listed(world)
    lead = world.child(State.DISPATCHED, above)
    add_unit(world, lead)
    counts = ledger(Case.objects.all(), world.at)[ALL]
    assert (counts.registered, counts.dispatched, counts.open) == (3, 2, 3)


def test_the_order_of_a_joint_case_names_lead_and_co_units(world: World) -> None:
    lead = world.case(State.PENDING)
    world.go(lead, "dispatch", units=[unit(world, OTHER)])
    part = trees.below(lead).get()
    for case in (lead, part):
        assert "牵头：平定县人民政府；协办：盂县人民政府" in word_lines(paper(fresh(case), "dispatch"))


def test_cases_of_one_tree_are_not_named_as_perhaps_the_same(world: World) -> None:
    above = listed(world)
    lead = world.child(State.DISPATCHED, above)
    part = add_unit(world, lead)
    stranger = world.case(State.DISPATCHED)
    for case in (above, lead, part):
        assert [n.row for n in duplicates.of_case(fresh(case), Alike())] == [stranger]


def test_what_the_tree_forbids_is_not_offered(world: World) -> None:
    lead = world.case(State.RECTIFYING)
    add_unit(world, lead)
    offered = {m.transition.action: m for m in moves(fresh(lead), world.person("handler"))}
    assert "下级问题" in offered["apply_close"].why_not
    assert {"gain", "lose", "tighten", "follow"}.isdisjoint(offered)


def test_what_is_reopened_below_in_the_same_moment_keeps_the_list_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    above = world.struck(State.LISTED)
    case, usual = trees.below(above).get(), photos.refuse_older

    def meanwhile(_files: object, _case: Case) -> None:
        """Between the look at what is below and the writing of the step."""
        monkeypatch.setattr(photos, "refuse_older", usual)
        take(fresh(case), "reopen", world.person("dispatcher"), note="又堆起来了")

    monkeypatch.setattr(photos, "refuse_older", meanwhile)
    with pytest.raises(ChangedMeanwhile, match="1 个下级问题未完成"):
        world.go(fresh(above), "strike")
    assert (fresh(case).state, fresh(above).state) == (State.DISPATCHED, State.LISTED)
    assert verify_chains().broken == []


ONWARD = ("dispatch", "sign", "plan", "apply_close", "pass", "close", "strike", "attach", "reopen")
ASIDE = (
    "detach", "add_unit", "break_down", "list_up", "retime", "fail", "recheck", "relist", "void", "transfer", "take_back", "merge",
    "split_off", "return", "redispatch", "ask_extension", "grant",
)  # fmt: skip
CODES = (COUNTY, OTHER, THIRD)
moving = st.tuples(st.integers(0, 99), st.integers(0, 9), st.integers(0, 9), st.integers(0, 90))
START = datetime.fromisoformat("2019-01-12T06:00:00+00:00")


def drawn(state: str, which: int) -> str:
    """A step out of a state; onward four times as often as any other, or nothing would ever be struck off."""
    there = [t.action for t in leaving(state)]
    steps = [a for a in ONWARD if a in there] * 4 + [a for a in ASIDE if a in there]
    return steps[which % len(steps)] if steps else "sign"


def attempt(world: World, action: str, case: Case, other: Case, n: int) -> None:
    """One step by whoever may; what cannot be is refused."""
    if action in ("sign", "plan", "apply_close", "return", "ask_extension"):
        by = world.person(
            "handler", next((c for c in CODES if unit(world, c).pk == case.organisation_id), COUNTY)
        )
    else:
        by = world.person("verifier" if action in ("pass", "fail") else "chief", CITY_CODE)
    given: dict[str, Any] = {"attach": {"parent": other}, "merge": {"leading": other}}.get(action, {})
    if action in ("add_unit", "break_down", "dispatch", "redispatch"):
        given = {"organisation": unit(world, CODES[n % 3])}
    if action in ("break_down",):
        given["requirement"] = f"第 {n} 项"
    if action in ("list_up", "retime", "dispatch", "add_unit") and n % 2:
        given["due"] = world.at + timedelta(days=1 + n % 13)
    try:
        world.go(case, action, by, **given)
    except IllegalMove:
        return


def check_trees(world: World, first: int) -> None:
    """Nothing open is due later than what is open above it and not over; nothing struck off has anything open below."""
    for case in Case.objects.order_by("pk")[first:]:
        above = list(trees.line_up(case))[1:]
        assert len(above) < trees.MOST_LEVELS
        if case.state in UNFINISHED - CLEARED and case.due:
            dues = [c.due for c in above if c.state in UNFINISHED - CLEARED and c.due and c.due > world.at]
            assert all(case.due <= due for due in dues), (case.number, case.due, dues)
        if case.state in CLEARED:
            assert all(c.state in CLEARED | GONE for c in trees.below(case)), case.number
        assert case.parts == trees.below(case).count()
        assert bool(case.parent_id) == bool(case.tie)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(moving, max_size=40))
def test_whatever_is_done_in_a_tree_its_rules_hold(
    world: World, script: list[tuple[int, int, int, int]]
) -> None:
    world.at = START  # an example must not depend on the one before
    world.wait()
    first = Case.objects.count()
    for n in range(3):
        world.case((State.PENDING, State.DISPATCHED, State.LISTED)[n])
    for which, one, two, n in script:
        world.wait(hours=n)
        cases = list(Case.objects.select_related("region", "organisation").order_by("pk")[first:])
        case, other = cases[one % len(cases)], cases[two % len(cases)]
        attempt(world, drawn(case.state, which), case, other, n)
        check_trees(world, first)
    assert verify_chains().broken == []
