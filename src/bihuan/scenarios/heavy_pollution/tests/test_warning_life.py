"""The life of a warning: who proposes and approves what, what is in force when, and what that does to the measures."""

from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import polars as pl
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bihuan import clock
from bihuan.cases.actions import take
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.transitions import FINISHED
from bihuan.registry.models import AuditEntry, Person
from bihuan.scenarios.heavy_pollution import actions, warning_actions
from bihuan.scenarios.heavy_pollution.in_force import Kind, open_proposal, this_warning, warning_in_force
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion, WarningStep
from bihuan.scenarios.heavy_pollution.notice import notice_of
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions
from bihuan.scenarios.heavy_pollution.tests.world import World
from bihuan.scenarios.heavy_pollution.warning_actions import Wish, approve, propose, turn_down, withdraw
from tests.cases.world import photo
from tests.people import person


def start(world: World, level: str = "yellow", reason: str = "会商决定") -> WarningStep:
    """A warning that an officer proposed and the chief approved."""
    return carried(world, Wish(Kind.START, level, reason=reason))


def carried(world: World, wish: Wish) -> WarningStep:
    proposal = propose(world.city.regions["140300"], world.person(), wish)
    return approve(proposal, world.person("chief"))[0]


def in_force(world: World) -> str:
    step = warning_in_force(world.city.regions["140300"], clock.now())
    return step.level if step else ""


def test_an_officer_proposes_and_the_chief_approves(world: World) -> None:
    world.advice()
    region = world.city.regions["140300"]
    proposal = propose(region, world.person(), Wish(Kind.START, "yellow"))
    assert in_force(world) == ""
    assert open_proposal(region, clock.now()) == proposal
    step, _ = approve(proposal, world.person("chief"), "同意")
    assert (in_force(world), step.number, step.since) == ("yellow", 1, clock.now())
    assert open_proposal(region, clock.now()) is None
    assert Advice.objects.get().decision == "started"
    assert [e.action for e in AuditEntry.objects.order_by("id")] == ["warning.proposed", "warning.approved"]


@pytest.mark.parametrize("level", ["yellow", "orange", "red"])
def test_nobody_approves_alone(world: World, level: str) -> None:
    region = world.city.regions["140300"]
    by_chief = propose(region, world.person("chief"), Wish(Kind.START, level, reason="省级通知"))
    with pytest.raises(IllegalMove, match="不能批准自己的提请"):
        approve(by_chief, world.person("chief"))
    with pytest.raises(IllegalMove, match="负责人"):
        approve(by_chief, world.person("dispatcher"))
    other = person("second", ("chief", region, None))
    approve(by_chief, Person.objects.get(pk=other.pk))
    assert in_force(world) == level


@pytest.mark.parametrize(
    ("role", "region"),
    [
        ("dispatcher", "140321"),
        ("chief", "140321"),
        ("handler", "140300"),
        ("auditor", "140300"),
        ("admin", "140300"),
    ],
)
def test_who_may_not_propose(world: World, role: str, region: str) -> None:
    with pytest.raises(IllegalMove, match="调度岗或负责人提请"):
        propose(world.city.regions["140300"], world.person(role, region), Wish(Kind.START, "red", reason="x"))
    assert not WarningStep.objects.exists()


def test_a_chief_of_a_county_does_not_approve_for_the_city(world: World) -> None:
    proposal = propose(world.city.regions["140300"], world.person(), Wish(Kind.START, "yellow", reason="x"))
    with pytest.raises(IllegalMove, match="覆盖本区域"):
        approve(proposal, world.person("chief", "140321"))


def test_it_starts_without_any_forecast(world: World) -> None:
    assert start(world, "red", "按省级区域预警通知").level == "red"


def test_what_differs_from_the_forecast_needs_a_reason(world: World) -> None:
    world.advice()
    region = world.city.regions["140300"]
    with pytest.raises(IllegalMove, match="不一致"):
        propose(region, world.person(), Wish(Kind.START, "red", reason="  "))
    with pytest.raises(IllegalMove, match="现在没有生效的预警"):
        propose(region, world.person(), Wish(Kind.LIFT, reason="x"))
    with pytest.raises(IllegalMove, match="选择预警级别"):
        propose(region, world.person(), Wish(Kind.START, "purple", reason="x"))
    start(world)
    with pytest.raises(IllegalMove, match="写明理由"):
        propose(region, world.person(), Wish(Kind.CHANGE, "orange"))
    with pytest.raises(IllegalMove, match="正在生效"):
        propose(region, world.person(), Wish(Kind.START, "orange", reason="x"))
    with pytest.raises(IllegalMove, match="没有变化"):
        propose(region, world.person(), Wish(Kind.CHANGE, "yellow", reason="x"))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (timedelta(days=8), None),
        (timedelta(days=-2), None),
        (None, timedelta(hours=-1)),
        (None, timedelta(days=31)),
        (timedelta(hours=5), timedelta(hours=4)),
        (None, timedelta(days=365 * 5000)),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(
    world: World, since: timedelta | None, until: timedelta | None
) -> None:
    now = clock.now()
    wish = Wish(
        Kind.START, "yellow", now + since if since else None, now + until if until else None, "会商决定"
    )
    with pytest.raises(IllegalMove, match="时间"):
        propose(world.city.regions["140300"], world.person(), wish)


