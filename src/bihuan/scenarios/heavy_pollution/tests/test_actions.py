"""Accept, change, refuse, decide: who may, what is asked for, what follows."""

import math
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.models import Case, Finding
from bihuan.domain.timeaxis import CST
from bihuan.registry.models import AuditEntry
from bihuan.scenarios.heavy_pollution import actions, suggesting
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion, warning_in_force
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions
from bihuan.scenarios.heavy_pollution.tests.world import World


def of(world: World, unit: str) -> Suggestion:
    """The suggestion to a unit."""
    return next(s for s in world.suggest() if s.emitter_id == unit)


def test_accepted_becomes_a_finding_and_a_case_that_waits_for_hand_over(world: World) -> None:
    suggestion = of(world, "P2")
    case = actions.accept(suggestion, world.person())
    assert (case.state, case.source, case.region_id) == ("pending", "suggestion", "140321")
    assert case.organisation == world.city.governments["140321"]
    assert case.requirement == "冠山砖瓦2厂停产一半。减排量：PM 30.0 千克/日。"
    assert case.simulated
    finding = case.findings.get()
    assert (finding.target, finding.full_key, finding.magnitude) == (
        "P2",
        "heavy_pollution.measure:yellow",
        30.0,
    )
    assert finding.evidence["预报"] == world.run().run_id
    assert AuditEntry.objects.get().action == "suggestion.accepted"
    suggestion.refresh_from_db()
    assert (suggestion.status, suggestion.case) == ("accepted", case)


def test_accepting_and_handing_over_in_one_go(world: World) -> None:
    case = actions.accept(of(world, "P2"), world.person(), hand=True)
    assert (case.state, case.organisation) == ("dispatched", world.city.governments["140321"])


def test_a_change_is_what_the_case_says(world: World) -> None:
    # P1 saves 200 kg NOx and 50 kg PM at yellow; PM cut to 30 takes NOx to 120 with it.
    suggestion = of(world, "P1")
    case = actions.accept(suggestion, world.person(), changed_text="停一条窑", changed_kg=30.0)
    suggestion.refresh_from_db()
    assert suggestion.status == "changed"
    assert "停一条窑" in case.requirement
    assert "PM 30.0、NOx 120.0 千克/日" in case.requirement
    assert suggestion.final_kg == 30.0
    assert case.findings.get().magnitude == 30.0


def test_only_once(world: World) -> None:
    suggestion = of(world, "P1")
    actions.accept(suggestion, world.person())
    with pytest.raises(ChangedMeanwhile, match="已处理过"):
        actions.accept(Suggestion.objects.get(pk=suggestion.pk), world.person("chief"))
    with pytest.raises(ChangedMeanwhile):
        actions.refuse(suggestion, world.person(), "重复")
    assert Case.objects.count() == 1


def test_a_refused_one_gives_no_case_and_needs_a_reason(world: World) -> None:
    suggestion = of(world, "P1")
    with pytest.raises(IllegalMove, match="写明理由"):
        actions.refuse(suggestion, world.person(), "  ")
    actions.refuse(suggestion, world.person(), "已全厂停产检修")
    suggestion.refresh_from_db()
    assert (suggestion.status, suggestion.reason) == ("refused", "已全厂停产检修")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("role", "region"), [("handler", "140321"), ("auditor", "140300"), ("dispatcher", "140322")]
)
def test_who_may_not_decide(world: World, role: str, region: str) -> None:
    with pytest.raises(IllegalMove, match="调度岗或负责人"):
        actions.accept(of(world, "P2"), world.person(role, region))
    assert not Finding.objects.filter(target="P2").exists()


def test_another_county_does_not_see_it(world: World) -> None:
    suggestion = of(world, "P2")
    assert actions.suggestion_for(world.person("dispatcher", "140321"), suggestion.pk) == suggestion
    with pytest.raises(NotVisible):
        actions.suggestion_for(world.person("dispatcher", "140322"), suggestion.pk)
    with pytest.raises(NotVisible):
        actions.suggestion_for(world.person("enterprise", "140321"), suggestion.pk)


@pytest.mark.parametrize(
    "changes",
    [
        {"changed_text": "长" * 201},
        *({"changed_kg": kg} for kg in (0.0, -3.0, 30.1, 1e308, math.nan, math.inf, -math.inf)),
    ],
)
def test_nonsense_is_refused_and_the_suggestion_stays_open(world: World, changes: dict[str, Any]) -> None:
    suggestion = of(world, "P2")  # its list says 30 kg PM a day
    with pytest.raises(IllegalMove):
        actions.accept(suggestion, world.person(), **changes)
    suggestion.refresh_from_db()
    assert suggestion.status == "open"


