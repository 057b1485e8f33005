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
from bihuan.scenarios.heavy_pollution.models import Suggestion
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