def test_level_and_span_change_at_once_and_it_is_lifted_without_a_new_run(world: World) -> None:
    world.advice()
    start(world)
    carried(world, Wish(Kind.CHANGE, "red", reason="实测加重"))
    assert in_force(world) == "red"
    until = clock.now() + timedelta(days=3)
    carried(world, Wish(Kind.CHANGE, "red", until=until, reason="过程延长"))
    step = warning_in_force(world.city.regions["140300"], clock.now())
    assert step is not None
    assert (step.level, step.until) == ("red", until)
    carried(world, Wish(Kind.CHANGE, "orange", reason="扩散转好"))
    assert in_force(world) == "orange"
    carried(world, Wish(Kind.LIFT, reason="冷空气到达"))
    assert in_force(world) == ""
    assert this_warning(world.city.regions["140300"], clock.now()) == []
    numbers = WarningStep.objects.filter(action="approved").order_by("id").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5]


def test_a_level_announced_for_later_leaves_the_present_one_in_force_until_then(world: World) -> None:
    start(world)
    later = clock.now() + timedelta(hours=10)
    carried(world, Wish(Kind.CHANGE, "orange", since=later, reason="夜间加重"))
    assert in_force(world) == "yellow"
    clock.set_replay(later, 0)
    assert in_force(world) == "orange"


def test_one_proposal_at_a_time_and_each_is_answered_once(world: World) -> None:
    region = world.city.regions["140300"]
    first = propose(region, world.person(), Wish(Kind.START, "yellow", reason="x"))
    with pytest.raises(IllegalMove, match="等待批准"):
        propose(region, world.person("chief"), Wish(Kind.START, "red", reason="y"))
    with pytest.raises(IllegalMove, match="写明理由"):
        turn_down(first, world.person("chief"), " ")
    turn_down(first, world.person("chief"), "再会商")
    with pytest.raises(ChangedMeanwhile, match="已处理过"):
        approve(first, world.person("chief"))
    second = propose(region, world.person(), Wish(Kind.START, "yellow", reason="x"))
    with pytest.raises(IllegalMove, match="只有提请人"):
        withdraw(second, world.person("chief"))
    withdraw(second, world.person())
    assert in_force(world) == ""
    assert [s.action for s in WarningStep.objects.order_by("id")] == [
        "proposed", "returned", "proposed", "withdrawn",
    ]  # fmt: skip


def test_who_no_longer_holds_the_post_cannot_withdraw_and_is_told_what_to_do(world: World) -> None:
    proposal = propose(world.city.regions["140300"], world.person(), Wish(Kind.START, "yellow", reason="x"))
    world.person().posts.update(until=timezone.now())
    with pytest.raises(IllegalMove, match="由负责人退回"):
        withdraw(proposal, world.person())
    turn_down(proposal, world.person("chief"), "提请人已调离")