def test_starting_as_suggested_needs_no_reason(world: World) -> None:
    advice = world.advice()
    actions.decide_warning(advice, world.person("chief"), start=True)
    advice.refresh_from_db()
    assert (advice.decision, advice.started_level) == ("started", "yellow")
    assert AuditEntry.objects.get().action == "warning.started"
    with pytest.raises(ChangedMeanwhile):
        actions.decide_warning(advice, world.person("chief"), start=True)


def test_whatever_differs_from_the_suggestion_needs_a_reason(world: World) -> None:
    advice = world.advice()
    with pytest.raises(IllegalMove, match="不启动或解除预警需要写明理由"):
        actions.decide_warning(advice, world.person(), start=False)
    with pytest.raises(IllegalMove, match="与建议不一致"):
        actions.decide_warning(advice, world.person(), start=True, level="red")
    actions.decide_warning(advice, world.person(), start=False, reason="会商认为冷空气提前")
    advice.refresh_from_db()
    assert (advice.decision, advice.reason) == ("not_started", "会商认为冷空气提前")


def test_a_county_does_not_start_the_citys_warning(world: World) -> None:
    with pytest.raises(IllegalMove, match="调度岗或负责人"):
        actions.decide_warning(world.advice(), world.person("chief", "140321"), start=True)


def test_an_older_advice_cannot_be_decided_any_more(world: World) -> None:
    old = world.advice()
    clock.set_replay(world.run(days=1).issued, 0)
    make_suggestions(world.run(days=1), clock.now())
    with pytest.raises(IllegalMove, match="更新的预报"):
        actions.decide_warning(old, world.person("chief"), start=True)


def test_another_level_lists_its_own_measures(world: World) -> None:
    # The list at orange is 0.8 of the amounts of world.UNITS: P2 saves 48 kg PM.
    advice = world.advice()
    actions.accept(Suggestion.objects.get(emitter_id="P1"), world.person())
    actions.decide_warning(advice, world.person("chief"), start=True, level="orange", reason="省级通知")
    advice.refresh_from_db()
    assert (advice.level, advice.listed_level, advice.started_level) == ("yellow", "orange", "orange")
    new = {s.emitter_id: s for s in advice.suggestions.filter(level="orange")}
    assert new["P2"].kg == {"pm": 48.0}
    assert set(new) == {"P1", "P2", "V1"}  # a stronger measure of P1 is a new suggestion
    old = dict(advice.suggestions.filter(level="yellow").values_list("emitter_id", "status"))
    assert old == {"P1": "accepted", "P2": "expired", "V1": "expired"}


def test_a_warning_runs_on_until_people_end_it(world: World) -> None:
    first = world.advice()
    actions.decide_warning(first, world.person("chief"), start=True)
    # The next run sees one bad day only, which starts nothing by itself.
    clock.set_replay(world.run(days=1).issued, 0)
    make_suggestions(world.run("one_day", days=1), clock.now())
    second = Advice.objects.latest("issued")
    assert warning_in_force(first.region, clock.now()) == first
    assert (second.level, second.listed_level) == ("", "yellow")
    assert "黄色预警生效中" in second.need
    actions.decide_warning(second, world.person("chief"), start=False)
    second.refresh_from_db()
    assert second.decision == "ended"
    assert warning_in_force(first.region, clock.now()) is None


@pytest.mark.parametrize(
    ("measured", "ahead", "verdict"),
    [
        # 2018 rule: every level starts above 200, so that is what release is measured against.
        (120, 100, "100%：可以解除"),
        (120, 250, "0%：尚不满足解除条件"),
        (260, 100, "100%：尚不满足解除条件"),
        (None, 100, "100%：尚不满足解除条件"),
    ],
)
def test_a_running_warning_says_whether_it_may_end(
    world: World, monkeypatch: pytest.MonkeyPatch, measured: int | None, ahead: int, verdict: str
) -> None:
    now = clock.now()
    day = now.astimezone(CST).date()
    members = pl.DataFrame(
        {
            "member": [m for m in (0, 1) for _ in range(4)],
            "date": [day + timedelta(days=d) for d in range(4)] * 2,
        }
    ).with_columns(pl.lit(ahead).alias("aqi"), pl.lit("PM2.5").alias("primary"))
    monkeypatch.setattr(suggesting, "measured_aqi", lambda *_: measured)
    said = suggesting.release_sentence(world.advice().region, "yellow", members, now)
    assert said.endswith(f"{verdict}。")
    assert "不高于 200" in said
