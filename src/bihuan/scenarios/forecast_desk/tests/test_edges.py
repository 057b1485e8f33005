"""The desk at its edges: two people at once, texts that are too long or empty, a run that is gone, odd uploads."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore, Run
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.forecast_desk import actions, demo, run_cache, run_view
from bihuan.scenarios.forecast_desk import guidance as guidances
from bihuan.scenarios.forecast_desk.machine import machine_days
from bihuan.scenarios.forecast_desk.models import Act, Bulletin, Guidance
from bihuan.scenarios.forecast_desk.other_forecasts import standing
from bihuan.scenarios.forecast_desk.tests.test_words import explained
from bihuan.scenarios.forecast_desk.tests.world import KEY, World
from tests.pages import flat

MACHINE = "bihuan.scenarios.forecast_desk.actions.machine_days"
UNREADABLE = ["", " \n", "\x00", "\x08\t"]


def signed_in(client: Client, world: World, role: str = "dispatcher", region: str = "140300") -> Client:
    client.force_login(world.person(role, region))
    return client


# Two people, and what they write


def test_of_two_versions_at_once_the_second_is_told_and_nothing_of_it_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.run()

    def quicker(of: Run, place: str) -> list[dict[str, Any]]:
        """Between reading the last version and writing the new one, somebody else proposes."""
        monkeypatch.setattr(MACHINE, machine_days)
        world.propose(run=run, by=world.person("chief"))
        return machine_days(of, place)

    monkeypatch.setattr(MACHINE, quicker)
    with pytest.raises(ChangedMeanwhile, match="另一人刚刚提交了同一地点的新版本"):
        world.propose(run=run)
    # The rival stands in the same transaction here, so it goes too.
    assert not Bulletin.objects.exists()
    assert not Act.objects.exists()
    assert not AuditEntry.objects.exists()
    assert check_log() == []


@pytest.mark.parametrize("reason", UNREADABLE, ids=repr)
def test_a_reason_of_which_nothing_can_be_read_is_none(world: World, reason: str) -> None:
    run = world.run()
    content: dict[str, Any] = {"days": [], "hours": []}
    with pytest.raises(IllegalMove, match="请写明调整或认可机器预报的理由"):
        actions.propose(world.place(), run, content, world.person(), reason)
    made = world.publish(world.propose(run=run))
    with pytest.raises(IllegalMove, match="退回和撤回需要写明理由"):
        actions.act(made, "withdrawn", world.person("chief"), reason)
    assert actions.last_act(made).kind == "published"


def test_a_text_that_is_too_long_is_refused_and_never_cut(world: World) -> None:
    run = world.run()
    content: dict[str, Any] = {"days": [], "hours": []}
    with pytest.raises(IllegalMove, match="理由最多 600 字, 现在有 601 字"):
        actions.propose(world.place(), run, content, world.person(), "长" * 601)
    made = actions.propose(world.place(), run, content, world.person(), "长" * 600)
    assert len(made.reason) == 600
    with pytest.raises(IllegalMove, match="最多 400 字"):
        actions.act(made, "returned", world.person("chief"), "长" * 401)
    assert actions.last_act(made).kind == "proposed"


def test_what_was_typed_stays_when_the_reason_is_too_long(client: Client, world: World) -> None:
    form = {"run": world.run().run_id, f"v_aqi_{world.day()}": "181", "reason": "长" * 601}
    answer = signed_in(client, world).post(reverse("forecast_desk:propose", args=[KEY]), form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="181"' in page
    assert "长" * 601 in page


def test_a_version_that_was_overtaken_is_not_offered_for_publication(client: Client, world: World) -> None:
    run = world.run()
    first = world.propose(run=run)
    actions.act(first, "approved", world.person("chief"))
    page = reverse("forecast_desk:bulletin", args=[first.pk])
    door = reverse("forecast_desk:act", args=[first.pk, "published"])
    assert door in signed_in(client, world).get(page).content.decode()
    world.publish(world.propose(run=run))
    text = client.get(page).content.decode()
    assert door not in text
    assert "同一地点已发布了更新的版本，旧版本不能再发布" in text


@pytest.mark.parametrize("kind", ["proposed", "deleted", "Approved"])
def test_another_step_does_not_exist(client: Client, world: World, kind: str) -> None:
    made = world.propose()
    address = reverse("forecast_desk:act", args=[made.pk, kind])
    assert signed_in(client, world, "chief").post(address, {"note": "x"}).status_code == 404
    assert actions.why_not(made, kind, world.person("chief")) == "没有这个操作"
    assert made.acts.count() == 1


# What stands, and for how long


def test_a_bulletin_whose_days_are_all_over_shows_nothing_though_it_was_not_withdrawn(world: World) -> None:
    world.publish()  # of today alone
    world.later(10)  # past midnight in China
    assert standing(KEY, world.at) is not None
    assert resolved_forecasts.published(KEY, world.at) is None


def test_after_a_withdrawal_a_new_version_may_stand_again(world: World) -> None:
    run = world.run()
    first = world.publish(world.propose(run=run))
    actions.act(first, "withdrawn", world.person("chief"), "有误")
    world.publish(world.propose({f"v_aqi_{world.day()}": "120"}, run=run))
    found = resolved_forecasts.published(KEY, world.at)
    assert found is not None
    assert (found.version, found.days[0].value) == (2, 120)


def test_a_bulletin_outlives_its_run(client: Client, world: World) -> None:
    day = world.day()
    moved = {"item_1": "pm25", "first_1": f"{day}T15:00", "until_1": f"{day}T18:00", "factor_1": "1.2"}
    made = world.publish(world.propose({f"v_aqi_{day}": "180", **moved}))
    page = reverse("forecast_desk:bulletin", args=[made.pk])
    assert "120.0" in signed_in(client, world).get(page).content.decode()
    shutil.rmtree(ForecastStore(world.folder).folder / made.run_id)
    answer = client.get(page)
    assert answer.status_code == 200
    assert "120.0" not in answer.content.decode()
    assert "1.20" in answer.content.decode(), "what the person said stays"
    assert resolved_forecasts.sides(made.run_id, KEY, world.at) == []
    assert resolved_forecasts.why(made.run_id, KEY) == []


# Why, as bars


def test_bars_are_as_long_as_what_they_move_beside_the_largest(world: World) -> None:
    earlier, run = world.run(world.at - timedelta(hours=12)), world.run()
    for of, weather in ((earlier, 10.0), (run, 40.0)):
        folder = run_cache.folder_of(of.run_id)
        folder.mkdir(parents=True)
        table = explained(range(1, 73), usual=80, start=of.issued, weather=weather, here=-20)
        table.write_parquet(folder / "why.parquet")
    rows = {r["name"]: r["cells"] for r in run_view.reasons(run, KEY, "pm25")}
    assert [(c["value"], c["width"], c["up"]) for c in rows["气象"]] == [
        (40.0, 100, True), (40.0, 100, True), (30.0, 75, True),
    ]  # fmt: skip
    assert [(c["value"], c["width"], c["up"]) for c in rows["本地近期水平"][:2]] == [(-20.0, 50, False)] * 2
    assert [c["plain"] for c in rows["平常水平"]] == [True, True, False]
    assert "相似日" not in rows, "what moved nothing has no line"
    # 80 + 40 - 20 = 100, 20 above the usual; the run before said 80 + 10 - 20 = 70.
    assert [(c["value"], c["moved"]) for c in rows[""]] == [(100.0, 20.0), (100.0, 20.0), (100.0, 30.0)]


def test_without_an_earlier_run_the_column_of_changes_is_empty(world: World) -> None:
    run = world.run()
    folder = run_cache.folder_of(run.run_id)
    folder.mkdir(parents=True)
    explained(range(1, 73), usual=80, start=run.issued, weather=40).write_parquet(folder / "why.parquet")
    rows = run_view.reasons(run, KEY, "pm25")
    assert {r["cells"][2] for r in rows if r["cells"][2] is None} == {None}
    assert all(r["cells"][2] is None for r in rows)
    assert run_view.reasons(run, KEY, "so2") == []


# Guidance


def upload(client: Client, name: str = "省.csv", content: str = "", **more: Any) -> Any:
    """A file by hand."""
    file = SimpleUploadedFile(name, (content or "城市,因子,日期,值\n阳泉,SO2,2019-02-26,30\n").encode())
    form = {"source": "省中心", "issued": "2019-02-25T12:00", "file": file, **more}
    return client.post(reverse("forecast_desk:guidance"), form)


def test_every_field_that_is_wrong_says_so_and_what_was_typed_stays(client: Client, world: World) -> None:
    answer = signed_in(client, world).post(
        reverse("forecast_desk:guidance"), {"source": "省中心<b>", "issued": "昨天"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="省中心&lt;b&gt;"' in page
    assert 'value="昨天"' in page
    assert page.index("“昨天”不是时间") < page.index("请选择一个文件")
    assert "请写明指导预报的来源，例如省环境监测中心</div>" not in page


def test_the_form_begins_with_the_clock_of_china(client: Client, world: World) -> None:
    page = signed_in(client, world).get(reverse("forecast_desk:guidance"))
    assert 'value="2019-02-25T14:00"' in page.content.decode()
    assert page.status_code == 200


def test_a_source_that_is_too_long_is_refused_and_never_cut(client: Client, world: World) -> None:
    assert upload(signed_in(client, world), source="长" * 81).status_code == 400
    assert not Guidance.objects.exists()
    assert upload(client, source="长" * 80).status_code == 302
    answer = upload(client, source="长" * 80)
    assert (answer.status_code, "这个文件已经导入过" in answer.content.decode()) == (400, True)
    assert Guidance.objects.count() == 1


def test_the_same_file_of_another_source_or_issue_is_another_opinion(client: Client, world: World) -> None:
    signed_in(client, world)
    for more in ({}, {"source": "区域中心"}, {"issued": "2019-02-25T11:00"}):
        assert upload(client, **more).status_code == 302
    assert Guidance.objects.values("sha256").distinct().count() == 1
    assert {g.source for g in guidances.latest_for(KEY, world.at)} == {"省中心", "区域中心"}


@pytest.mark.parametrize("name", ["../../x.csv", "长" * 230 + ".csv"])
def test_an_odd_name_of_a_file_leads_nowhere(client: Client, world: World, name: str) -> None:
    assert upload(signed_in(client, world), name).status_code in (302, 400)
    assert not list(world.folder.parent.glob("x.csv"))
    for made in Guidance.objects.all():
        assert "/" not in made.file_name
        assert client.get(reverse("forecast_desk:guidance_raw", args=[made.pk])).status_code == 200


def test_who_may_not_is_told_whose_task_it_is(client: Client, world: World) -> None:
    answer = upload(signed_in(client, world, "dispatcher", "140321"))
    page = flat(answer.content.decode())
    assert (answer.status_code, "指导预报由全市的调度岗或负责人导入" in page) == (400, True)
    assert 'type="file"' not in page


@pytest.mark.parametrize("lost", [True, False])
def test_raw_bytes_that_are_gone_or_were_changed_are_never_given_out(
    client: Client, world: World, lost: bool
) -> None:
    upload(signed_in(client, world))
    made = Guidance.objects.get()
    held = guidances.raw_files().path(made.sha256)
    if lost:
        held.unlink()
    else:
        held.write_text("城市,因子,日期,值\n阳泉,SO2,2019-02-26,300\n", encoding="utf-8")
    answer = client.get(reverse("forecast_desk:guidance_raw", args=[made.pk]))
    assert answer.status_code == 400
    assert ("不在" if lost else "已不是导入时的") in answer.content.decode()


def test_hours_of_guidance_are_scored_beside_the_machines_own(world: World, tmp_path: Path) -> None:
    world.run(world.at - timedelta(hours=6))  # the newest by the issue of the file
    world.run()
    path = tmp_path / "省.csv"
    path.write_text(
        "城市,因子,时间,值\n阳泉,PM2.5,2019-02-25 15:00,90\n阳泉,SO2,2019-02-25 15:00,30\n", encoding="utf-8"
    )
    issued = world.at - timedelta(hours=1)
    made = guidances.take_in(path, world.person(), source="省中心", issued=issued)
    span = world.at - timedelta(days=1), world.at + timedelta(days=1)
    found = resolved_forecasts.opinion_hours(KEY, *span, world.at).sort("model")
    # The run says 100 of each hour of PM2.5, and nothing of SO2: there is nothing to stand beside.
    assert found.select("voice", "key", "model", "item", "value").rows() == [
        ("guidance", f"g{made.pk}", "guidance", "pm25", 90.0), ("guidance", f"g{made.pk}", "ours", "pm25", 100.0),
    ]  # fmt: skip
    assert set(found["issued"]) == {issued}
    assert resolved_forecasts.opinion_hours(KEY, *span, world.at - timedelta(minutes=1)).is_empty()


# The practice city


def test_the_practice_city_holds_its_talks_once_and_leaves_the_clock_alone(world: World) -> None:
    for hours in (48, 24, 0):
        world.run(world.at - timedelta(hours=hours))
    said = demo.build(world.at)
    assert said.endswith("模拟会商 3 次")
    assert clock.now() == world.at
    assert [b.version for b in Bulletin.objects.order_by("id")] == [1, 2, 3]
    assert [b.made_at for b in Bulletin.objects.order_by("id")] == [
        world.at - timedelta(hours=h) for h in (48, 24, 0)
    ]
    assert all(b.simulated for b in Bulletin.objects.all())
    assert Guidance.objects.filter(simulated=True).count() == 3
    assert not any(g.refused for g in Guidance.objects.all())
    found = resolved_forecasts.published(KEY, world.at)
    assert found is not None
    # The machine's 160, lowered by a twentieth, twelve to both sides.
    assert (found.days[0].low, found.days[0].value, found.days[0].high) == (140.0, 152.0, 164.0)
    assert "模拟会商" not in demo.build(world.at)
    assert Bulletin.objects.count() == 3
    assert check_log() == []


def test_without_people_for_both_signatures_there_are_no_talks(world: World) -> None:
    world.run()
    world.person("chief").posts.all().delete()
    assert "模拟会商" not in demo.build(world.at)
    assert not Bulletin.objects.exists()


def test_a_run_without_a_model_has_no_members_and_says_why(world: World) -> None:
    with pytest.raises(run_cache.NotKept, match="没有模型"):
        run_cache.keep(world.run())
    assert not (world.folder / "forecast_desk").exists()