def test_a_step_is_written_once(world: World) -> None:
    step = start(world)
    step.reason = "改"
    with pytest.raises(TypeError, match="written once"):
        step.save()
    for change in (
        "update heavy_pollution_warningstep set level = 'red'",
        "delete from heavy_pollution_warningstep",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_not_starting_needs_a_reason_and_the_newest_advice(world: World) -> None:
    old = world.advice()
    with pytest.raises(IllegalMove, match="不启动预警需要写明理由"):
        warning_actions.decline(old, world.person(), " ")
    with pytest.raises(IllegalMove, match="调度岗或负责人"):
        warning_actions.decline(old, world.person("chief", "140321"), "x")
    clock.set_replay(world.run(days=1).issued, 0)
    make_suggestions(world.run(days=1), clock.now())
    with pytest.raises(IllegalMove, match="更新的预报"):
        warning_actions.decline(old, world.person(), "冷空气提前")
    warning_actions.decline(Advice.objects.latest("issued"), world.person(), "冷空气提前")
    assert Advice.objects.latest("issued").decision == "not_started"


def test_another_level_lists_its_own_measures_and_back(world: World) -> None:
    # The list at orange is 0.8 of the amounts of world.UNITS: P2 saves 48 kg PM.
    advice = world.advice()
    actions.accept(Suggestion.objects.get(emitter_id="P1"), world.person())
    start(world, "orange", "省级通知")
    advice.refresh_from_db()
    assert (advice.level, advice.listed_level) == ("yellow", "orange")
    new = {s.emitter_id: s for s in advice.suggestions.filter(level="orange")}
    assert new["P2"].kg == {"pm": 48.0}
    assert set(new) == {"P1", "P2", "V1"}  # a stronger measure of P1 is a new suggestion
    old = dict(advice.suggestions.filter(level="yellow").values_list("emitter_id", "status"))
    assert old == {"P1": "accepted", "P2": "expired", "V1": "expired"}
    carried(world, Wish(Kind.CHANGE, "yellow", reason="减轻"))
    live = advice.suggestions.filter(level="yellow").exclude(status__in=Suggestion.GONE)
    assert dict(live.values_list("emitter_id", "status")) == {"P1": "accepted", "P2": "open", "V1": "open"}


def test_a_warning_runs_on_over_later_forecasts(world: World) -> None:
    world.advice()
    step = start(world)
    # The next run sees one bad day only, which starts nothing by itself.
    clock.set_replay(world.run(days=1).issued, 0)
    make_suggestions(world.run("one_day", days=1), clock.now())
    second = Advice.objects.latest("issued")
    assert warning_in_force(step.region, clock.now()) == step
    assert (second.level, second.listed_level) == ("", "yellow")
    assert "黄色预警生效中" in second.need


def test_what_was_accepted_is_remembered_with_its_change(world: World) -> None:
    start(world)
    world.suggest()
    row = Suggestion.objects.get(emitter_id="P2", level="yellow", status="open")
    case = actions.accept(row, world.person(), changed_text="停一条窑", changed_kg=12.0)
    clock.set_replay(world.run(days=1).issued, 0)
    make_suggestions(world.run(days=1), clock.now())
    again = Suggestion.objects.get(emitter_id="P2", issued=clock.now())
    assert (again.status, again.case, again.final_text, again.final_kg) == ("ongoing", case, "停一条窑", 12.0)


def test_a_run_that_asks_for_more_leaves_the_list_of_the_level_in_force(world: World) -> None:
    world.suggest()
    start(world)
    case = actions.accept(Suggestion.objects.get(emitter_id="P2", status="open"), world.person(), hand=True)
    run = world.run(days=1)  # the same paths, 150 higher: all of them far above 200
    heavier = run.members.with_columns(aqi=(pl.col("aqi") + 150).clip(upper_bound=500))
    clock.set_replay(run.issued, 0)
    make_suggestions(replace(run, members=heavier), clock.now())
    advice = Advice.objects.latest("issued")
    assert advice.level in ("orange", "red")
    assert advice.listed_level == "yellow"
    assert advice.suggestions.get(emitter_id="P2").case == case


def test_measures_that_run_are_seen_whatever_the_newest_run_lists(world: World, client: Client) -> None:
    world.suggest()
    case = actions.accept(Suggestion.objects.get(emitter_id="P2"), world.person(), hand=True)
    clock.set_replay(world.run(days=1).issued, 0)
    make_suggestions(world.run("clean", days=1), clock.now())
    client.force_login(world.person(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("heavy_pollution:index")).content.decode()
    assert "其他级别仍在执行 1" in page
    assert case.number in page


def to_state(case: Case, world: World, state: str) -> None:
    """Bring a handed-over case of P2 to a state."""
    unit, checker = world.person("handler", "140321"), world.person("verifier")
    steps = {
        "dispatched": [],
        "returned": ["return"],
        "signed": ["sign"],
        "rectifying": ["sign", "plan"],
        "verifying": ["sign", "plan", "apply_close"],
        "passed": ["sign", "plan", "apply_close", "pass"],
    }[state]
    for action in steps:
        case.refresh_from_db()
        by = checker if action == "pass" else unit
        extra: dict[str, Any] = {"companion": "同行"} if action == "pass" else {}
        files = [photo()] if action == "apply_close" else []
        take(case, action, by, note="办理", files=files, **extra)
    case.refresh_from_db()
    assert case.state == state


@pytest.mark.parametrize(
    "state", ["pending", "dispatched", "returned", "signed", "rectifying", "verifying", "passed"]
)
def test_lifting_ends_the_cases_of_its_measures_with_a_step(world: World, state: str) -> None:
    world.suggest()
    start(world)
    row = Suggestion.objects.get(emitter_id="P2", status="open")
    case = actions.accept(row, world.person(), hand=state != "pending")
    if state not in ("pending", "dispatched"):
        to_state(case, world, state)
    carried(world, Wish(Kind.LIFT, reason="空气转好"))
    case.refresh_from_db()
    assert case.state in FINISHED
    last = case.steps.order_by("-seq")[0]
    assert "措施终止：预警解除" in last.note
    assert last.actor == world.person("chief")
    assert not case.is_overdue(clock.now() + timedelta(days=400))
    row.refresh_from_db()
    assert row.status == "ended"
    assert verify_chains().broken == []
    assert not Suggestion.objects.filter(status="open").exists()


def test_lowering_ends_only_what_goes_beyond(world: World) -> None:
    world.suggest()
    yellow = actions.accept(Suggestion.objects.get(emitter_id="P1"), world.person(), hand=True)
    start(world, "orange")
    row = Suggestion.objects.get(emitter_id="P2", level="orange", status="open")
    orange = actions.accept(row, world.person(), hand=True)
    carried(world, Wish(Kind.CHANGE, "yellow", reason="减轻"))
    yellow.refresh_from_db()
    orange.refresh_from_db()
    assert (yellow.state, orange.state) == ("dispatched", "void")
    assert "措施终止：预警调整为黄色" in orange.steps.order_by("-seq")[0].note


def test_after_a_lift_the_same_measure_can_be_taken_again(world: World) -> None:
    world.suggest()
    start(world)
    first = actions.accept(Suggestion.objects.get(emitter_id="P2", status="open"), world.person(), hand=True)
    carried(world, Wish(Kind.LIFT, reason="转好"))
    start(world)
    again = actions.accept(Suggestion.objects.get(emitter_id="P2", status="open"), world.person(), hand=True)
    assert again != first
    assert again.state == "dispatched"


def test_the_notice_says_what_when_why_and_by_whom(world: World) -> None:
    world.advice()
    until = datetime.fromisoformat("2019-02-28T08:00+08:00")
    first = notice_of(carried(world, Wish(Kind.START, "yellow", until=until)))
    assert first.title == "关于发布阳泉市重污染天气黄色预警的通知（模拟）"
    assert first.number == "阳泉市重污染天气预警〔2019〕1号"
    text = "\n".join(first.paragraphs)
    assert "经指挥部办公室主任批准，自2019年2月25日14时起发布重污染天气黄色预警，启动Ⅲ级应急响应" in text
    assert "预计持续至2019年2月28日8时" in text
    assert "达到该级及以上的概率70%" in text
    changed = notice_of(carried(world, Wish(Kind.CHANGE, "red", reason="实测 AQI 已达 420")))
    assert changed.paragraphs[0].startswith("实测 AQI 已达 420。经总指挥批准")
    assert "由Ⅲ级调整为Ⅰ级" in changed.paragraphs[0]
    lifted = notice_of(carried(world, Wish(Kind.LIFT, reason="冷空气到达")))
    assert lifted.title == "关于解除阳泉市重污染天气红色预警的通知（模拟）"
    assert "终止Ⅰ级应急响应" in lifted.paragraphs[0]
    assert "提请：冷空气到达" in lifted.history[0]
    assert "批准" in lifted.history[1]


def test_warnings_of_an_older_installation_become_steps(world: World) -> None:
    chief, now = world.person("chief"), clock.now()
    for days, (decision, level) in enumerate([("started", "yellow"), ("started", "orange"), ("ended", "")]):
        make_suggestions(world.run(days=days), now)
        Advice.objects.filter(run_id=world.run(days=days).run_id).update(
            decision=decision, started_level=level, decided_by=chief, decided_at=now + timedelta(days=days)
        )
    import_module("bihuan.scenarios.heavy_pollution.migrations.0003_history").warnings_to_steps(apps, None)
    found = WarningStep.objects.order_by("id").values_list("kind", "level", "before", "number")
    assert list(found) == [
        ("start", "yellow", "", 1),
        ("change", "orange", "yellow", 2),
        ("lift", "orange", "orange", 3),
    ]
    region = world.city.regions["140300"]
    standing = [warning_in_force(region, now + timedelta(days=d, hours=1)) for d in range(3)]
    assert [s.level if s else "" for s in standing] == ["yellow", "orange", ""]
