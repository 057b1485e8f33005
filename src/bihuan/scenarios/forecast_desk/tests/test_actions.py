"""Proposing, approving, publishing, withdrawing: who may, what is frozen, what shows afterwards."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.forecast_desk import actions, guards
from bihuan.scenarios.forecast_desk.bulletin_form import BadContent, narrowed
from bihuan.scenarios.forecast_desk.models import Act, Bulletin
from bihuan.scenarios.forecast_desk.tests.world import KEY, World
from bihuan.scenarios.other_forecasts import Published


def standing(world: World, key: str = KEY) -> Published | None:
    return resolved_forecasts.published(key, clock.now())


def test_from_proposal_to_publication_by_two_persons(world: World) -> None:
    made = world.propose()
    assert actions.state_name(made) == "待审签"
    assert standing(world) is None
    actions.act(made, "approved", world.person("chief"))
    assert standing(world) is None
    actions.act(made, "published", world.person())
    found = standing(world)
    assert found is not None
    assert (found.made_by, found.approved_by, found.at) == ("dispatcher_140300", "chief_140300", world.at)
    assert [(d.low, d.value, d.high, d.levels, d.primary) for d in found.days] == [
        (170, 180, 195, (4,), "PM2.5")
    ]


@pytest.mark.parametrize("role", ["handler", "verifier", "ranger", "enterprise", "auditor", "admin"])
def test_other_posts_may_not_propose(world: World, role: str) -> None:
    with pytest.raises(IllegalMove, match="调度岗或负责人"):
        world.propose(by=world.person(role))
    assert not Bulletin.objects.exists()


def test_a_county_may_not_speak_for_the_city_but_for_its_station(world: World) -> None:
    with pytest.raises(IllegalMove):
        world.propose(by=world.person("dispatcher", "140311"))
    made = world.propose(by=world.person("dispatcher", "140311"), key="S1")
    with pytest.raises(IllegalMove):
        actions.act(made, "approved", world.person("chief", "140321"))
    actions.act(made, "approved", world.person("chief", "140311"))


def test_nobody_approves_the_own_forecast(world: World) -> None:
    made = world.propose(by=world.person("chief"))
    with pytest.raises(IllegalMove, match="制作人不能审签"):
        actions.act(made, "approved", world.person("chief"))


def test_a_dispatcher_does_not_approve_nor_withdraw(world: World) -> None:
    made = world.propose()
    with pytest.raises(IllegalMove, match="负责人"):
        actions.act(made, "approved", world.person("dispatcher"))
    world.publish(made)
    with pytest.raises(IllegalMove, match="负责人"):
        actions.act(made, "withdrawn", world.person("dispatcher"), "错")


def test_steps_come_in_order_and_each_once(world: World) -> None:
    made = world.propose()
    with pytest.raises(IllegalMove):
        actions.act(made, "published", world.person())
    actions.act(made, "approved", world.person("chief"))
    with pytest.raises(IllegalMove):
        actions.act(made, "approved", world.person("chief"))
    actions.act(made, "returned", world.person("chief"), "请核对 27 日")
    with pytest.raises(IllegalMove, match="已退回"):
        actions.act(made, "published", world.person())


def test_two_at_once_write_one_act(world: World) -> None:
    made = world.propose()
    actions._append(made, Act.Kind.APPROVED, world.person("chief"), "")
    with pytest.raises(ChangedMeanwhile):
        actions._append(made, Act.Kind.APPROVED, world.person("chief"), "")
    assert made.acts.count() == 2


def test_reasons_are_required(world: World) -> None:
    run = world.run()
    with pytest.raises(IllegalMove, match="理由"):
        actions.propose(world.place(), run, {"days": [], "hours": []}, world.person(), "  ")
    made = world.publish()
    with pytest.raises(IllegalMove, match="理由"):
        actions.act(made, "withdrawn", world.person("chief"), "")


def test_a_new_version_replaces_and_a_withdrawn_one_leaves_the_machine_alone(world: World) -> None:
    first = world.publish()
    world.later(1)
    second = world.propose({f"v_aqi_{world.day()}": "120"}, run=world.run())
    found = standing(world)
    assert found is not None
    assert found.version == 1, "a version that is not published yet replaces nothing"
    world.publish(second)
    found = standing(world)
    assert found is not None
    assert (found.version, found.days[0].value, second.replaces) == (2, 120, first)
    assert actions.state_name(first) == "已被新版本替换"
    world.later(1)
    actions.act(second, "withdrawn", world.person("chief"), "依据有误")
    assert standing(world) is None
    assert resolved_forecasts.published(KEY, world.at - timedelta(minutes=30)) is not None, (
        "then it still stood"
    )


def test_an_older_version_is_not_published_over_a_newer_one(world: World) -> None:
    first = world.propose()
    actions.act(first, "approved", world.person("chief"))
    world.publish(world.propose())
    with pytest.raises(IllegalMove, match="更新的版本"):
        actions.act(first, "published", world.person())


def test_it_is_shown_for_two_days_and_never_for_days_that_are_over(world: World) -> None:
    days = {f"v_aqi_{world.day(n)}": "180" for n in range(3)}
    world.publish(world.propose(days))
    made = standing(world)
    assert made is not None
    assert len(made.days) == 3
    world.later(24)
    made = standing(world)
    assert made is not None
    assert len(made.days) == 2
    world.later(25)
    assert standing(world) is None


def test_what_was_said_and_known_is_frozen_with_it(world: World) -> None:
    run = world.run()
    made = world.publish(world.propose(run=run))
    assert (made.run_id, made.known_until, made.run_digest) == (run.run_id, run.issued, run.meta["sha256"])
    assert {r["q50"] for r in made.machine if r["item"] == "aqi"} == {160.0, 150.0, 140.0}
    before = (made.content, made.machine)
    world.later(6)
    world.run()  # a newer run changes nothing of the bulletin
    again = Bulletin.objects.get(pk=made.pk)
    assert (again.content, again.machine) == before
    assert actions.intact(again)


def test_neither_software_nor_database_changes_a_bulletin(world: World) -> None:
    made = world.publish()
    made.reason = "x"
    with pytest.raises(TypeError, match="written once"):
        made.save()
    with pytest.raises(TypeError, match="never deleted"):
        made.delete()
    for statement in (
        "UPDATE forecast_desk_bulletin SET reason = 'x'",
        "DELETE FROM forecast_desk_bulletin",
        "UPDATE forecast_desk_act SET note = 'x'",
        "DELETE FROM forecast_desk_act",
    ):
        with (
            pytest.raises(DatabaseError, match="会商预报只能追加"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert actions.intact(Bulletin.objects.get(pk=made.pk))


@pytest.mark.parametrize("table", ["bulletin", "act"])
def test_who_drops_the_triggers_is_found_out(world: World, table: str) -> None:
    made = world.publish()
    guards.drop(connection)
    try:
        with connection.cursor() as cursor:
            column = "reason" if table == "bulletin" else "note"
            cursor.execute(f"UPDATE forecast_desk_{table} SET {column} = '改'")
    finally:
        guards.create(connection)
    assert not actions.intact(Bulletin.objects.get(pk=made.pk))
    assert {f.kind for f in check_log()} == {f"forecast_desk.{table}"}


def test_an_act_that_was_taken_away_is_found_out(world: World) -> None:
    made = world.publish()
    guards.drop(connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM forecast_desk_act WHERE kind = 'published'")
    finally:
        guards.create(connection)
    assert not actions.intact(made)
    assert [(f.key, f.why[:7]) for f in check_log()] == [(f"{made.pk}/published", "is gone")]


def test_every_step_is_audited(world: World) -> None:
    made = world.publish()
    actions.act(made, "withdrawn", world.person("chief"), "依据有误")
    entries = AuditEntry.objects.filter(action__startswith="bulletin.").order_by("id")
    assert [(e.action, str(e.person)) for e in entries] == [
        ("bulletin.proposed", "dispatcher_140300"), ("bulletin.approved", "chief_140300"),
        ("bulletin.published", "dispatcher_140300"), ("bulletin.withdrawn", "chief_140300"),
    ]  # fmt: skip
    assert entries[3].detail["note"] == "依据有误"


def test_replayed_to_before_it_was_made_it_is_not_there(world: World) -> None:
    world.publish()
    assert resolved_forecasts.published(KEY, world.at - timedelta(hours=1)) is None


def test_the_form_says_which_field_is_wrong(world: World) -> None:
    day = world.day()
    for form, said in (
        ({f"v_aqi_{day}": "很高"}, "AQI：“很高”不是数字"),
        ({f"v_aqi_{day}": "600"}, "应在 0 与 500 之间"),
        ({f"r_aqi_{day}": "200-150"}, "下限大于上限"),
        ({f"v_aqi_{day}": "130", f"r_aqi_{day}": "140-160"}, "不在范围"),
        ({f"v_aqi_{day}": "150", f"r_aqi_{day}": "80-220"}, "跨了 4 级"),
        ({f"r_pm25_{day}": "90到120"}, "应写成 90-120"),
        ({f"v_pm25_{day}": "90"}, "请填写 AQI，或填全六项"),
        ({}, "没有填写任何一天"),
    ):
        with pytest.raises(BadContent, match=said):
            world.propose(form or {"reason": "x"})


def test_a_range_stands_for_its_middle_and_six_items_for_the_index(world: World) -> None:
    day = world.day()
    made = world.propose({f"r_aqi_{day}": "140—190"})
    assert made.content["days"][0]["aqi"] == {"low": 140.0, "value": 165.0, "high": 190.0}
    assert made.content["days"][0]["levels"] == [3, 4]
    items = {"pm25": "115", "pm10": "150", "so2": "40", "no2": "60", "co": "1.5", "o3_8h": "80"}
    made = world.propose({f"v_{i}_{day}": v for i, v in items.items()})
    # HJ 633-2012 table 1: PM2.5 24 h 115 -> IAQI 150; PM10 150 -> 100.
    assert (made.content["days"][0]["aqi"]["value"], made.content["days"][0]["primary"]) == (150.0, "PM2.5")


@pytest.mark.parametrize(
    ("said", "cut"),
    [((110, 130, 160), (110, 160)), ((80, 150, 220), (80, 150)), ((121, 196, 228), (121, 200)), ((40, 90, 180), (40, 100))],
)  # fmt: skip
def test_a_range_of_the_machine_is_cut_to_two_levels(
    said: tuple[float, float, float], cut: tuple[float, float]
) -> None:
    # Levels end at 50, 100, 150, 200, 300 (HJ 633 table 2); the value's own level is one of the two.
    assert narrowed(*said) == cut


def test_hours_of_a_period_are_shifted_and_the_rest_stays(world: World) -> None:
    from bihuan.scenarios.forecast_desk.machine import adjusted_hours

    run, day = world.run(), world.day(1)
    form = {f"v_aqi_{day}": "180", "item_1": "pm25", "first_1": f"{day}T00:00", "until_1": f"{day}T06:00", "factor_1": "1.2", "shift_1": "-5"}  # fmt: skip
    made = world.propose(form, run=run)
    hours = adjusted_hours(ForecastStore(world.folder).load(made.run_id), KEY, made.content["hours"])
    assert hours["person"].value_counts().sort("person").rows() == [(100.0, 66), (115.0, 6)]
    for wrong, said in (({"factor_1": "20"}, "0.1 与 10"), ({"until_1": f"{day}T00:00"}, "结束不晚于开始"), ({"first_1": "x"}, "没有填对")):  # fmt: skip
        with pytest.raises(BadContent, match=said):
            world.propose(form | wrong, run=run)
