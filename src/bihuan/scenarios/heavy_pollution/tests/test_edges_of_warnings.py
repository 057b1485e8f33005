"""A warning at the edge of time and of rights: what changed between two signatures, and what the pages say of each step."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.registry.models import Region
from bihuan.registry.roles import Role
from bihuan.scenarios.heavy_pollution import actions, signatures, warning_actions
from bihuan.scenarios.heavy_pollution.in_force import Kind, open_proposal, warning_in_force
from bihuan.scenarios.heavy_pollution.models import Suggestion, WarningStep
from bihuan.scenarios.heavy_pollution.notice import notice_of
from bihuan.scenarios.heavy_pollution.signatures import Signature
from bihuan.scenarios.heavy_pollution.tests.made import signed_in
from bihuan.scenarios.heavy_pollution.tests.test_warning_life import carried, in_force, start
from bihuan.scenarios.heavy_pollution.tests.world import World
from bihuan.scenarios.heavy_pollution.warning_actions import Wish, approve, propose, turn_down
from tests.pages import flat

HOUR = timedelta(hours=1)


def city(world: World) -> Region:
    return world.city.regions["140300"]


def later(world: World, hours: float) -> None:
    clock.set_replay(world.at + hours * HOUR, 0)


# Between two signatures


def test_a_proposal_of_another_state_is_not_approved(world: World) -> None:
    start(world)
    carried(world, Wish(Kind.CHANGE, "orange", since=clock.now() + 10 * HOUR, reason="夜间加重"))
    lift = propose(city(world), world.person(), Wish(Kind.LIFT, reason="转好"))  # while yellow is in force
    later(world, 10)
    with pytest.raises(ChangedMeanwhile, match="预警状态已变化"):
        approve(lift, world.person("chief"))
    assert in_force(world) == "orange"
    turn_down(lift, world.person("chief"), "请重新提请")
    assert open_proposal(city(world), clock.now()) is None


def test_a_proposal_whose_end_has_passed_is_not_approved(world: World) -> None:
    wish = Wish(Kind.START, "yellow", until=clock.now() + 2 * HOUR, reason="会商决定")
    proposal = propose(city(world), world.person(), wish)
    later(world, 2)
    with pytest.raises(IllegalMove, match="预计结束时间已过"):
        approve(proposal, world.person("chief"))
    assert in_force(world) == ""


def test_what_is_approved_after_its_beginning_applies_from_the_approval(world: World) -> None:
    wish = Wish(Kind.START, "yellow", since=clock.now() + HOUR, reason="会商决定")
    proposal = propose(city(world), world.person(), wish)
    later(world, 3)
    step, _ended = approve(proposal, world.person("chief"))
    assert (proposal.since, step.since) == (world.at + HOUR, world.at + 3 * HOUR)


def test_an_announced_warning_is_changed_or_lifted_before_it_begins(world: World) -> None:
    tomorrow = clock.now() + 20 * HOUR
    carried(world, Wish(Kind.START, "yellow", since=tomorrow, reason="会商决定"))
    with pytest.raises(IllegalMove, match="正在生效"):
        propose(city(world), world.person(), Wish(Kind.START, "red", reason="x"))
    carried(world, Wish(Kind.LIFT, reason="冷空气提前"))
    clock.set_replay(tomorrow, 0)
    assert warning_in_force(city(world), clock.now()) is None


def test_a_lift_takes_effect_at_once_whatever_span_is_sent_with_it(world: World) -> None:
    start(world)
    later(world, 5)
    tomorrow = clock.now() + 20 * HOUR
    wish = Wish(Kind.LIFT, "red", since=tomorrow, until=tomorrow + HOUR, reason="转好")
    step = carried(world, wish)
    assert (step.level, step.since, step.until) == ("yellow", clock.now(), None)
    assert "自2019年2月25日19时起解除重污染天气黄色预警" in notice_of(step).paragraphs[0]
    assert in_force(world) == ""


def test_while_a_warning_runs_nobody_records_that_none_is_started(world: World) -> None:
    advice = world.advice()
    start(world)
    with pytest.raises(IllegalMove, match="请提请解除"):
        warning_actions.decline(advice, world.person(), "转好")
    advice.refresh_from_db()
    assert advice.decision == "started"


def test_declined_twice_the_first_stands(world: World) -> None:
    advice = world.advice()
    warning_actions.decline(advice, world.person(), "冷空气提前")
    with pytest.raises(ChangedMeanwhile):
        warning_actions.decline(advice, world.person("chief"), "另一理由")
    advice.refresh_from_db()
    assert (advice.reason, advice.decided_by) == ("冷空气提前", world.person())


def test_a_declined_advice_may_still_be_started_later(world: World) -> None:
    advice = world.advice()
    warning_actions.decline(advice, world.person(), "待观察")
    start(world)
    advice.refresh_from_db()
    assert (advice.decision, advice.started_level, advice.decided_by) == (
        "started", "yellow", world.person("chief"),
    )  # fmt: skip


@pytest.mark.parametrize("reason", [" ", "\x00", "\x08\n"], ids=repr)
def test_a_reason_of_which_nothing_can_be_read_is_none(world: World, reason: str) -> None:
    advice = world.advice()
    with pytest.raises(IllegalMove, match="不启动预警需要写明理由"):
        warning_actions.decline(advice, world.person(), reason)
    with pytest.raises(IllegalMove, match="与最新预报建议不一致"):
        propose(city(world), world.person(), Wish(Kind.START, "red", reason=reason))
    proposal = propose(city(world), world.person(), Wish(Kind.START, "yellow", reason=reason))
    with pytest.raises(IllegalMove, match="退回提请需要写明理由"):
        turn_down(proposal, world.person("chief"), reason)


def test_the_higher_level_of_a_change_says_who_signs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # A bureau whose plan lets a verifier approve yellow; a step down from red still concerns red.
    low = Signature((Role.DISPATCHER,), (Role.VERIFIER,), "办公室", "本市预案")
    high = Signature((Role.DISPATCHER,), (Role.CHIEF,), "总指挥", "本市预案")
    monkeypatch.setattr(signatures, "signatures", lambda: {"yellow": low, "orange": low, "red": high})
    start(world, "red")
    down = propose(city(world), world.person(), Wish(Kind.CHANGE, "yellow", reason="减轻"))
    with pytest.raises(IllegalMove, match="总指挥"):
        approve(down, world.person("verifier"))
    approve(down, world.person("chief"))
    up = propose(city(world), world.person(), Wish(Kind.CHANGE, "orange", reason="加重"))
    with pytest.raises(IllegalMove, match="办公室"):
        approve(up, world.person("chief"))
    approve(up, world.person("verifier"))
    assert in_force(world) == "orange"


# What the pages say


def answered(
    client: Client, world: World, step: WarningStep, verdict: str, role: str, reason: str = ""
) -> str:
    """The page after an answer to a proposal."""
    address = reverse("heavy_pollution:answer", args=[step.pk, verdict])
    return flat(
        signed_in(client, world, role).post(address, {"reason": reason}, follow=True).content.decode()
    )


def test_each_answer_is_told(client: Client, world: World) -> None:
    world.suggest()
    first = propose(city(world), world.person(), Wish(Kind.START, "yellow"))
    assert "已撤回提请" in answered(client, world, first, "withdraw", "dispatcher")
    second = propose(city(world), world.person(), Wish(Kind.START, "yellow"))
    assert "退回提请需要写明理由" in answered(client, world, second, "return", "chief")
    assert "已退回提请" in answered(client, world, second, "return", "chief", "再会商")
    third = propose(city(world), world.person(), Wish(Kind.START, "yellow"))
    page = answered(client, world, third, "approve", "chief")
    assert "已批准：阳泉市发布黄色预警，阳泉市重污染天气预警〔2019〕1号。" in page
    assert "措施问题已终止" not in page
    row = Suggestion.objects.get(emitter_id="P2", status="open")
    actions.accept(row, world.person(), hand=True)
    fourth = propose(city(world), world.person(), Wish(Kind.LIFT, reason="转好"))
    assert "1 件措施问题已终止。" in answered(client, world, fourth, "approve", "chief", "同意")


def test_cases_that_the_approver_may_not_end_are_named_and_stay(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A plan by which the auditor approves: an auditor ends no case.
    rule = Signature((Role.DISPATCHER,), (Role.AUDITOR,), "总指挥", "本市预案")
    world.suggest()
    start(world)
    case = actions.accept(Suggestion.objects.get(emitter_id="P2", status="open"), world.person(), hand=True)
    monkeypatch.setattr(signatures, "signatures", lambda: dict.fromkeys(("yellow", "orange", "red"), rule))
    lift = propose(city(world), world.person(), Wish(Kind.LIFT, reason="转好"))
    page = answered(client, world, lift, "approve", "auditor")
    assert f"未能终止，请逐件办理：{case.number}" in page
    case.refresh_from_db()
    assert case.state == "dispatched"
    assert Suggestion.objects.get(case=case).status == "accepted"
    assert in_force(world) == ""


@pytest.mark.parametrize("verdict", ["delete", "approved", "Approve"])
def test_another_verdict_does_not_exist(client: Client, world: World, verdict: str) -> None:
    step = propose(city(world), world.person(), Wish(Kind.START, "yellow", reason="x"))
    address = reverse("heavy_pollution:answer", args=[step.pk, verdict])
    assert signed_in(client, world, "chief").post(address).status_code == 404
    assert in_force(world) == ""


def test_what_is_in_force_is_not_answered_again(client: Client, world: World) -> None:
    step = start(world)
    for verdict in ("approve", "return", "withdraw"):
        address = reverse("heavy_pollution:answer", args=[step.pk, verdict])
        assert signed_in(client, world, "chief").post(address, {"reason": "x"}).status_code == 404


def test_the_page_tells_an_announced_warning_from_one_in_force_and_from_one_that_is_late(
    client: Client, world: World
) -> None:
    def page() -> str:
        return flat(signed_in(client, world).get(reverse("heavy_pollution:index")).content.decode())

    world.advice()
    begin, end = clock.now() + HOUR, clock.now() + 4 * HOUR
    carried(world, Wish(Kind.START, "yellow", since=begin, until=end))
    assert ("已发布" in page(), "生效中" in page()) == (True, False)
    later(world, 1)
    assert ("已发布" in page(), "生效中" in page(), "已过预计结束时间" in page()) == (False, True, False)
    later(world, 5)
    assert "已过预计结束时间，请提请解除或延长。" in page()


def history(client: Client, world: World, role: str) -> list[dict[str, str]]:
    """The rows of the file of all steps."""
    answer = signed_in(client, world, role).get(reverse("heavy_pollution:history"), {"as": "csv"})
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_of_all_steps_has_who_what_and_why(client: Client, world: World) -> None:
    start(world, reason="=1+1")
    later(world, 1)
    propose(city(world), world.person(), Wish(Kind.CHANGE, "red", reason="加重"))
    waiting, approved, proposed = history(client, world, "dispatcher")
    assert (waiting["步骤"], waiting["事项"], waiting["通知"]) == ("提请", "调整 黄色 → 红色预警", "")
    assert (approved["步骤"], approved["通知"]) == ("批准", "阳泉市重污染天气预警〔2019〕1号")
    assert (approved["起"], approved["办理人"]) == ("2019-02-25 14:00", "chief_140300")
    assert proposed["理由"].lstrip("'") == "=1+1"
    assert proposed["理由"] != "=1+1", "a sheet must not take it for a formula"
    assert [r["步骤"] for r in history(client, world, "handler")] == ["批准"]


def test_a_notice_without_reason_or_forecast_begins_with_the_approval(world: World) -> None:
    # As they come from an installation in which one person decided.
    step = WarningStep(
        region=city(world), action="approved", kind="start", level="red", since=clock.now(), number=1,
        person=world.person("chief"), post="", at=clock.now(),
    )  # fmt: skip
    step.save()
    said = notice_of(step)
    assert said.paragraphs[0].startswith("经总指挥批准，自2019年2月25日14时起发布重污染天气红色预警")
    assert "预计持续至另行通知" in said.paragraphs[0]
    assert len(said.history) == 1
